// What a caller may conclude from an answer. The one mistake that must be impossible: unknown taken for failed.

import Operations
import Primitives
import Testing

@Suite struct CatalogueTests {
  static let natures: [ErrorNature] = [
    .refused, .notNow, .alreadyExists, .notFound, .inFlight, .keyMismatch, .dependency, .conflict, .forbidden,
    .indeterminate, .expired, .malformed,
  ]

  static func service(_ backend: Name, errors: [ErrorCode]) -> ServiceDescription {
    ServiceDescription(
      backend: backend, profile: "test",
      operations: [
        Operation(
          Name("\(backend).create"), "Creates.", effect: EffectClass("x.thing", .created),
          scope: Name("\(backend):write"), takesKey: true),
        Operation(Name("\(backend).get"), "Reads.", scope: Name("\(backend):read")),
      ],
      errors: errors, bounds: ServiceBounds(staleness: .seconds(1), lateness: .seconds(2), keyWindow: nil))
  }

  /// One code per nature, each with a status that alone would say something else.
  static let catalogue = Catalogue([
    service("a", errors: natures.map { ErrorCode(Name("code-\($0.rawValue)"), 400, $0) })
  ])

  static func answer(_ status: Int, _ code: Name) -> Answer { .response(.refused(status, code, "")) }

  @Test(arguments: natures, [400, 403, 404, 409, 429, 500, 503])
  func theDocumentedNatureOfACodeSettlesTheOutcomeWhateverTheStatus(nature: ErrorNature, status: Int) {
    let answer = Self.answer(status, Name("code-\(nature.rawValue)"))
    let outcome = Self.catalogue.outcome(of: answer)
    guard let response = answer.response else { return }
    switch nature {
    case .notNow, .inFlight, .expired: #expect(outcome == .notNow(response))
    case .indeterminate: #expect(outcome == .unknown(answer))
    case .refused, .alreadyExists, .notFound, .keyMismatch, .dependency, .conflict, .forbidden, .malformed:
      #expect(outcome == .failed(response))
    }
  }

  @Test(arguments: Answer.Absence.allCases)
  func noAnswerIsUnknown(absence: Answer.Absence) {
    #expect(Self.catalogue.outcome(of: .none(absence)) == .unknown(.none(absence)))
  }

  @Test(arguments: [408, 500, 502, 503, 504, 529])
  func anUndocumentedErrorOfAServerIsUnknown(status: Int) {
    let coded = Self.answer(status, "never-documented")
    let bare = Answer.response(Response(status: status))
    #expect(Self.catalogue.outcome(of: coded) == .unknown(coded))
    #expect(Self.catalogue.outcome(of: bare) == .unknown(bare))
  }

  @Test(arguments: [200, 201, 202, 204])
  func successIsSuccess(status: Int) {
    let response = Response(status: status)
    #expect(Self.catalogue.outcome(of: .response(response)) == .succeeded(response))
  }

  @Test func anUndocumentedRefusalIsFailedAndA429IsNotNow() {
    #expect(Self.catalogue.outcome(of: Self.answer(422, "x")) == .failed(.refused(422, "x", "")))
    #expect(Self.catalogue.outcome(of: Self.answer(429, "x")) == .notNow(.refused(429, "x", "")))
  }

  @Test func aCodeThatTwoSystemsDocumentDifferentlySettlesNothing() {
    let catalogue = Catalogue([
      Self.service("a", errors: [ErrorCode("busy", 409, .refused), ErrorCode("same", 409, .conflict)]),
      Self.service("b", errors: [ErrorCode("busy", 409, .inFlight), ErrorCode("same", 409, .conflict)]),
    ])
    let answer = Self.answer(409, "busy")
    #expect(catalogue.outcome(of: answer) == .unknown(answer))
    #expect(catalogue.nature(of: "same") == .conflict)
  }

  @Test func findsOperationsByNameWithTheirService() {
    let catalogue = Catalogue([Self.service("b", errors: []), Self.service("a", errors: [])])
    #expect(catalogue["b.create"]?.isMutation == true)
    #expect(catalogue["a.get"]?.isMutation == false)
    #expect(catalogue["a.delete"] == nil)
    #expect(catalogue.service(of: "b.get")?.backend == "b")
    #expect(catalogue.allOperations.map(\.name) == ["a.create", "a.get", "b.create", "b.get"])
    #expect(catalogue["a.get"]?.backend == "a")
  }
}

@Suite struct ResponseTests {
  @Test func readsRetryAfterInWholeSeconds() {
    let limited = Response.refused(429, "rate_limit", "Slow down.", headers: ["retry-after": 2])
    #expect(limited.retryAfter == .seconds(2))
    #expect(Response(status: 429).retryAfter == nil)
  }

  @Test func aValueThatNobodyDeclaredIsFoundInAnObjectAndInAList() {
    let values = [ClosedField("state", ["up", "down"])]
    #expect(values.undocumented(in: ["state": "up", "name": "a"]) == nil)
    #expect(values.undocumented(in: ["state": "sideways"]) == "state")
    #expect(values.undocumented(in: ["things": [["state": "up"], ["state": "sideways"]]]) == "state")
    #expect(values.undocumented(in: ["things": [["state": "up"], ["other": "sideways"]]]) == nil)
    #expect([ClosedField]().undocumented(in: ["state": "sideways"]) == nil)
  }
}
