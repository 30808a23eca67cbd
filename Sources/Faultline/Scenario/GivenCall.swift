// What was done before a run begins, so that a world may hold something already.

import Operations
import Primitives

/// A request that was made before the run, by somebody who could do anything.
///
/// What the systems hold at the start of a run came about as everything in them does: by their own operations, so
/// that no scenario can put an object there that its system would not have made.
public struct GivenCall: Hashable, Sendable {
  public var operation: Name
  /// A text `$customer` stands for the input of that name, `$network` for the id of what an earlier call made.
  public var arguments: Fields
  /// What the id of what it makes is called by later calls; nil where none needs it.
  public var result: Name?

  public init(_ operation: Name, _ arguments: Fields, as result: Name? = nil) {
    self.operation = operation
    self.arguments = arguments
    self.result = result
  }

  /// The arguments with everything put in that they refer to; an unknown reference stays as it is.
  func filled(from known: Fields) -> Fields {
    var filled = arguments
    for entry in arguments.entries {
      guard let text = entry.value.text, text.hasPrefix("$"), let value = known[Name(String(text.dropFirst()))] else {
        continue
      }
      filled[entry.name] = value
    }
    return filled
  }
}

extension ScenarioDraft {
  /// What was done before: as the file says, else as is usual for the workflow.
  mutating func readGiven(
    _ tree: YAMLTree?, template: WorkflowTemplate?, input: Fields, systems: [Scenario.SystemChoice]
  ) -> [GivenCall] {
    let usual = template?.given(input) ?? []
    guard let tree else { return usual }
    let operations = vocabulary.operations(of: systems).map(\.name.text)
    var known = Set(input.entries.map(\.name.text))
    var calls: [GivenCall] = []
    for item in problems.list(tree, "a list of what was done before") ?? [] {
      guard case .map = item.content else {
        if problems.name(item, among: [WorkflowTemplate.usual], "preparation") != nil {
          calls += usual
          known.formUnion(usual.compactMap(\.result?.text))
        }
        continue
      }
      guard let section = Section(item, shapes.givenCall, &problems) else { continue }
      let operation = section["call"].flatMap { problems.name($0, among: operations, "operation of this world") }
      var arguments = Fields()
      for entry in section["with"].flatMap({ problems.table($0, "arguments by name") }) ?? [] {
        guard let value = problems.value(entry.value, .value, "an argument") else { continue }
        if let text = value.text, text.hasPrefix("$"), !known.contains(String(text.dropFirst())) {
          problems.unknown(text, at: entry.value.position, among: known.map { "$" + $0 }.sorted(), "reference")
        }
        arguments[Name(entry.key)] = value
      }
      let result = section["as"].flatMap { problems.text($0, "a name for what it makes") }
      if let result { known.insert(result) }
      calls.append(GivenCall(Name(operation ?? ""), arguments, as: result.map { Name($0) }))
    }
    return calls
  }
}
