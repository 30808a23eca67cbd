// The scenarios that come with Faultline: all of them read, and each fault has one that heals it.

import Backends
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct ScenarioLibraryTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let files: [String] = {
    let folder = root.appendingPathComponent("scenarios")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  /// The names that users type, as the design lists them.
  static let vocabulary = Vocabulary(
    profiles: BackendRegistry.profiles,
    agents: [
      Vocabulary.Agent("reference", safeguards: names(safeguards)), Vocabulary.Agent("naive"),
    ] + names(others).map { Vocabulary.Agent($0) },
    oracles: names(oracles))

  @Test(arguments: files) func everyScenarioReads(_ file: String) throws {
    let scenario = try Self.read(file)
    #expect(!scenario.expectations.isEmpty)
    #expect(scenario.source != nil, "a scenario says where its story comes from")
    #expect(
      scenario.isDryRun || !scenario.systems.contains { $0.system == "ticketing" }
        || !(scenario.input.text("ticket_text") ?? "").isEmpty)
    if scenario.source?.kind != .constructed { #expect(scenario.source?.url != nil) }
  }

  @Test func thereAreTheStoriesAndAControlForEachFault() throws {
    #expect(Self.files.count >= 13)
    for name in [
      "timeout-after-create", "timeout-after-pay", "refused-duplicate-adopted", "happy-path",
    ] {
      #expect(Self.files.contains("\(name).yaml"))
    }
    // What a process outside had sent beside is dropped with it, which no agent in the simulator can show; the tests of
    // deaths do, with their control.
    for fault in FaultName.all where fault.name != FlightFault.dropped.name.text {
      let control = try Self.read("control-\(fault.name).yaml")
      let injected = control.faults.entries.map { $0.choose.text.split(separator: ":").first.map(String.init) }
      // Only a key that is repeated can be mistaken, and it is repeated where an answer got lost. How a volume comes
      // back shows at a restart, which a crash brings about.
      let isAtRestart = control.faults.entries.last?.at.point == "restart"
      let before: [String] = fault.aspect == .key ? ["response-lost"] : isAtRestart ? ["crash"] : []
      #expect(injected == before + [fault.name])
    }
  }

  /// The stories that the field tells, by the names that they have there.
  @Test(arguments: [
    "two-jiras-per-call", "slow-cluster-double", "website-twice", "two-emails", "duplicate-ec2", "half-created-profile",
    "ghost-alias", "forgotten-external-name", "karpenter-orphans", "token-of-the-dead", "wrong-family-same-token",
    "312-twice", "key-isnt-a-guarantee-late", "key-isnt-a-guarantee-reused", "key-isnt-a-guarantee-replayed",
    "key-isnt-a-guarantee-keyless", "timeout-then-retry-847", "cron-fired-twice", "stale-plan-wins", "seven-of-eight",
    "nine-seconds", "code-freeze", "retry-storm", "409-then-pay-again", "eight-second-spike", "laggy-limiter",
    "429-on-the-replay", "late-create-after-delete", "solved-then-reopened", "blank-parameter-time-bomb",
    "access-key-shown-once", "split-brain-keystore", "expired-key-monday", "az-failover-same-token",
  ])
  func everyWarStoryHasItsScenario(_ name: String) throws {
    let scenario = try Self.read("\(name).yaml")
    let source = try #require(scenario.source)
    #expect(source.kind != .constructed && source.url?.hasPrefix("https://") == true, "it happened to somebody")
    #expect(scenario.expectations.contains { $0.agent == "reference" && $0.without.isEmpty })
    let text = try String(contentsOf: Self.root.appendingPathComponent("scenarios/\(name).yaml"), encoding: .utf8)
    #expect(text.split(separator: "\n").dropFirst().first?.hasPrefix("# ") == true, "it says what happened")
  }

  /// In a control the fault's effect is healed, so that an agent which fails it would fail anything.
  @Test func noControlExpectsAViolation() throws {
    for file in Self.files where file.hasPrefix("control-") || file == "happy-path.yaml" {
      for expectation in try Self.read(file).expectations where expectation.without.isEmpty {
        #expect(expectation.violates.isEmpty && !expectation.ends.isEmpty, "\(file): \(expectation.agent)")
      }
    }
  }

  static func read(_ file: String) throws -> Scenario {
    try ScenarioReader(vocabulary).read(path: root.appendingPathComponent("scenarios/\(file)").path)
  }

  private static func names(_ text: String) -> [Name] {
    text.split(whereSeparator: \.isWhitespace).map { Name(String($0)) }
  }

  /// Right agents in other styles, and planted bugs that scenarios name.
  private static let others = """
    careful-keys careful-read-back careful-halt refunds-and-credits trusts-old-keys resumes-under-old-keys
    another-size names-after-the-plan hammers one-key-for-all trusts-the-disk keeps-keys-on-the-disk
    """

  private static let safeguards = """
    persisted-state write-ahead-intent external-ids-at-once idempotency-keys read-back pre-action-guards
    blast-radius-cap compensation reverse-order-compensation idempotent-compensation bounded-retries
    honoured-retry-after unknown-is-not-failed single-flight-lease fencing confidence-threshold
    closed-transitions escalation-context dry-run-isolation scoped-credentials optimistic-concurrency
    version-pinning pivot-last audit-log
    """

  private static let oracles = """
    duplicate-resource double-billing unintended-effect missing-effect incomplete-rollback doubled-compensation
    spurious-rollback rollback-order orphaned-access lost-update split-brain write-after-unknown
    blast-radius-exceeded scope-violation rate-limit-abuse retry-storm silent-failure untruthful-claim
    unwritten-rule mutation-after-end stuck unkeyed-mutation key-misuse unaudited-mutation guard-bypassed
    dry-run-mutation off-graph-transition context-free-escalation retry-without-compensation
    """
}
