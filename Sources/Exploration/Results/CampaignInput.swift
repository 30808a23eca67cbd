// What a campaign is about. Two campaigns of equal input end with equal certificates.

import Primitives
import Simulation

/// Everything that the result of a campaign depends on, and nothing else: how many jobs play it and how much of it
/// is checked again don't belong here.
public struct CampaignInput: Hashable, Sendable {
  /// How plans are chosen.
  public enum Kind: String, Hashable, Sendable { case exhaustive, random }

  /// The scenario's file, as the user named it.
  public var scenario: String
  /// The scenario's content; a scenario that was edited is another input.
  public var scenarioDigest: UInt64
  public var agent: Name
  public var without: [Name]
  /// The agent's checkpoint store, `model` or `sqlite`.
  public var store: Name
  public var kind: Kind
  /// How many replicas of the agent there are, where somebody chose it.
  public var replicas: Int?
  /// How many workflows are under way at once, where somebody chose it.
  public var workflows: Int?
  public var maxFaults: Int
  /// Where draws come from; of a random campaign the first seed.
  public var seed: UInt64
  /// How many random runs; nil where time or the tree of plans decides.
  public var runs: Int?
  /// The answers that every plan begins with.
  public var prefix: Plan
  /// The version of Faultline that plays it.
  public var version: String

  public init(
    scenario: String, scenarioDigest: UInt64, agent: Name, without: [Name] = [], store: Name = "model", kind: Kind,
    replicas: Int? = nil, workflows: Int? = nil, maxFaults: Int, seed: UInt64, runs: Int? = nil,
    prefix: Plan = Plan(), version: String
  ) {
    self.scenario = scenario
    self.scenarioDigest = scenarioDigest
    self.agent = agent
    self.without = without
    self.store = store
    self.kind = kind
    self.replicas = replicas
    self.workflows = workflows
    self.maxFaults = maxFaults
    self.seed = seed
    self.runs = runs
    self.prefix = prefix
    self.version = version
  }

  /// Equal for inputs that differ at most in how the scenario's file was named.
  public var digest: UInt64 {
    var hasher = StableHasher()
    hasher.combine(scenarioDigest)
    hasher.combine(agent)
    hasher.combine(Set(without).sorted())
    hasher.combine(store)
    hasher.combine(kind.rawValue)
    hasher.combine(replicas ?? -1)
    if let workflows { hasher.combine(workflows) }
    hasher.combine(maxFaults)
    hasher.combine(seed)
    hasher.combine(runs ?? -1)
    hasher.combine(prefix)
    hasher.combine(version)
    return hasher.digest
  }
}

extension Plan {
  /// A line for each answer, `agent-0~1/…/answer response-lost`; empty for the benign plan.
  var lines: String { entries.map { "\($0.at) \($0.choose)" }.joined(separator: "\n") }

  /// Reads ``lines``; nil where one of them is none.
  init?(lines: String) {
    var entries: [Entry] = []
    for line in lines.split(separator: "\n") {
      guard let space = line.lastIndex(of: " "), let place = SitePattern(path: String(line[..<space])) else {
        return nil
      }
      entries.append(Entry(at: place, choose: Name(String(line[line.index(after: space)...]))))
    }
    self.init(entries)
  }
}
