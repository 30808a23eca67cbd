// The agents that can be named on the command line and in scenarios.

import Faultline
import Primitives

/// Where an agent that keeps checkpoints keeps them during a run.
public enum AgentStore: String, Hashable, Sendable, CaseIterable {
  /// A value with durable and pending parts: fast, and copied with the world.
  case model
  /// SQLite in memory.
  case sqlite
}

/// All agents that Faultline ships.
public enum AgentRegistry {
  /// In the order in which they are listed: the reference, naive, right ones in other styles, planted bugs.
  public static let entries: [Entry] = [.reference, .naive] + careful + planted

  /// Agents that are right, each in another style than the reference.
  public static let careful: [Entry] = [
    Entry(
      CarefulAgent(habits: Habits(.keys)).underTest(
        name: CarefulStyle.keys.agent, summary: "A right one that repeats with the same key and hands over what takes none.")),
    Entry(
      CarefulAgent(habits: Habits(.readBack)).underTest(
        name: CarefulStyle.readBack.agent, summary: "A right one without keys that looks before it repeats.")),
    Entry(
      CarefulAgent(habits: Habits(.halt)).underTest(
        name: CarefulStyle.halt.agent, summary: "A right one that stops and hands over at the first unknown outcome.")),
  ]

  private static let planted: [Entry] = PlantedBug.all.map { bug in
    Entry(bug.name, "Planted bug: \(bug.summary)") { _, _ in bug.agent }
  }

  /// An agent as it is listed.
  public struct Entry: Sendable {
    /// What users type after `--agent`.
    public let name: Name
    /// One sentence for people.
    public let summary: String
    /// The parts that can be removed from it; empty for all but the reference.
    public let safeguards: [Name]
    let make: @Sendable (_ without: [Name], _ store: AgentStore) throws -> any AgentUnderTest

    init(
      _ name: Name, _ summary: String, safeguards: [Name] = [],
      make: @escaping @Sendable (_ without: [Name], _ store: AgentStore) throws -> any AgentUnderTest
    ) {
      self.name = name
      self.summary = summary
      self.safeguards = safeguards
      self.make = make
    }

    /// An agent without removable parts and without checkpoints.
    init(_ agent: some AgentUnderTest) {
      self.init(agent.name, agent.summary) { _, _ in agent }
    }
  }

  /// Finds an agent by name.
  ///
  /// - Parameters:
  ///   - without: The safeguards to remove.
  ///   - store: Where it keeps its checkpoints; ignored by agents that keep none.
  /// - Throws: ``AgentRegistryError`` where there is no such agent or it has no such part.
  public static func make(
    name: Name, without: [Name] = [], store: AgentStore = .model
  ) throws -> any AgentUnderTest {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw AgentRegistryError(unknown: "agent", name, among: entries.map(\.name))
    }
    for safeguard in without where !entry.safeguards.contains(safeguard) {
      guard !entry.safeguards.isEmpty else { throw AgentRegistryError(nothingToRemoveFrom: name) }
      throw AgentRegistryError(unknown: "safeguard", safeguard, among: entry.safeguards)
    }
    return try entry.make(without, store)
  }
}

extension AgentRegistry.Entry {
  static let naive = AgentRegistry.Entry(NaiveAgent.underTest)
}

/// A name that no agent or safeguard has.
public struct AgentRegistryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and what would be right.
  public let description: String

  init(unknown kind: String, _ name: Name, among known: [Name]) {
    let guess = NearestName.find(name.text, among: known.map(\.text)).map { " Did you mean '\($0)'?" } ?? ""
    description = "There is no \(kind) '\(name)'.\(guess) 'faultline list \(kind)s' shows the known ones."
  }

  init(nothingToRemoveFrom agent: Name) {
    description = "The agent '\(agent)' has no safeguards that could be removed."
  }
}
