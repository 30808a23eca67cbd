// A world small enough to be read at one glance: it answers from a closure and keeps what was asked.

import Faultline
import Operations
import Primitives

@testable import Agents

/// Drives a deployment without simulator, network or systems.
struct ScriptedWorld {
  private enum Due {
    case input(ProcessID, AgentInput)
    case store(ProcessID, StoreCall)
  }

  var deployment: any AgentDeployment
  /// Everything that the agent asked for and said, in order.
  var commands: [AgentCommand] = []
  var now = Instant(year: 2026, month: 11, day: 20)
  private var queue: [Due] = []
  private let answer: (AgentCall) -> Answer

  static func task(input: Fields = ["customer": "acme"]) -> AgentTask {
    AgentTask(
      workflow: "customer-onboarding", run: "customer-onboarding:acme", input: input,
      catalogue: Catalogue([]), principals: [Principal("agent", scopes: [])])
  }

  init(_ agent: some AsyncAgent, answer: @escaping (AgentCall) -> Answer = { _ in .response(.ok()) }) {
    deployment = AsyncDeployment(agent, task: ScriptedWorld.task())
    self.answer = answer
  }

  /// Starts a process without letting anything else happen.
  mutating func start(_ process: ProcessID = .first, trigger: Trigger = .restart) {
    var new: [AgentCommand] = []
    deployment.start(process, trigger: trigger, at: now, into: &new)
    take(new, from: process)
  }

  /// Lets the next thing happen; false if nothing is left.
  mutating func step() -> Bool {
    guard !queue.isEmpty else { return false }
    var new: [AgentCommand] = []
    switch queue.removeFirst() {
    case .input(let process, let input):
      deployment.resume(process, input, at: now, into: &new)
      take(new, from: process)
    case .store(let process, let store):
      deployment.perform(store, of: process, at: now)
      queue.append(.input(process, .stored(store.ticket)))
    }
    return true
  }

  /// Lets so many things happen; stops early when nothing is left.
  mutating func steps(_ count: Int) { for _ in 0..<count where !step() { return } }

  /// Lets everything happen.
  mutating func play(_ process: ProcessID = .first) {
    start(process)
    while step() {}
  }

  /// Hands over an input out of turn.
  mutating func hand(_ input: AgentInput, to process: ProcessID = .first) {
    var new: [AgentCommand] = []
    deployment.resume(process, input, at: now, into: &new)
    take(new, from: process)
  }

  /// Ends a process; what was under way for it is dropped.
  mutating func crash(_ process: ProcessID = .first) {
    deployment.crash(process)
    queue.removeAll { due in
      switch due {
      case .input(let owner, _), .store(let owner, _): owner == process
      }
    }
  }

  private mutating func take(_ new: [AgentCommand], from process: ProcessID) {
    commands += new
    for command in new {
      switch command {
      case .call(let call): queue.append(.input(process, .answered(call.ticket, answer(call))))
      case .store(let store): queue.append(.store(process, store))
      case .wait(let ticket, let until):
        now = max(now, until)
        queue.append(.input(process, .woke(ticket)))
      case .decide(let decision): queue.append(.input(process, .decided(decision.ticket, nil)))
      case .observe, .finish: break
      }
    }
  }

  // MARK: What was asked

  var operations: [Name] {
    commands.compactMap { command in
      if case .call(let call) = command { call.request.operation } else { nil }
    }
  }

  var marks: [String] {
    commands.compactMap { command in
      if case .observe(.mark(let mark)) = command { mark.text } else { nil }
    }
  }

  var claims: [Claim] {
    commands.compactMap { command in
      if case .finish(let claim) = command { claim } else { nil }
    }
  }
}

extension ProcessID {
  static let first = ProcessID(index: 0, incarnation: 1)
  static let restarted = ProcessID(index: 0, incarnation: 2)
}
