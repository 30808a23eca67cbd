// Reads scenario files: strictly, and telling every mistake at once before anything runs.

import Operations
import Primitives
import Simulation

/// Reads scenarios written in YAML.
///
/// Nothing is guessed: an unknown key or name, a value of another type, and every piece of unquoted text
/// that YAML 1.1 and 1.2 read differently is an error with its place and a remedy.
public struct ScenarioReader: Sendable {
  public let vocabulary: Vocabulary

  /// - Parameter vocabulary: the names that files may use.
  public init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Reads the file at `path` and the files that it names.
  /// - Throws: ``ScenarioErrors`` with every mistake of the file.
  public func read(path: String) throws(ScenarioErrors) -> Scenario {
    try read(text: TextFile.read(path), path: path)
  }

  /// Reads a scenario from text; files that it names are looked for beside `path`.
  /// - Throws: ``ScenarioErrors`` with every mistake of the text.
  public func read(text: String, path: String) throws(ScenarioErrors) -> Scenario {
    var draft = ScenarioDraft(vocabulary: vocabulary, text: text, path: path)
    let scenario = draft.read()
    try draft.problems.throwIfAny()
    guard let scenario else { preconditionFailure("a scenario was not read and nothing says why") }
    return scenario
  }
}

/// One file that is being read.
struct ScenarioDraft {
  let vocabulary: Vocabulary
  let shapes: ScenarioShapes
  let text: String
  let path: String
  var problems: Problems
  /// Covers the file and every file that it names.
  var digest = StableHasher()
  /// Systems of the world whose profile is not known; nothing more is said about their operations.
  var unreadSystems: [Name] = []

  init(vocabulary: Vocabulary, text: String, path: String) {
    self.vocabulary = vocabulary
    shapes = ScenarioShapes(vocabulary)
    self.text = text
    self.path = path
    problems = Problems(path: path)
    digest.combine(text)
  }

  /// The scenario; worthless where problems were found, nil where hardly anything could be read.
  mutating func read() -> Scenario? {
    guard let tree = YAMLTree.parse(text, problems: &problems) else { return nil }
    guard let file = Section(tree, shapes.scenario, &problems) else { return nil }
    let title = file["title"].flatMap { problems.text($0, "the title") } ?? ""
    let workflow = file["workflow"].flatMap { problems.name($0, among: shapes.workflowNames, "workflow") }
    let template = vocabulary.workflows.first { $0.name.text == workflow }
    let input = file["input"].map { readInput($0, for: template) } ?? [:]
    let systems = file["world"].map { readWorld($0, for: template) } ?? []
    let isDryRun = file["dry_run"].flatMap { problems.bool($0) } ?? false
    let start = file["start"].flatMap { problems.instant($0, "the time at which the run begins") }
    let zone = file["zone"].flatMap { readZone($0) } ?? .utc
    let given = readGiven(file["given"], template: template, input: input, systems: systems)
    let intents = readIntents(file["intents"], template: template, input: input, isDryRun: isDryRun)
    let begin = start ?? Self.defaultStart(for: input)
    return Scenario(
      name: Name(TextFile.stem(of: path)), title: title, source: file["source"].flatMap { readSource($0) },
      systems: systems, start: begin, workflow: Name(workflow ?? ""), input: input,
      isDryRun: isDryRun, decisions: file["decisions"].map { readDecisions($0) } ?? [], given: given, intents: intents,
      rules: file["rules"].map { readRules($0, zone: zone) } ?? [],
      people: file["people"].map { readPeople($0, systems: systems, input: input, start: begin) } ?? [],
      desk: file["desk"].flatMap { readDesk($0, systems: systems, input: input, zone: zone) },
      faults: Plan(file["faults"].map { readFaults($0, systems: systems) } ?? []),
      limits: file["limits"].map { readLimits($0) } ?? Scenario.Limits(),
      requires: file["requires"].map { readPractices($0) } ?? [],
      covers: file["covers"].map { readMarks($0) } ?? [],
      principals: readPrincipals(file["principals"], template: template),
      expectations: file["expect"].map { readExpectations($0) } ?? [], path: path, digest: digest.digest,
      rollout: readRollout(file))
  }

  /// Nine in the morning of the day that the input names, else of the period's first day, or of the first working day
  /// of November 2026.
  private static func defaultStart(for input: Fields) -> Instant {
    input.text("effective").flatMap { Instant(iso8601: "\($0)T09:00Z") }
      ?? input.text("period").flatMap { Instant(iso8601: "\($0)-01T09:00Z") }
      ?? Instant(year: 2026, month: 11, day: 2, hour: 9)
  }

  private mutating func readSource(_ tree: YAMLTree) -> Scenario.Source? {
    guard let source = Section(tree, shapes.source, &problems) else { return nil }
    let kinds = Scenario.Source.Kind.allCases.map(\.rawValue)
    let kind = source["kind"].flatMap { problems.name($0, among: kinds, "kind of source") }
    return Scenario.Source(
      kind: kind.flatMap(Scenario.Source.Kind.init) ?? .unconfirmed,
      url: source["url"].flatMap { problems.text($0, "the source's address") },
      note: source["note"].flatMap { problems.text($0, "a note on the source") })
  }

  private mutating func readDecisions(_ tree: YAMLTree) -> [Scenario.ScriptedDecision] {
    (problems.table(tree, "points of decision with what the decider says there") ?? []).compactMap { entry in
      problems.text(entry.value, "what the decider says").map {
        Scenario.ScriptedDecision(point: Name(entry.key), answer: Name($0))
      }
    }
  }

  private mutating func readLimits(_ tree: YAMLTree) -> Scenario.Limits {
    var limits = Scenario.Limits()
    guard let section = Section(tree, shapes.limits, &problems) else { return limits }
    if let span = section["virtual_time"].flatMap({ problems.span($0, "a length of time") }) {
      limits.virtualTime = span
    }
    if let count = section["mutations"].flatMap({ problems.int($0, "a number of mutations", in: 1...1_000_000) }) {
      limits.mutations = Int(count)
    }
    if let count = section["attempts_per_intent"].flatMap({
      problems.int($0, "a number of attempts", in: 1...1_000_000)
    }) {
      limits.attemptsPerIntent = Int(count)
    }
    if let count = section["events"].flatMap({ problems.int($0, "a number of events", in: 1...10_000_000) }) {
      limits.events = Int(count)
    }
    return limits
  }

  private mutating func readPractices(_ tree: YAMLTree) -> [Practice] {
    let known = Practice.allCases.map(\.rawValue)
    return (problems.list(tree, "a list of practices") ?? []).compactMap { item in
      problems.name(item, among: known, "practice").flatMap(Practice.init)
    }
  }

  private mutating func readMarks(_ tree: YAMLTree) -> [Name] {
    (problems.list(tree, "a list of marks") ?? []).compactMap {
      problems.name($0, among: vocabulary.markNames, "mark").map { Name($0) }
    }
  }

  private mutating func readPrincipals(_ tree: YAMLTree?, template: WorkflowTemplate?) -> [Principal] {
    var principals = template?.principals ?? []
    guard let tree, let entries = problems.table(tree, "principals with their scopes") else { return principals }
    let known = shapes.scopeNames
    for entry in entries {
      let scopes = (problems.list(entry.value, "a list of scopes") ?? []).compactMap {
        problems.name($0, among: known, "scope")
      }
      let principal = Principal(Name(entry.key), scopes: scopes.map { Name($0) })
      if let index = principals.firstIndex(where: { $0.name == principal.name }) {
        principals[index] = principal
      } else {
        principals.append(principal)
      }
    }
    return principals
  }
}
