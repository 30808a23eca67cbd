// Reads intents: what may exist afterwards.

import Operations
import Primitives

extension ScenarioDraft {
  /// The declared intents, and the template's for what the file leaves out. A dry run may leave nothing
  /// behind, so there the template adds nothing.
  mutating func readIntents(
    _ tree: YAMLTree?, template: WorkflowTemplate?, input: Fields, isDryRun: Bool
  ) -> [Intent] {
    var declared: [Intent] = []
    var references: [YAMLTree] = []
    for entry in tree.flatMap({ problems.table($0, "intents by name") }) ?? [] {
      if let intent = readIntent(entry, &references) { declared.append(intent) }
    }
    let owner = input.text("customer").map { Name($0) }
    var all = declared
    if let template, let owner, !isDryRun {
      all = template.complete(declared, owner: owner, input: input)
    }
    let names = all.map(\.name.text)
    for reference in references { _ = problems.name(reference, among: names, "intent") }
    return all
  }

  /// - Parameter references: grows by the names of intents that are known only when all are read.
  private mutating func readIntent(_ entry: YAMLTree.Entry, _ references: inout [YAMLTree]) -> Intent? {
    guard let section = Section(entry.value, shapes.intent, &problems) else { return nil }
    let kind = section["effect"].flatMap { problems.name($0, among: vocabulary.effectKinds, "kind of effect") }
    let owner = section["for"].flatMap { problems.text($0, "the natural key of whom it is for") }
    var needs: [Name] = []
    for item in section["depends_on"].flatMap({ problems.list($0, "a list of intents") }) ?? [] {
      guard let name = problems.text(item, "the name of an intent") else { continue }
      references.append(item)
      needs.append(Name(name))
    }
    let selector = section["where"].flatMap {
      problems.value($0, .table(.value, keys: nil), "fields with the values they must have")
    }
    let isRemoval = section["ends"].flatMap { problems.name($0, among: ["gone"], "end") } != nil
    if isRemoval, let kind, ObjectRole(kind: Name(kind)) != .resource {
      problems.report(
        entry.keyPosition, "no \(kind) can be gone: what was said or paid stays",
        remedy: "leave 'ends' out, and say with 'times' or 'total' what there shall be")
    }
    if isRemoval, let times = section["times"] {
      problems.report(
        times.position, "what ends gone is not counted", remedy: "leave 'times' out, or leave 'ends' out")
    }
    return Intent(
      name: Name(entry.key), kind: Name(kind ?? ""), owner: Name(owner ?? ""),
      times: section["times"].flatMap { readTimes($0) } ?? (isRemoval ? 0...0 : 1...1),
      period: section["period"].flatMap { problems.period($0, "a period") }.map { Name($0) },
      total: section["total"].flatMap { problems.money($0, "an amount of money") },
      selector: selector?.record ?? [:], isRemoval: isRemoval, dependsOn: needs)
  }

  /// `1`, or `0..1`.
  private mutating func readTimes(_ tree: YAMLTree) -> ClosedRange<Int>? {
    let what = "how many there shall be"
    if case .scalar(let text, _) = tree.content {
      let bounds = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      if bounds.count == 3, bounds[1].isEmpty {
        if let lower = Self.count(bounds[0]), let upper = Self.count(bounds[2]), lower <= upper { return lower...upper }
        return problems.mismatch(tree, what, remedy: "write the smaller number first, such as 0..1")
      }
      guard case .int = PlainScalar(text) else {
        return problems.mismatch(tree, what, remedy: "write a number such as 1, or a range such as 0..1")
      }
    }
    return problems.int(tree, what, in: 0...10_000).map { Int($0)...Int($0) }
  }

  private static func count(_ text: String) -> Int? {
    guard case .int(let value) = PlainScalar(text), (0...10_000).contains(value) else { return nil }
    return Int(value)
  }

}
