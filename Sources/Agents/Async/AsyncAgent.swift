// An agent written as ordinary `async` Swift, and how it is put into a world.

import Faultline
import Operations
import Primitives

/// An agent written as ordinary `async` Swift.
///
///     struct MyAgent: AsyncAgent {
///       func run(_ context: AgentContext) async throws -> Claim {
///         let network = try await context.call("cloud.create_network", ["name": "acme", "region": "eu-central-1"])
///         try await context.sleep(.seconds(2))
///         return Claim(.completed, text: "made \(network.body.text("network") ?? "?")")
///       }
///     }
///
/// Local variables are the process's memory: a crash loses them, and the next incarnation begins `run`
/// again. Task groups, `async let` and actors of your own work as usual.
///
/// Time, chance and calls come from the context. What the simulation can't drive ends the process without
/// a claim and with the observation ``AsyncFailure/leftTheSimulation``: `Task {}`, `Task.detached`,
/// `Task.sleep`, `@MainActor`, dispatch queues, real I/O. A loop that never suspends never returns.
public protocol AsyncAgent: Sendable {
  /// Does the work, from the start of a process to its end.
  ///
  /// - Returns: what the agent says at its end; nil where another replica has the work.
  /// - Throws: anything; an error that gets out ends the process without a claim.
  func run(_ context: AgentContext) async throws -> Claim?
}

/// How an `async` agent's process can end without having said anything.
public enum AsyncFailure: Hashable, Sendable {
  /// It waits for something that the simulation does not drive.
  case leftTheSimulation
  /// It ran a hundred thousand jobs without asking the world for anything.
  case spun
  /// An error got out of ``AsyncAgent/run(_:)``.
  case threw(String)

  /// The sentence that stands in the trace, as ``Observation/mark(_:)``.
  public var sentence: String {
    switch self {
    case .leftTheSimulation:
      "left the simulation: it waits for what the simulation does not drive "
        + "(Task.sleep, Task {}, Task.detached, @MainActor or real I/O; use the context's sleep and task groups)"
    case .spun: "spins: \(AsyncFailure.stepLimit) steps without a call, a timer or an end"
    case .threw(let text): "threw: \(text)"
    }
  }

  /// What the world is told: the sentence, and that the process is over without a claim.
  var commands: [AgentCommand] { [.observe(.mark(Name(sentence))), .finish(nil)] }

  /// How many jobs a process may run between two inputs.
  static let stepLimit = 100_000
}

/// Puts an ``AsyncAgent`` into a world.
public struct AsyncAgentUnderTest<Agent: AsyncAgent>: AgentUnderTest {
  /// What users type after `--agent`.
  public let name: Name
  /// One sentence for `faultline list agents`.
  public let summary: String
  /// Nothing: an agent of users has no parts that Faultline could remove.
  public var without: [Name] { [] }
  /// What the agent declares about itself.
  public let practices: Set<Practice>
  /// How its client library sends calls.
  public let client: ClientPolicy
  public let runsReplicas: Bool
  let agent: Agent

  /// - Parameters:
  ///   - agent: The agent; one value serves all runs and processes.
  ///   - name: What users type after `--agent`.
  ///   - summary: One sentence for `faultline list agents`.
  ///   - practices: What the agent declares about itself; contract oracles judge these.
  ///   - client: How its client library sends calls.
  ///   - runsReplicas: Whether its supervisor may start a process beside one that stopped answering.
  public init(
    _ agent: Agent, name: Name, summary: String, practices: Set<Practice> = [],
    client: ClientPolicy = ClientPolicy(
      attempts: 3, timeout: .seconds(10), backoff: .milliseconds(50), generatesKeys: true),
    runsReplicas: Bool = true
  ) {
    self.agent = agent
    self.name = name
    self.summary = summary
    self.practices = practices
    self.client = client
    self.runsReplicas = runsReplicas
  }

  /// Starts a new store; processes start when the world says so.
  public func deploy(_ task: AgentTask) throws -> any AgentDeployment { AsyncDeployment(agent, task: task) }
}
