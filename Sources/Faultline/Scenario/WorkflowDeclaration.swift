// A workflow as a file declares it, for the gate that judges it before anybody writes it in Swift.

import Operations
import Primitives

/// What a file says about a workflow: plain data, in the words of the workflow's contract.
public struct WorkflowDeclaration: Hashable, Sendable {
  public var path: String
  public var name: Name
  public var version: Int
  public var summary: String
  public var inputs: [Name]
  /// Areas with the terms under which the workflow works there.
  public var constraints: [(area: String, terms: String)] { constraintList.map { ($0.area, $0.terms) } }
  var constraintList: [Terms]
  public var steps: [Step]

  struct Terms: Hashable, Sendable {
    var area: String
    var terms: String
  }

  public struct Step: Hashable, Sendable {
    public var name: Name
    public var summary: String
    /// Empty where the file names nobody.
    public var owner: Name
    public var principal: Name
    public var scopes: [Name]
    public var requires: [Name]
    /// `compensable`, `pivot` or `forward-only`.
    public var stage: String
    /// How it is taken back, in words; nil where the file does not say.
    public var compensation: String?
    /// Why it can't be taken back; nil where it can.
    public var irreversible: String?
    public var approvals: [Name]
    public var asksDecider: Bool
    public var transitions: [Name]
    public var acts: [Act]
    /// Where it stands in its file, from 1.
    public var line: Int
  }

  public struct Act: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable { case read, change, wait }

    public var name: Name
    public var kind: Kind
    public var operation: Name
    /// `key`, `unique-name`, `idempotent` or `none`.
    public var protection: String
    /// The read that finds what it made.
    public var lookup: Name?
    public var undo: Name?
    /// For a wait: how often it looks at most; 0 for ever.
    public var polls: Int
  }
}

extension WorkflowDeclaration {
  private static let file = Shape(
    title: "a workflow",
    keys: [
      Shape.Key("workflow", .text, required: true, "Its name."),
      Shape.Key("version", .int(1...1_000_000), "Grows with every change; 1 unless given."),
      Shape.Key("summary", .text, "What it does, in one sentence."),
      Shape.Key("inputs", .list(.text), "The facts that a run is handed."),
      Shape.Key(
        "constraints", .table(.text, keys: nil), "What law, contract or policy demands, by area: the terms, in words."),
      Shape.Key("steps", .list(.mapping(step)), required: true, "Its steps, in the order in which they run."),
    ])

  private static let step = Shape(
    title: "a step",
    keys: [
      Shape.Key("name", .text, required: true, "What is wanted."),
      Shape.Key("summary", .text, "The same in one sentence."),
      Shape.Key("owner", .text, "The one team that answers for it."),
      Shape.Key("principal", .text, "Whose credential its calls carry."),
      Shape.Key("scopes", .list(.text), "What that credential may do."),
      Shape.Key("requires", .list(.text), "Steps that must be done before it."),
      Shape.Key("stage", .name(stages), "Where it stands relative to the point of no return; compensable unless given."),
      Shape.Key("compensation", .text, "How it is taken back."),
      Shape.Key("irreversible", .text, "Why it can't be taken back."),
      Shape.Key("approvals", .list(.text), "Who has to agree before it begins."),
      Shape.Key("decides", .bool, "Whether the decider says what comes after it."),
      Shape.Key("transitions", .list(.text), "What may come after it: proceed, compensate, escalate, or later steps."),
      Shape.Key("acts", .list(.mapping(act)), "The operations that bring it about."),
    ])

  private static let act = Shape(
    title: "an act",
    keys: [
      Shape.Key("name", .text, "Its name; that of its step unless given."),
      Shape.Key("read", .text, "The operation that it reads with."),
      Shape.Key("change", .text, "The operation that it changes something by."),
      Shape.Key("wait", .text, "The operation by which it waits for an end."),
      Shape.Key("protection", .name(protections), "Why it is safe to send it again; none unless given."),
      Shape.Key("finds", .text, "The read that finds what it made."),
      Shape.Key("undo", .text, "The operation that takes it back."),
      Shape.Key("polls", .int(0...1_000_000), "For a wait: how often it looks at most; 0 for ever, 60 unless given."),
    ])

  private static let stages = ["compensable", "pivot", "forward-only"]
  private static let protections = ["key", "unique-name", "idempotent", "none"]

  /// Reads a workflow from a file.
  ///
  /// - Parameters:
  ///   - operations: what can be called.
  ///   - areas: where constraints can be declared.
  /// - Throws: ``ScenarioErrors`` with every mistake of the file.
  public static func read(
    path: String, operations: [Name], areas: [String]
  ) throws(ScenarioErrors) -> WorkflowDeclaration {
    try read(text: TextFile.read(path), path: path, operations: operations, areas: areas)
  }

  /// Reads a workflow from text.
  /// - Throws: ``ScenarioErrors`` with every mistake of the text.
  public static func read(
    text: String, path: String, operations: [Name], areas: [String]
  ) throws(ScenarioErrors) -> WorkflowDeclaration {
    var problems = Problems(path: path)
    var declaration: WorkflowDeclaration?
    if let tree = YAMLTree.parse(text, problems: &problems), let section = Section(tree, file, &problems) {
      declaration = problems.workflow(section, path: path, operations: operations.map(\.text), areas: areas)
    }
    try problems.throwIfAny()
    guard let declaration else { preconditionFailure("a workflow was not read and nothing says why") }
    return declaration
  }

  fileprivate static var stepShape: Shape { step }
  fileprivate static var actShape: Shape { act }
  fileprivate static var stageNames: [String] { stages }
  fileprivate static var protectionNames: [String] { protections }
}

extension Problems {
  fileprivate mutating func workflow(
    _ section: Section, path: String, operations: [String], areas: [String]
  ) -> WorkflowDeclaration {
    var terms: [WorkflowDeclaration.Terms] = []
    for entry in section["constraints"].flatMap({ table($0, "constraints by area") }) ?? [] {
      if !areas.contains(entry.key) { unknown(entry.key, at: entry.keyPosition, among: areas, "area") }
      terms.append(.init(area: entry.key, terms: text(entry.value, "the terms") ?? ""))
    }
    let steps = (section["steps"].flatMap { list($0, "a list of steps") } ?? []).compactMap { step($0, operations) }
    return WorkflowDeclaration(
      path: path, name: Name(section["workflow"].flatMap { text($0, "the workflow's name") } ?? ""),
      version: Int(section["version"].flatMap { int($0, "a version") } ?? 1),
      summary: section["summary"].flatMap { text($0, "a sentence") } ?? "", inputs: names(section["inputs"]),
      constraintList: terms, steps: steps)
  }

  private mutating func step(_ tree: YAMLTree, _ operations: [String]) -> WorkflowDeclaration.Step? {
    guard let section = Section(tree, WorkflowDeclaration.stepShape, &self) else { return nil }
    let name = section["name"].flatMap { text($0, "the step's name") } ?? ""
    let acts = (section["acts"].flatMap { list($0, "a list of acts") } ?? []).compactMap {
      act($0, of: name, operations)
    }
    return WorkflowDeclaration.Step(
      name: Name(name), summary: section["summary"].flatMap { text($0, "a sentence") } ?? "",
      owner: Name(section["owner"].flatMap { text($0, "a team") } ?? ""),
      principal: Name(section["principal"].flatMap { text($0, "a principal") } ?? ""), scopes: names(section["scopes"]),
      requires: names(section["requires"]),
      stage: section["stage"].flatMap { self.name($0, among: WorkflowDeclaration.stageNames, "stage") } ?? "compensable",
      compensation: section["compensation"].flatMap { text($0, "how it is taken back") },
      irreversible: section["irreversible"].flatMap { text($0, "why it can't be taken back") },
      approvals: names(section["approvals"]), asksDecider: section["decides"].flatMap { bool($0) } ?? false,
      transitions: names(section["transitions"]), acts: acts, line: tree.position.line)
  }

  private mutating func act(
    _ tree: YAMLTree, of step: String, _ operations: [String]
  ) -> WorkflowDeclaration.Act? {
    guard let section = Section(tree, WorkflowDeclaration.actShape, &self) else { return nil }
    let kinds = WorkflowDeclaration.Act.Kind.allCases.filter { section[$0.rawValue] != nil }
    guard kinds.count == 1, let kind = kinds.first, let called = section[kind.rawValue] else {
      report(
        tree.position, "an act does one of 'read', 'change' and 'wait', this one \(kinds.isEmpty ? "none" : "several")",
        remedy: "write one act for each operation")
      return nil
    }
    func operation(_ tree: YAMLTree?, _ problems: inout Problems) -> Name? {
      tree.flatMap { problems.name($0, among: operations, "operation") }.map { Name($0) }
    }
    return WorkflowDeclaration.Act(
      name: Name(section["name"].flatMap { text($0, "the act's name") } ?? step), kind: kind,
      operation: operation(called, &self) ?? "",
      protection: section["protection"].flatMap { name($0, among: WorkflowDeclaration.protectionNames, "protection") }
        ?? "none",
      lookup: operation(section["finds"], &self), undo: operation(section["undo"], &self),
      polls: Int(section["polls"].flatMap { int($0, "how often it looks") } ?? 60))
  }

  private mutating func names(_ tree: YAMLTree?) -> [Name] {
    (tree.flatMap { list($0, "a list of names") } ?? []).compactMap { text($0, "a name") }.map { Name($0) }
  }
}
