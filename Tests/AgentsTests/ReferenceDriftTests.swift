// The reference agent where a system speaks otherwise than documented, and where its credential has expired.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Agents

@Suite struct ReferenceDriftTests {
  private func play(_ faults: [Plan.Entry], paging: Bool = true) throws -> RunRecord {
    var scenario = Acme.scenario(faults)
    for index in scenario.systems.indices where scenario.systems[index].system == "notify" && !paging {
      scenario.systems[index].options["paging"] = "none"
    }
    return try Acme.play(ReferenceAgent(), in: scenario)
  }

  private func pages(_ record: RunRecord) -> [String] {
    record.events.compactMap { event in
      guard case .sent(_, let request, _, _) = event, request.operation == "notify.page" else { return nil }
      return request.arguments.text("summary")
    }
  }

  private static let drifts: [(Name, Name, String)] = [
    ("cloud.create_cluster", "schema-drift:renamed-field", "platform"),
    ("cloud.describe_cluster", "schema-drift:new-value", "platform"),
    ("billing.create_subscription", "schema-drift:new-parameter", "finance"),
  ]

  @Test(arguments: drifts)
  func itStopsAndPagesTheOwnerOfTheStep(operation: Name, drift: Name, owner: String) throws {
    let record = try play([Acme.fault(operation, drift, .schema)])
    #expect(record.claims.map(\.ending) == [.escalated])
    #expect(record.violated.isEmpty, "\(record.story)")
    #expect(record.live("notify.page") == 1)
    #expect(record.live("cloud.cluster") == 1, "nothing is made again, and nothing is taken back")
    let pages = pages(record)
    #expect(pages.count == 1)
    #expect(pages.first?.hasPrefix("\(owner): ") == true)
    #expect(record.claims.last?.reason?.hasSuffix("\(owner) was paged") == true)
    #expect(record.verdict.faults.map(\.tookEffect) == [true])
  }

  private static let troubles: [(Name, Aspect)] = [
    ("response-lost", .answer), ("request-lost", .request), ("crash:after", .crash),
  ]

  @Test(arguments: troubles)
  func oneRunIsOnePageWhateverBecomesOfTheCall(trouble: Name, aspect: Aspect) throws {
    let record = try play([
      Acme.fault("cloud.create_cluster", "schema-drift:renamed-field", .schema),
      Acme.fault("notify.page", trouble, aspect),
    ])
    #expect(record.claims.last?.ending == .escalated)
    #expect(record.violated.isEmpty, "\(record.story)")
    #expect(record.live("notify.page") == 1)
  }

  @Test func withoutAPagerItHandsOverAllTheSame() throws {
    let record = try play([Acme.fault("cloud.create_cluster", "schema-drift:renamed-field", .schema)], paging: false)
    #expect(record.claims.map(\.ending) == [.escalated])
    #expect(record.violated.isEmpty)
    #expect(pages(record).isEmpty)
  }

  @Test func whatNobodyReadsMayBeRenamed() throws {
    let record = try play([Acme.fault("identity.create_role", "schema-drift:renamed-field", .schema)])
    #expect(record.claims.map(\.ending) == [.completed])
    #expect(record.violated.isEmpty)
    #expect(pages(record).isEmpty)
  }

  @Test func anExpiredCredentialIsRenewedAndTheCallSentAgain() throws {
    let expired = Acme.fault("billing.create_customer", "credential-expired", .request)
    let record = try play([expired])
    #expect(record.claims.map(\.ending) == [.completed])
    #expect(record.violated.isEmpty)
    let lost = try play([expired, Acme.fault("billing.renew_credential", "request-lost", .request)])
    #expect(lost.claims.map(\.ending) == [.completed], "a renewal that is lost is asked for again")
    #expect(lost.violated.isEmpty)
  }

  @Test func aPartOfAClusterIsNotTaken() throws {
    let record = try play([Acme.fault("cloud.create_cluster", "partial-batch", .lifecycle)])
    #expect(record.claims.map(\.ending) == [.completed])
    #expect(record.violated.isEmpty)
    let sizes = record.events.compactMap { event -> Int64? in
      guard case .effect(let effect) = event, effect.kind == "cloud.cluster", effect.change == .created else {
        return nil
      }
      return effect.attributes.int("count")
    }
    #expect(sizes == [3])
  }
}
