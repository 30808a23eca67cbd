// Failures that somebody knows of and expects for now, each with a reason and perhaps a day on which that ends.

import Operations
import Primitives
import Simulation

/// One failure that is expected for now.
public struct KnownFailure: Hashable, Sendable {
  public var scenario: Name
  public var agent: Name
  public var without: [Name]
  public var oracle: Name
  /// Answers that a plan must have for this to be the failure that is meant; any plan where there are none.
  public var plan: [Plan.Entry]
  /// Places at which a plan must have an answer, whichever.
  public var sites: [SitePattern]
  public var reason: String
  /// When it stops being expected; nil for never.
  public var until: Instant?
  /// Where it stands in its file, from 1.
  public var line: Int

  /// Whether a violation of this oracle under this plan is the one that is meant.
  ///
  /// - Parameter now: the day on which somebody asks; an entry whose time is over excuses nothing.
  public func excuses(_ violated: Name, in verdict: Verdict, at now: Instant) -> Bool {
    isAbout(scenario: verdict.scenario, agent: verdict.agent, without: verdict.without) && violated == oracle
      && !isOver(at: now)
      && plan.allSatisfy { known in
        verdict.plan.entries.contains { known.choose == $0.choose && known.at.covers($0.at) }
      }
      && sites.allSatisfy { site in verdict.plan.entries.contains { site.covers($0.at) } }
  }

  public func isAbout(scenario: Name, agent: Name, without: [Name]) -> Bool {
    scenario == self.scenario && agent == self.agent && Set(without) == Set(self.without)
  }

  public func isOver(at now: Instant) -> Bool { until.map { $0 <= now } ?? false }
}

/// A file of known failures.
public struct KnownFailures: Hashable, Sendable {
  /// The file, as the user named it; empty where there is none.
  public var path: String
  public var entries: [KnownFailure]

  public init(path: String = "", entries: [KnownFailure] = []) {
    self.path = path
    self.entries = entries
  }

  /// The reasons why a failing run is expected, each once; nil where a violation of it is not.
  public func reasons(for verdict: Verdict, at now: Instant) -> [String]? {
    var reasons: [String] = []
    for oracle in Set(verdict.violations.map(\.oracle)).sorted() {
      guard let known = entries.first(where: { $0.excuses(oracle, in: verdict, at: now) }) else { return nil }
      if !reasons.contains(known.reason) { reasons.append(known.reason) }
    }
    return reasons.isEmpty ? nil : reasons
  }
}

extension KnownFailures {
  private static let file = Shape(
    title: "a file of known failures",
    keys: [Shape.Key("known", .list(.mapping(entry)), required: true, "The failures that are expected for now.")])

  private static let entry = Shape(
    title: "a known failure",
    keys: [
      Shape.Key("scenario", .text, required: true, "The scenario's name, such as happy-path."),
      Shape.Key("agent", .text, required: true, "The agent."),
      Shape.Key("without", .list(.text), "The safeguards that were taken out of it."),
      Shape.Key("oracle", .text, required: true, "The oracle that finds it."),
      Shape.Key("plan", .list(.mapping(ScenarioShapes.sitedFault)), "The answers that the plan must have."),
      Shape.Key(
        "sites", .list(.either([.text, .mapping(ScenarioShapes.place)])),
        "Where the plan must have an answer, whichever."),
      Shape.Key("reason", .text, required: true, "Why it is expected."),
      Shape.Key("until", .instant, "The day on which it stops being expected."),
    ])

  /// Reads a file of known failures.
  /// - Throws: ``ScenarioErrors`` with every mistake of the file.
  public static func read(path: String, vocabulary: Vocabulary) throws(ScenarioErrors) -> KnownFailures {
    try read(text: TextFile.read(path), path: path, vocabulary: vocabulary)
  }

  /// Reads known failures from text.
  /// - Throws: ``ScenarioErrors`` with every mistake of the text.
  public static func read(
    text: String, path: String, vocabulary: Vocabulary
  ) throws(ScenarioErrors) -> KnownFailures {
    var problems = Problems(path: path)
    var entries: [KnownFailure] = []
    if let tree = YAMLTree.parse(text, problems: &problems), let section = Section(tree, file, &problems) {
      let items = section["known"].flatMap { problems.list($0, "a list of known failures") } ?? []
      entries = items.compactMap { problems.knownFailure($0, entry, vocabulary) }
    }
    try problems.throwIfAny()
    return KnownFailures(path: path, entries: entries)
  }
}

extension Problems {
  fileprivate mutating func knownFailure(
    _ tree: YAMLTree, _ shape: Shape, _ vocabulary: Vocabulary
  ) -> KnownFailure? {
    guard let section = Section(tree, shape, &self) else { return nil }
    let scenario = section["scenario"].flatMap { text($0, "the scenario's name") }
    let agents = vocabulary.agents.map(\.name.text)
    let agent = section["agent"].flatMap { name($0, among: agents, "agent") }
    let known = vocabulary.agents.first { $0.name.text == agent }?.safeguards.map(\.text) ?? []
    let oracle = section["oracle"].flatMap { name($0, among: vocabulary.oracles.map(\.text), "oracle") }
    let reason = section["reason"].flatMap { text($0, "a reason") }
    let without = (section["without"].flatMap { list($0, "a list of safeguards") } ?? [])
      .compactMap { name($0, among: known, "safeguard") }
    let plan = (section["plan"].flatMap { list($0, "a list of answers") } ?? []).compactMap { sitedFault($0) }
    let sites = (section["sites"].flatMap { list($0, "a list of places") } ?? []).compactMap { place($0) }
    let until = section["until"].flatMap { instant($0, "a day") }
    guard let scenario, let agent, let oracle, let reason else { return nil }
    return KnownFailure(
      scenario: Name(scenario), agent: Name(agent), without: without.map { Name($0) }, oracle: Name(oracle), plan: plan,
      sites: sites, reason: reason, until: until, line: tree.position.line)
  }
}
