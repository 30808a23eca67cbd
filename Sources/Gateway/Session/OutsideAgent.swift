// An agent that is a process of its own: in the world it is a place where inputs are left for the session.

import Faultline
import Operations
import Primitives
import Synchronization

/// An agent outside. It asks for nothing by itself; a ``Session`` submits what comes in through the doors.
public struct OutsideAgent: AgentUnderTest {
  public let name: Name
  public let summary: String
  public let client: ClientPolicy
  let inbox = Inbox()

  /// - Parameters:
  ///   - name: what reports call it, such as the script's name.
  ///   - patience: how long one wire attempt of it waits for an answer, in the world's time.
  public init(name: Name, summary: String = "A process.", patience: TimeSpan = .seconds(60)) {
    self.name = name
    self.summary = summary
    // Its own library decides about attempts; the session puts each of them on the wire as it comes.
    client = ClientPolicy(attempts: 1, timeout: patience, backoff: .zero)
  }

  public var without: [Name] { [] }
  /// What an outside agent declares is not known, so contract oracles advise.
  public var practices: Set<Practice> { [] }
  public var runsReplicas: Bool { false }
  public var isPausable: Bool { false }
  public var servesSeveral: Bool { false }
  public var isOutside: Bool { true }

  public func deploy(_ task: AgentTask) throws -> any AgentDeployment { OutsideDeployment(inbox: inbox) }
}

/// What the world told the processes of one run, until the session takes it.
final class Inbox: Sendable {
  /// An incarnation that the world began, and why.
  struct Start: Sendable {
    var process: ProcessID
    var trigger: Trigger
  }

  private struct State {
    var answers: [UInt32: Answer] = [:]
    var starts: [Start] = []
    var crashes: [ProcessID] = []
  }

  private let state = Mutex(State())

  fileprivate func begin(_ process: ProcessID, _ trigger: Trigger) {
    state.withLock { $0.starts.append(Start(process: process, trigger: trigger)) }
  }
  fileprivate func put(_ answer: Answer, for ticket: UInt32) { state.withLock { $0.answers[ticket] = answer } }
  fileprivate func crash(_ process: ProcessID) { state.withLock { $0.crashes.append(process) } }

  func takeAnswer(for ticket: UInt32) -> Answer? { state.withLock { $0.answers.removeValue(forKey: ticket) } }
  func takeStarts() -> [Start] { state.withLock { state in defer { state.starts = [] }; return state.starts } }
  func takeCrashes() -> [ProcessID] { state.withLock { state in defer { state.crashes = [] }; return state.crashes } }
}

/// The processes of an outside agent as the world sees them. What they are and remember is their own business, so
/// nothing of them goes into a digest and nobody can fork them.
private struct OutsideDeployment: AgentDeployment {
  let inbox: Inbox

  var isForkable: Bool { false }

  mutating func start(_ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]) {
    inbox.begin(process, trigger)
  }

  mutating func resume(
    _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]
  ) {
    if case .answered(let ticket, let answer) = input { inbox.put(answer, for: ticket) }
  }

  mutating func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {}
  mutating func crash(_ process: ProcessID) { inbox.crash(process) }
  func explanation() -> [String] { ["The agent is a process of its own; its state is not in the world."] }
  func hash(into hasher: inout StableHasher) {}
}
