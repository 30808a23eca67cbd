// An agent that does what a test says, one call after the other, and remembers what it saw.

import Operations
import Primitives
import Simulation

@testable import Faultline

/// Calls a fixed list of operations in order; after a crash it begins again at the top.
struct ProbeAgent: AgentUnderTest {
  var name: Name = "probe"
  var summary = "Calls what a test says."
  var without: [Name] = []
  var practices: Set<Practice> = []
  var client = ClientPolicy(attempts: 1, timeout: .seconds(10), backoff: .seconds(1))
  var script: [Step]
  /// How many releases of it there are; none does anything otherwise.
  var releases = 1

  struct Step: Hashable, Sendable {
    var operation: Name
    var subject: String
    var key: String?
    var pause: TimeSpan = .zero

    static func put(_ subject: String, key: String? = nil) -> Step { Step(operation: "shelf.put", subject: subject, key: key) }
    static func take(_ subject: String) -> Step { Step(operation: "shelf.take", subject: subject) }
    static func look(_ subject: String) -> Step { Step(operation: "shelf.look", subject: subject) }
    static func wait(_ span: TimeSpan) -> Step { Step(operation: "", subject: "", pause: span) }
    /// Asks for nothing, so that nothing follows.
    static let never = Step(operation: "", subject: "")
  }

  func deploy(_ task: AgentTask) -> any AgentDeployment { Deployment(script: script, releases: releases) }

  struct Deployment: AgentDeployment {
    var script: [Step]
    var next: [UInt8: Int] = [:]
    var releases: Int
    var release = 1
    var isForkable: Bool { true }
    var hasNextRelease: Bool { release < releases }

    mutating func start(
      _ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]
    ) {
      if trigger == .deploy { release += 1 }
      next[process.index] = 0
      commands.append(.store(StoreCall(ticket: 0, label: "load", isWrite: false)))
    }

    mutating func resume(
      _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]
    ) {
      let position = next[process.index, default: 0]
      guard position < script.count else { return commands.append(.finish(Claim(.completed, text: "done"))) }
      next[process.index] = position + 1
      let step = script[position]
      if step == .never { return }
      if step.pause > .zero { return commands.append(.wait(ticket: UInt32(position), until: now + step.pause)) }
      let request = Request(
        step.operation, ["name": .text(step.subject)], principal: "agent-shelf", idempotencyKey: step.key)
      commands.append(.call(AgentCall(ticket: UInt32(position), request: request, step: step.operation)))
    }

    mutating func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {}
    mutating func crash(_ process: ProcessID) {}
    func explanation() -> [String] { [] }
    func hash(into hasher: inout StableHasher) {
      hasher.combine(release)
      for index in next.keys.sorted() { hasher.combine(next[index]!) }
    }
  }
}

/// A run of a probe on a shelf.
struct ShelfRun {
  var world: World

  init(
    _ script: [ProbeAgent.Step], faults: [Plan.Entry] = [], driver: Driver? = nil, attempts: Int = 1, releases: Int = 1,
    seed: UInt64 = 1, shape: RunShape = .nominal, systems: [any Backend] = [ShelfBackend()],
    operations looking: Name = "shelf.look"
  ) throws {
    let script = script.map { step in
      var step = step
      if step.operation == "shelf.look" { step.operation = looking }
      return step
    }
    let scenario = Scenario(
      name: "shelf", title: "A shelf", systems: [], start: Instant(year: 2026, month: 11, day: 20),
      workflow: "probe", input: [:], intents: [])
    var agent = ProbeAgent(script: script)
    agent.client.attempts = attempts
    agent.releases = releases
    world = try World(
      setup: WorldSetup(scenario: scenario, systems: systems), agent: agent, seed: seed,
      driver: driver ?? .planned(Plan(faults)), shape: shape, isRecording: true)
    world.run()
  }

  /// What the agent saw, call by call.
  var seen: [Answer] {
    world.trace.entries.compactMap { if case .answered(_, _, let answer) = $0.event { answer } else { nil } }
  }

  /// What the shelf did, in order.
  var ledger: [Effect.Change] {
    world.trace.entries.compactMap { if case .effect(let effect) = $0.event { effect.change } else { nil } }
  }

  /// Who is to answer for each effect, in order.
  var authors: [String] {
    world.trace.entries.compactMap { entry in
      guard case .effect(let effect) = entry.event else { return nil }
      return effect.cause != nil ? "the agent" : effect.principal?.text ?? "the system"
    }
  }

  var statuses: [Int?] { seen.map { $0.response?.status } }
  func has(_ event: (WorldEvent) -> Bool) -> Bool { world.trace.entries.contains { event($0.event) } }
  func index(of event: (WorldEvent) -> Bool) -> Int? { world.trace.entries.first { event($0.event) }?.index }
}

extension Plan.Entry {
  static func at(_ point: Name, _ answer: Name, call: Int? = nil, attempt: Int? = nil) -> Plan.Entry {
    Plan.Entry(at: SitePattern(point: point, call: call, attempt: attempt), choose: answer)
  }
}
