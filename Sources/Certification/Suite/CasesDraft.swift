// One file of cases that is being read.

import Faultline
import Operations
import OpsAgent
import Primitives

struct CasesDraft {
  let canary: String
  let workflows: [Name]
  var problems: Problems

  init(path: String, canary: String, workflows: [Name]) {
    self.canary = canary
    self.workflows = workflows
    problems = Problems(path: path)
  }

  static let transitions: [Name] = [.proceed, .resume, .compensate, .escalate]

  static let admissibleShape = Shape(
    title: "an admissible answer",
    keys: [
      .init("transition", .name(transitions.map(\.text)), required: true, "What the decider may choose."),
      .init(
        "fields", .table(.text, keys: nil),
        "What it has to have read; what is not listed is not judged unless it contradicts the account."),
    ])

  static let caseShape = Shape(
    title: "a case",
    keys: [
      .init("id", .text, required: true, "Unique in the suite."),
      .init("class", .name(CaseClass.allCases.map(\.rawValue)), "What kind of trouble it is; else the file's."),
      .init("workflow", .text, "The workflow that the run is for; else the file's."),
      .init(
        "fork", .name(["triage", "after-failure", "after-restart"]),
        "Where the agent asks; else the file's, else triage."),
      .init("step", .text, "The step at which the run stands; triage where it is left out."),
      .init("options", .list(.text), "The closed set to choose from; the workflow's own where it is left out."),
      .init("facts", .table(.text, keys: nil), "What the account says."),
      .init("text", .text, "What a person wrote, or why the step failed; {{name}} stands for a variable."),
      .init("paraphrases", .list(.text), "The same in other words."),
      .init("vars", .table(.text, keys: nil), "For each placeholder a list of values, or the name of a pool."),
      .init("admissible", .list(.mapping(admissibleShape)), required: true, "Every answer that is right."),
      .init("rationale", .text, required: true, "Why that is right."),
      .init("author", .text, "Who wrote it; else the file's."),
      .init("second_reader", .text, "Who reads it independently; else the file's."),
      .init(
        "second_reading", day,
        "When they read it without its label; else the file's. Left out where it is still to come."),
    ])

  /// `2026-11-28`
  private static let day = ValueKind.pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")

  static let fileShape = Shape(
    title: "a file of cases",
    keys: [
      .init("canary", .text, required: true, "The suite's canary, word for word."),
      .init("class", .name(CaseClass.allCases.map(\.rawValue)), "For every case that gives none."),
      .init("workflow", .text, "For every case that gives none."),
      .init("fork", .name(["triage", "after-failure", "after-restart"]), "For every case that gives none."),
      .init("author", .text, "For every case that gives none."),
      .init("second_reader", .text, "For every case that gives none."),
      .init("second_reading", day, "For every case that gives none."),
      .init("cases", .list(.mapping(caseShape)), required: true, "The cases."),
    ])

  mutating func read(_ text: String) -> [SuiteCase] {
    guard let tree = YAMLTree.parse(text, problems: &problems) else { return [] }
    guard let file = Section(tree, Self.fileShape, &problems) else { return [] }
    if let tree = file["canary"], let text = problems.text(tree, "the canary"), text != canary, !canary.isEmpty {
      problems.report(tree.position, "this is not the suite's canary", remedy: "copy the one of suite.yaml")
    }
    return (file["cases"].flatMap { problems.list($0, "a list of cases") } ?? []).compactMap { readCase($0, file) }
  }

  private mutating func readCase(_ tree: YAMLTree, _ file: Section) -> SuiteCase? {
    guard let section = Section(tree, Self.caseShape, &problems) else { return nil }
    func either(_ key: String) -> YAMLTree? { section[key] ?? file[key] }
    let kinds = CaseClass.allCases.map(\.rawValue)
    let kind =
      either("class").flatMap { problems.name($0, among: kinds, "class of cases") }
      .flatMap(CaseClass.init) ?? missing("class", tree)
    let workflow =
      either("workflow").flatMap { problems.name($0, among: workflows.map(\.text), "workflow") }
      .map { Name($0) } ?? missing("workflow", tree)
    let forks = ["triage", "after-failure", "after-restart"]
    let fork = either("fork").flatMap { problems.name($0, among: forks, "fork") }.map(Self.fork) ?? .triage
    let author = either("author").flatMap { problems.text($0, "the author") } ?? missing("author", tree)
    let reader =
      either("second_reader").flatMap { problems.text($0, "the second reader") }
      ?? missing("second_reader", tree)
    if let author, let reader, author == reader {
      problems.report(
        (either("second_reader") ?? tree).position, "the second reader is the author",
        remedy: "have somebody else read the case without the label, and name them")
    }
    let step = section["step"].flatMap { problems.text($0, "the step") } ?? "triage"
    let options =
      section["options"].flatMap { problems.list($0, "the transitions to choose from") }?
      .compactMap { problems.name($0, among: Self.transitions.map(\.text), "transition") }.map { Name($0) }
      ?? Self.options(at: fork)
    let text = section["text"].flatMap { scalar($0, "what a person wrote") } ?? ""
    var read = SuiteCase(
      id: section["id"].flatMap { scalar($0, "the case's id") } ?? "", kind: kind ?? .clear,
      workflow: workflow ?? "", fork: fork, step: Name(step), options: options,
      facts: section["facts"].map { readFields($0) } ?? [], text: text,
      paraphrases: section["paraphrases"].flatMap { problems.list($0, "a list of texts") }?
        .compactMap { scalar($0, "the same in other words") } ?? [],
      admissible: [], variables: section["vars"].map { readVariables($0) } ?? [],
      rationale: section["rationale"].flatMap { scalar($0, "why that is right") } ?? "", author: author ?? "",
      secondReader: reader ?? "", secondReading: either("second_reading").flatMap { readDay($0) }, path: problems.path,
      line: tree.position.line)
    read.admissible = section["admissible"].map { readAdmissible($0, options: options) } ?? []
    check(read, section)
    return read
  }

  private mutating func readDay(_ tree: YAMLTree) -> String? {
    guard let text = scalar(tree, "a day, such as 2026-11-28") else { return nil }
    guard text.utf8.count == 10, Instant(iso8601: "\(text)T00:00:00Z") != nil else {
      return problems.mismatch(tree, "a day, such as 2026-11-28")
    }
    return text
  }

  private mutating func missing<T>(_ key: String, _ tree: YAMLTree) -> T? {
    problems.report(
      tree.position, "the case has no '\(key)'", remedy: "give it here, or once for all cases at the top of the file")
    return nil
  }

  static func fork(_ name: String) -> DecisionQuery.Fork {
    switch name {
    case "after-failure": .afterFailure
    case "after-restart": .afterRestart
    default: .triage
    }
  }

  static func options(at fork: DecisionQuery.Fork) -> [Name] {
    switch fork {
    case .triage: [.proceed, .escalate]
    case .afterFailure: [.compensate, .escalate]
    case .afterRestart: [.resume, .compensate, .escalate]
    }
  }

  /// A scalar as it is typed, whatever other readers of YAML take it for: here everything is text.
  private mutating func scalar(_ tree: YAMLTree, _ what: String) -> String? {
    guard case .scalar(let text, _) = tree.content, !text.isEmpty else { return problems.mismatch(tree, what) }
    return text
  }

  private mutating func readFields(_ tree: YAMLTree) -> [SuiteCase.Field] {
    (problems.table(tree, "fields with their values") ?? []).compactMap { entry in
      let known = CaseFields.names.map(\.text)
      guard known.contains(entry.key) else {
        problems.unknown(entry.key, at: entry.keyPosition, among: known, "field")
        return nil
      }
      return scalar(entry.value, "the value of \(entry.key)").map { SuiteCase.Field(name: Name(entry.key), text: $0) }
    }
  }

  private mutating func readVariables(_ tree: YAMLTree) -> [SuiteCase.Variable] {
    (problems.table(tree, "placeholders with their values") ?? []).compactMap { entry in
      if case .list(let items) = entry.value.content {
        let values = items.compactMap { scalar($0, "a value of \(entry.key)") }
        guard !values.isEmpty else { return problems.mismatch(entry.value, "at least one value") }
        return SuiteCase.Variable(name: entry.key, values: values)
      }
      let pools = Pools.all.keys.sorted()
      return problems.name(entry.value, among: pools, "pool of values").flatMap { Pools.all[$0] }.map {
        SuiteCase.Variable(name: entry.key, values: $0)
      }
    }
  }

  private mutating func readAdmissible(_ tree: YAMLTree, options: [Name]) -> [SuiteCase.Admissible] {
    (problems.list(tree, "a list of answers") ?? []).compactMap { item in
      guard let section = Section(item, Self.admissibleShape, &problems) else { return nil }
      guard let name = section["transition"].flatMap({ problems.name($0, among: options.map(\.text), "transition") })
      else { return nil }
      return SuiteCase.Admissible(
        transition: Name(name), fields: section["fields"].map { readFields($0) } ?? [])
    }
  }

  /// What can't be seen key by key.
  private mutating func check(_ read: SuiteCase, _ section: Section) {
    if read.text.isEmpty, read.fork != .afterRestart, section["text"] == nil {
      problems.report(
        section.position, "a case needs the key 'text'",
        remedy: "add 'text: …'; what a person wrote, or why the step failed")
    }
    if let tree = section["admissible"], read.admissible.isEmpty {
      problems.report(tree.position, "no answer is right", remedy: "list every answer that is; escalate often is one")
    }
    let known = read.variables.map(\.name)
    func check(_ text: String, _ tree: YAMLTree?) {
      for (name, _) in Placeholders.names(in: text) where !known.contains(Placeholders.base(of: name)) {
        problems.unknown(name, at: (tree ?? section["id"])?.position ?? section.position, among: known, "placeholder")
      }
    }
    check(read.text, section["text"])
    for text in read.paraphrases { check(text, section["paraphrases"]) }
    for field in read.facts { check(field.text, section["facts"]) }
    for field in read.admissible.flatMap(\.fields) { check(field.text, section["admissible"]) }
  }
}
