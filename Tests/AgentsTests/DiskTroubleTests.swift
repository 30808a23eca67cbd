// Whatever the agent's store does, at whatever moment: nothing is doubled, and what is said is true.

import Agents
import Faultline
import OpsAgent
import Operations
import Primitives
import Simulation
import Testing

@Suite("Trouble with the disk")
struct DiskTroubleTests {
  private static let operationFaults: [Name] = [
    "store-busy", "store-full:after-retry", "store-full:at-end", "store-io-error:before", "store-io-error:after",
  ]
  private static let volumeFaults: [Name] = ["store-lost-write", "store-stale-restore", "store-wiped"]

  /// A rollback as well as a completion: a card that is declined turns the run round.
  private static let grounds: [(String, Fields)] = [
    ("onboarding", ["metering": "per-cluster"]),
    ("declined card", ["metering": "per-cluster", "declines": ["acme"]]),
  ]

  private func play(_ plan: [Plan.Entry], _ billing: Fields, _ store: AgentStore = .model) throws -> RunRecord {
    try Acme.play(ReferenceAgent(store: store), in: Acme.scenario(plan, billing: billing))
  }

  private func expectGoodEnd(_ run: RunRecord, _ what: String) {
    #expect(run.claims.count == 1, "\(what)\n\(run.story)")
    #expect(run.verdict.violations.isEmpty, "\(what): \(run.verdict.violations.map(\.message))")
    for intent in Acme.intents { #expect(run.live(intent.kind) <= 1, "\(what): \(intent.kind)\n\(run.story)") }
  }

  /// The store operations of an undisturbed run, in order.
  private func operations(_ run: RunRecord) -> [(label: Name, isWrite: Bool)] {
    run.events.compactMap { if case .stored(_, let label, let isWrite) = $0 { (label, isWrite) } else { nil } }
  }

  @Test("Every store operation meets every fault, on both stores alike", arguments: [0, 1])
  func everyOperation(ground: Int) throws {
    let (name, billing) = Self.grounds[ground]
    let undisturbed = try play([], billing)
    var passages: [Name: Int] = [:]
    var played = 0
    for (label, isWrite) in operations(undisturbed) {
      passages[label, default: 0] += 1
      for fault in Self.operationFaults where isWrite || fault == "store-busy" || fault == "store-io-error:before" {
        let plan = [
          Plan.Entry(at: SitePattern(point: label, call: passages[label], aspect: .store), choose: fault)
        ]
        let run = try play(plan, billing)
        expectGoodEnd(run, "\(name): \(fault) at \(label)")
        #expect(run.verdict.faults.map(\.tookEffect) == [true])
        let isHealed = fault != "store-full:at-end"
        if isHealed { #expect(run.claims.map(\.ending) == undisturbed.claims.map(\.ending), "\(fault) at \(label)") }
        played += 1
        guard played % 5 == 0 else { continue }
        #expect(try play(plan, billing, .sqlite).verdict.traceHash == run.verdict.traceHash, "\(fault) at \(label)")
      }
    }
    // Some twenty operations, or more with the way back, of five kinds of fault each.
    #expect(played > (ground == 0 ? 80 : 120))
  }

  @Test("Every crash, and every way in which the volume can come back from it", arguments: [0, 1])
  func everyRestart(ground: Int) throws {
    let (name, billing) = Self.grounds[ground]
    let undisturbed = try play([], billing)
    var points: [(Name, Int, Name)] = []
    var passages: [Name: Int] = [:]
    for event in undisturbed.events {
      switch event {
      case .stored(_, let label, _):
        passages[label, default: 0] += 1
        points.append((label, passages[label]!, "crash:after"))
      case .sent(_, let request, _, _):
        passages[request.operation, default: 0] += 1
        points.append((request.operation, 0, "crash:on-answer"))
      default: break
      }
    }
    var met = 0
    for (point, call, crash) in points {
      for fault in Self.volumeFaults {
        let plan = [
          Plan.Entry(at: SitePattern(point: point, call: call == 0 ? nil : call, aspect: .crash), choose: crash),
          Plan.Entry(at: SitePattern(point: "restart"), choose: fault),
        ]
        let run = try play(plan, billing)
        expectGoodEnd(run, "\(name): \(crash) at \(point)#\(call), then \(fault)")
        guard run.verdict.faults.count == 2 else { continue }
        met += 1
        guard met % 5 == 0 else { continue }
        #expect(try play(plan, billing, .sqlite).verdict.traceHash == run.verdict.traceHash, "\(fault) at \(point)")
      }
    }
    #expect(met > (ground == 0 ? 100 : 150))
  }
}
