// A small agent that is a value: it runs an errand of a few calls, with a note of how far it got.

import Faultline
import Operations
import Primitives

/// Makes its calls one after the other, writes down each that succeeded, and tries again when one did not.
/// Without keys it does so carelessly. With `asks`, it lets a decider say whether to go at all.
struct Errand: AgentUnderTest {
  var name: Name { "errand" }
  var summary: String { "Runs an errand." }
  var without: [Name] { [] }
  var practices: Set<Practice> { [] }
  var client: ClientPolicy { ClientPolicy(attempts: 1, timeout: .seconds(30), backoff: .seconds(1)) }
  var requests: [Request]
  var tries = 2
  var asks = false

  func deploy(_ task: AgentTask) -> any AgentDeployment { ErrandDeployment(errand: self) }

  /// A world that holds the systems of the errand's calls and wants their effects once.
  func scenario(events: Int = 5_000) -> Scenario {
    Scenario(
      name: "errand", title: "An errand",
      systems: [
        Scenario.SystemChoice(system: "cloud", profile: "ec2"),
        Scenario.SystemChoice(system: "notify", profile: "email"),
      ],
      start: Instant(year: 2026, month: 11, day: 20, hour: 9), workflow: "errand", input: ["customer": "acme"],
      intents: [
        Intent(name: "network", kind: "cloud.network", owner: "acme", times: 0...1),
        Intent(name: "mail", kind: "notify.mail", owner: "acme", times: 0...1),
      ],
      limits: Scenario.Limits(events: events))
  }

  static let network = Request(
    "cloud.create_network", ["name": "acme", "region": "eu-central-1", "customer": "acme"],
    principal: "agent-cloud")
  static let look = Request("cloud.describe_networks", ["customer": "acme"], principal: "agent-cloud")
  static func mail(key: String?) -> Request {
    Request(
      "notify.send_mail", ["to": "ops@acme.example", "template": "welcome", "customer": "acme"],
      principal: "agent-notify", idempotencyKey: key)
  }
}

private struct ErrandDeployment: AgentDeployment {
  let errand: Errand
  var isForkable: Bool { true }
  /// How many calls are done, by the agent's notes.
  var done = 0
  var memories: [Memory] = []

  struct Memory {
    var at = 0
    var tries = 0
    var ticket: UInt32 = 0
  }

  mutating func start(
    _ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]
  ) {
    let index = Int(process.index)
    while memories.count <= index { memories.append(Memory()) }
    memories[index] = Memory()
    store("load", isWrite: false, index, &commands)
  }

  mutating func resume(
    _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]
  ) {
    let index = Int(process.index)
    switch input {
    case .stored, .storeFailed:
      memories[index].at = done
      if errand.asks, done == 0 {
        memories[index].ticket += 1
        commands.append(
          .decide(
            DecisionPoint(
              ticket: memories[index].ticket, point: "go", alternatives: ["go", "stop", "go-twice"], proposal: "go")))
      } else {
        proceed(index, &commands)
      }
    case .decided(_, "stop"?): end(index, .escalated, &commands)
    case .decided: proceed(index, &commands)
    case .answered(_, let answer):
      if answer.response?.isSuccess ?? false {
        memories[index].at += 1
        memories[index].tries = 0
        store("save", isWrite: true, index, &commands)
      } else {
        memories[index].tries += 1
        if memories[index].tries < errand.tries { proceed(index, &commands) } else { end(index, .escalated, &commands) }
      }
    case .woke: break
    }
  }

  mutating func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {
    if store.isWrite { done = max(done, memories[Int(process.index)].at) }
  }

  mutating func crash(_ process: ProcessID) {}

  func explanation() -> [String] { ["\(done) of \(errand.requests.count) calls are done"] }

  private mutating func proceed(_ index: Int, _ commands: inout [AgentCommand]) {
    guard memories[index].at < errand.requests.count else { return end(index, .completed, &commands) }
    memories[index].ticket += 1
    let request = errand.requests[memories[index].at]
    commands.append(.call(AgentCall(ticket: memories[index].ticket, request: request, step: "errand")))
  }

  private mutating func store(_ label: Name, isWrite: Bool, _ index: Int, _ commands: inout [AgentCommand]) {
    memories[index].ticket += 1
    commands.append(.store(StoreCall(ticket: memories[index].ticket, label: label, isWrite: isWrite)))
  }

  private func end(_ index: Int, _ ending: Ending, _ commands: inout [AgentCommand]) {
    let holdings: [Claim.Holding] =
      ending == .completed ? [] : ["cloud.network", "notify.mail"].map { Claim.Holding(kind: $0, object: nil) }
    commands.append(
      .finish(Claim(ending, text: "\(ending)", possibly: holdings, reason: "it did not work", nextAction: "look")))
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(done)
    hasher.combine(memories.count)
    for memory in memories {
      hasher.combine(memory.at)
      hasher.combine(memory.tries)
      hasher.combine(UInt64(memory.ticket))
    }
  }
}
