// Which agent: a name, the parts taken away from it, and where it keeps its checkpoints.

import Agents
import ArgumentParser
import Faultline
import Primitives

/// Options that choose the agent under test.
struct AgentOptions: ParsableArguments {
  @Option(
    help: "Judge this agent. Without it, 'run' plays those that each scenario names, 'explore' the reference.",
    completion: .custom { _, _, _ in AgentRegistry.entries.map(\.name.text) })
  var agent: String?

  @Option(
    help: "Remove a safeguard from the agent; may be given several times, or as a list with commas.")
  var without: [String] = []

  @Option(help: "Where the agent keeps its checkpoints: a model of a store, or SQLite.")
  var store: AgentStore = .model

  @Option(help: "Start so many replicas of the agent on one store, whatever the scenario says.")
  var replicas: Int?

  @Option(
    help: """
      Serve so many customers at once, each by a run of its own with processes and a store of its own: the scenario's, \
      and others who want the same. One where nothing is said; random runs draw it.
      """)
  var workflows: Int?

  func validate() throws {
    guard workflows == nil || AgentWords.command.isEmpty else {
      throw ValidationError("--workflows is for agents in Swift; a command after -- serves one customer")
    }
    guard workflows.map((1...Scenario.Rollout.mostWorkflows).contains) ?? true else {
      throw ValidationError("--workflows takes a number from 1 to \(Scenario.Rollout.mostWorkflows)")
    }
    let allowed = 1...Scenario.Rollout.most
    guard replicas.map(allowed.contains) ?? true else {
      throw ValidationError("--replicas takes a number from 1 to \(Scenario.Rollout.most)")
    }
  }

  /// The safeguards to remove, each once.
  var safeguards: [String] {
    without.flatMap { $0.split(separator: ",") }.map { $0.filter { $0 != " " } }
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The agent that was asked for; nil where none was.
  func make() throws -> (any AgentUnderTest)? {
    guard let agent else {
      guard safeguards.isEmpty else {
        throw Refusal.badInput("--without needs an agent to take from", remedy: "add --agent reference")
      }
      return nil
    }
    return try Library.agent(agent, without: safeguards, store: store)
  }

  /// The agent that was asked for, or else the one of this name.
  func agent(orElse name: String) throws -> any AgentUnderTest {
    try Library.agent(agent ?? name, without: safeguards, store: store)
  }
}

extension AgentStore: ExpressibleByArgument {}
