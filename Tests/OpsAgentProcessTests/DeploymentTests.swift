// Deployments and values as documents: what is written is what is read, and what is wrong is named.

import Foundation
import OpsAgentProcess
import Operations
import Primitives
import Testing

@Suite struct DeploymentTests {
  private static let deployment = Deployment(
    services: [
      ServiceDescription(
        backend: "cloud", profile: "ec2",
        operations: [
          Operations.Operation(
            "cloud.create_cluster", "Makes a cluster.",
            parameters: [Parameter("region", .text, "Where.", required: false, allowed: ["eu-central-1"])],
            effect: EffectClass("cloud.cluster", .created), compensation: "cloud.delete_cluster",
            scope: "cloud:write", subject: "customer", takesKey: true, readBack: "cloud.list_clusters",
            condition: "version")
        ],
        errors: [ErrorCode("IdempotentParameterMismatch", 400, .keyMismatch)],
        bounds: ServiceBounds(staleness: .seconds(30), lateness: .milliseconds(1_500), keyWindow: nil),
        topics: ["cloud.cluster.running"], values: [ClosedField("state", ["pending", "running"])])
    ],
    principals: [.init("agent-cloud", scopes: ["cloud:read", "cloud:write"])],
    rules: [
      .regionIn(["eu-central-1"], kinds: ["cloud.cluster"]),
      .changeFreeze(
        CalendarWindow(weekly: "fri 18:00..mon 08:00", in: CivilZone("Europe/Berlin") ?? .utc)!, kinds: ["cloud.cluster"]),
      .changeFreeze(
        CalendarWindow(
          .once(from: CivilTime(year: 2026, month: 12, day: 20), until: CivilTime(year: 2027, month: 1, day: 7)),
          in: .utc), kinds: ["cloud.cluster"]),
      .booksClosed(.utc, after: .days(2), kinds: ["billing.charge"]),
      .fourEyes(above: Money(minorUnits: 50_000, currency: .eur), kinds: ["billing.refund"]),
      .fourEyes(above: nil, kinds: ["billing.credit_note"]),
    ],
    mutationLimit: 20, isDryRun: true, release: 2)

  private static var document: Data {
    get throws { try JSONEncoder().encode(deployment) }
  }

  @Test func whatIsWrittenIsWhatIsRead() throws {
    let read = try Deployment(reading: Self.document, from: "here")
    #expect(read == Self.deployment)
    // An operation equals another by its parts, not by its name alone.
    #expect(read.services[0].operations[0].condition == "version")
    #expect(read.services[0].bounds.lateness == .milliseconds(1_500))
  }

  @Test(arguments: [
    ("\"scopes\":", "\"scpes\":", "at principals[0], 'scopes' is missing"),
    ("\"1500ms\"", "\"soon\"", "at services[0].bounds.lateness, expected a span such as 90s or 2h"),
    ("\"Europe/Berlin\"", "\"Europe/Atlantis\"", "expected the name of a zone"),
    ("\"keyMismatch\"", "\"strange\"", "at services[0].errors[0].nature"),
    ("\"mutation_limit\":20", "\"mutation_limit\":\"many\"", "at mutation_limit"),
  ])
  func aMistakeIsToldByItsPlace(right: String, wrong: String, message: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(Self.deployment), as: UTF8.self)
    #expect(text.contains(right))
    let failure = #expect(throws: ProcessFailure.self) {
      try Deployment(reading: Data(text.replacing(right, with: wrong).utf8), from: "here.json")
    }
    #expect(failure?.description.hasPrefix("here.json is no deployment: ") == true)
    #expect(failure?.description.contains(message) == true, "\(failure?.description ?? "")")
  }

  @Test func valuesComeBackAsTheyWere() throws {
    let fields: Fields = [
      "amount": .money(Money(minorUnits: .max, currency: .eur)), "big": .int(.min), "deep": ["list": [["a": 1], nil]],
      "empty": .list([]), "no": false, "nothing": nil, "text": "\u{1F600} \"\n",
    ]
    #expect(try JSONDecoder().decode(Fields.self, from: JSONEncoder().encode(fields)) == fields)
  }

  @Test func anInstantIsATextToWhoeverReadsIt() throws {
    let fields: Fields = ["version": .instant(Instant(nanoseconds: 1_793_523_600_000_000_017))]
    let read = try JSONDecoder().decode(Fields.self, from: JSONEncoder().encode(fields))
    #expect(read == ["version": "2026-11-01T09:00:00.000000017Z"])
  }

  @Test func onlyAnAmountIsMoney() throws {
    func read(_ text: String) throws -> Value? { try JSONDecoder().decode(Fields.self, from: Data(text.utf8))["x"] }
    #expect(try read(#"{"x":{"currency":"EUR","minor_units":5}}"#)?.money?.minorUnits == 5)
    for other in [
      #"{"x":{"currency":"EUR","minor_units":5,"of":"acme"}}"#, #"{"x":{"currency":"euros","minor_units":5}}"#,
      #"{"x":{"currency":"EUR","minor_units":"5"}}"#,
    ] {
      #expect(try read(other)?.record?.text("currency") != nil, "\(other)")
    }
  }
}
