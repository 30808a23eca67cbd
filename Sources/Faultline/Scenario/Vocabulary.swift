// The names that a scenario may use. They come in as data, so that reading a scenario knows no agent,
// system or workflow by type.

import Operations
import Primitives

/// All names that scenarios and schemas are checked against.
public struct Vocabulary: Sendable {
  public var systems: [System]
  public var agents: [Agent]
  public var oracles: [Name]
  /// Kinds of ``Scenario/Rule``.
  public var rules: [Name]
  public var workflows: [WorkflowTemplate]
  /// Places of an agent where it may crash and that are no operation: `checkpoint:create-cluster.intent`.
  /// Empty: any place is taken as it is, and a fault that never finds its place makes a run inconclusive.
  public var points: [Name]
  /// What the agents declare that their runs may touch.
  public var marks: [Name]

  public init(
    systems: [System], agents: [Agent], oracles: [Name], rules: [Name] = RuleName.allCases.map(\.name),
    workflows: [WorkflowTemplate] = WorkflowTemplate.all, points: [Name] = [], marks: [Name] = []
  ) {
    self.systems = systems
    self.agents = agents
    self.oracles = oracles
    self.rules = rules
    self.workflows = workflows
    self.points = points
    self.marks = marks
  }

  /// A simulated system and the dialects it speaks.
  public struct System: Sendable {
    public var name: Name
    public var profiles: [Profile]

    public init(_ name: Name, profiles: [Profile]) {
      self.name = name
      self.profiles = profiles
    }
  }

  /// One dialect: what can be set, and what can be called.
  public struct Profile: Sendable {
    public var name: Name
    public var options: [Parameter]
    public var operations: [Operation]
    /// What its system sends messages about.
    public var topics: [Name]

    public init(
      _ name: Name, options: [Parameter] = [], operations: [Operation] = [], topics: [Name] = []
    ) {
      self.name = name
      self.options = options
      self.operations = operations
      self.topics = topics
    }
  }

  /// An agent and the parts that can be removed from it.
  public struct Agent: Sendable {
    public var name: Name
    public var safeguards: [Name]

    public init(_ name: Name, safeguards: [Name] = []) {
      self.name = name
      self.safeguards = safeguards
    }
  }
}

extension Vocabulary {
  /// Operations of the systems as the scenario chose them, by name.
  func operations(of choices: [Scenario.SystemChoice]) -> [Operation] {
    choices.flatMap { choice in
      systems.first { $0.name == choice.system }?.profiles.first { $0.name == choice.profile }?.operations ?? []
    }
  }

  /// What the systems that the scenario chose send messages about.
  func topics(of choices: [Scenario.SystemChoice]) -> [String] {
    choices.flatMap { choice in
      systems.first { $0.name == choice.system }?.profiles.first { $0.name == choice.profile }?.topics ?? []
    }.map(\.text)
  }

  /// Every operation of every profile, each name once, sorted.
  var operationNames: [String] {
    Set(systems.flatMap { $0.profiles.flatMap { $0.operations.map(\.name.text) } }).sorted()
  }

  /// Everything that a run may touch, sorted: faults, crashes at operations, and what agents declare.
  var markNames: [String] {
    Set((Marks.faults + marks).map(\.text) + (operationNames + points.map(\.text)).map { "crash:\($0)" }).sorted()
  }

  /// Every kind of effect that some operation has, sorted.
  var effectKinds: [String] {
    Set(systems.flatMap { $0.profiles.flatMap { $0.operations.compactMap(\.effect?.kind.text) } }).sorted()
  }
}
