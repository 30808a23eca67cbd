// How the agent is deployed when a run begins, and who starts its work beside the ticket.

import Operations
import Primitives

extension Scenario {
  /// The agent's processes at the beginning of a run, and what sets them to work.
  public struct Rollout: Hashable, Sendable {
    /// How many processes the first trigger starts, on one store; each further trigger starts one more.
    public var replicas: Int
    /// What somebody chose instead, such as by `--replicas`.
    public var chosen: Int?
    /// How many workflows are under way at once, each for a customer of its own and with processes and a store of its
    /// own; nil where the run's shape says it, which is one but in random runs.
    public var workflows: Int?
    /// How much later each of them starts than the one before it.
    public var stagger: TimeSpan
    /// The release that each process starts under, from 1; the first where nothing is said.
    public var releases: [Int]
    /// Who starts the work beside the ticket's webhook.
    public var starts: [Start]
    /// Whether a ticket that the agent files itself starts the work, too, as one from a customer does.
    public var hearsOwnTickets: Bool

    public init(
      replicas: Int = 1, chosen: Int? = nil, stagger: TimeSpan = .zero, releases: [Int] = [], starts: [Start] = [],
      workflows: Int? = nil, hearsOwnTickets: Bool = false
    ) {
      self.replicas = replicas
      self.chosen = chosen
      self.stagger = stagger
      self.releases = releases
      self.starts = starts
      self.workflows = workflows
      self.hearsOwnTickets = hearsOwnTickets
    }

    /// The most replicas that one run may have; stand-ins of paused ones come on top.
    public static let most = 4
    /// The most workflows that one run may have.
    public static let mostWorkflows = 3

    /// How many processes the first trigger starts.
    public var count: Int { chosen ?? replicas }
    /// Whether the ticket's webhook starts the work, too.
    var hasWebhook: Bool { !starts.contains { $0.by == .session } }
  }

  /// Somebody who starts the work, perhaps more than once.
  public struct Start: Hashable, Sendable {
    public enum Starter: String, Hashable, Sendable, CaseIterable {
      /// A timetable. The manual says that a job may be created twice.
      case cron
      /// One client's session; two of them ask for the same thing. Where clients ask, no webhook does.
      case session
    }

    public var by: Starter
    /// How often.
    public var times: Int
    /// How much later each time is than the one before it.
    public var gap: TimeSpan

    public init(by: Starter, times: Int = 1, gap: TimeSpan = .zero) {
      self.by = by
      self.times = times
      self.gap = gap
    }
  }
}

extension ScenarioDraft {
  mutating func readRollout(_ file: Section) -> Scenario.Rollout {
    var rollout = Scenario.Rollout()
    if let tree = file["replicas"],
      let count = problems.int(tree, "a number of replicas", in: 1...Int64(Scenario.Rollout.most))
    {
      rollout.replicas = Int(count)
    }
    if let tree = file["workflows"] {
      let count = problems.int(tree, "a number of workflows", in: 1...Int64(Scenario.Rollout.mostWorkflows))
      rollout.workflows = count.map { Int($0) }
    }
    if let tree = file["stagger"], let span = problems.span(tree, "the time between the starts of two replicas") {
      rollout.stagger = span
    }
    if let tree = file["releases"] {
      rollout.releases = (problems.list(tree, "a list of releases, one for each replica") ?? []).compactMap {
        problems.int($0, "the number of a release", in: 1...255).map { Int($0) }
      }
    }
    if let tree = file["starts"] {
      rollout.starts = (problems.list(tree, "a list of those who start the work") ?? []).compactMap { readStart($0) }
    }
    if let tree = file["own_tickets"], let hears = problems.bool(tree) { rollout.hearsOwnTickets = hears }
    return rollout
  }

  private mutating func readStart(_ tree: YAMLTree) -> Scenario.Start? {
    guard let section = Section(tree, ScenarioShapes.start, &problems) else { return nil }
    let known = Scenario.Start.Starter.allCases.map(\.rawValue)
    let starter = section["by"].flatMap { problems.name($0, among: known, "starter") }
      .flatMap(Scenario.Start.Starter.init)
    let times = section["times"].flatMap { problems.int($0, "how often it starts the work", in: 1...4) }
    let gap = section["gap"].flatMap { problems.span($0, "the time between two starts") }
    return starter.map { Scenario.Start(by: $0, times: Int(times ?? 1), gap: gap ?? .zero) }
  }
}

extension ScenarioShapes {
  /// The keys that say how the agent is deployed and who starts it.
  static var rollout: [Shape.Key] {
    [
      Shape.Key(
        "replicas", .int(1...Int64(Scenario.Rollout.most)),
        "How many processes of the agent the first trigger starts, on one store; 1 unless given."),
      Shape.Key(
        "workflows", .int(1...Int64(Scenario.Rollout.mostWorkflows)),
        "How many customers are served at once, each by a run of its own: the scenario's, and others who want the "
          + "same; 1 unless given."),
      Shape.Key(
        "stagger", .span, "How much later each replica starts than the one before; at the same time unless given."),
      Shape.Key(
        "releases", .list(.int(1...255)), "The release that each process starts under; the first unless given."),
      Shape.Key("starts", .list(.mapping(start)), "Who starts the work beside the ticket's webhook."),
      Shape.Key(
        "own_tickets", .bool,
        "Whether a ticket that the agent files itself starts the work, too; one from anybody else does."),
    ]
  }

  static var start: Shape {
    Shape(
      title: "a start",
      keys: [
        Shape.Key(
          "by", .name(Scenario.Start.Starter.allCases.map(\.rawValue)), required: true,
          "A timetable, or a client's session; where clients ask, the webhook starts nothing."),
        Shape.Key("times", .int(1...4), "How often; once unless given."),
        Shape.Key("gap", .span, "How much later each time is than the one before; at the same time unless given."),
      ])
  }
}
