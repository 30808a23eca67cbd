// Reads who acts beside the agent: what they do by hand and when, and the desk that takes over.

import Operations
import Primitives

extension ScenarioShapes {
  var person: Shape {
    Shape(
      title: "a person's act",
      keys: [
        Shape.Key("who", .text, required: true, "Who does it: a person, a team or a vendor's automation."),
        Shape.Key("does", .name(vocabulary.operationNames), required: true, "The operation."),
        Shape.Key("to", .text, "Whose things it is done to, by natural key; the input's customer by default."),
        Shape.Key(
          "with", .table(.value, keys: nil), "Arguments; those left out are found from what the systems hold."),
        Shape.Key("before", .text, "Just before a request of this operation is handled, or this checkpoint is written."),
        Shape.Key("after", .text, "Once a call of this operation was done, or this checkpoint was written."),
        Shape.Key("call", .int(1...65_535), "Which one of them; the first by default."),
        Shape.Key("at", .either([.span, .instant]), "So long after the run began, or at a time."),
        Shape.Key("when", .name(Ending.allCases.map(\.rawValue)), "Once the agent said that it ended so."),
        Shape.Key("wait", .span, "How long after that moment; at once by default."),
      ])
  }

  var desk: Shape {
    Shape(
      title: "the desk",
      keys: [
        Shape.Key("who", .text, required: true, "Who takes over what the agent hands over."),
        Shape.Key("after", .span, "How long it takes until somebody looks; 20m by default."),
        Shape.Key("closed", .text, "When nobody is there, such as fri 18:00..mon 09:00 in the scenario's zone."),
        Shape.Key("does", .list(.mapping(repair)), "What the person does by hand, one after the other."),
        Shape.Key(
          "then", .name(Scenario.Desk.Outcome.allCases.map(\.rawValue)), required: true,
          "Whether the person closes the run or has the agent go on."),
        Shape.Key("times", .int(1...100), "How many hand-overs are answered so; 1 by default."),
      ])
  }

  var repair: Shape {
    Shape(
      title: "a repair",
      keys: person.keys.filter { ["does", "to", "with", "wait"].contains($0.name) })
  }
}

extension ScenarioDraft {
  mutating func readPeople(
    _ tree: YAMLTree, systems: [Scenario.SystemChoice], input: Fields, start: Instant
  ) -> [Scenario.ScriptedAct] {
    (problems.list(tree, "a list of what people do") ?? []).compactMap { item in
      guard let section = Section(item, shapes.person, &problems) else { return nil }
      let who = section["who"].flatMap { readWho($0) }
      let deed = readDeed(section, systems: systems, input: input)
      let moment = readMoment(section, systems: systems, start: start)
      let delay = section["wait"].flatMap { problems.span($0, "a length of time") } ?? .zero
      guard let who, let deed, let moment else { return nil }
      return Scenario.ScriptedAct(who, deed, moment, delay: delay)
    }
  }

  mutating func readDesk(
    _ tree: YAMLTree, systems: [Scenario.SystemChoice], input: Fields, zone: CivilZone
  ) -> Scenario.Desk? {
    guard let section = Section(tree, shapes.desk, &problems) else { return nil }
    let who = section["who"].flatMap { readWho($0) }
    var closed: CalendarWindow?
    if let tree = section["closed"], let text = problems.text(tree, "a stretch of the week") {
      closed = CalendarWindow(weekly: text, in: zone)
      if closed == nil {
        let _: Never? = problems.mismatch(tree, "a stretch of the week", remedy: "write it like fri 18:00..mon 09:00")
      }
    }
    var repairs: [(deed: Scenario.HandDeed, delay: TimeSpan)] = []
    for item in section["does"].flatMap({ problems.list($0, "a list of repairs") }) ?? [] {
      guard let repair = Section(item, shapes.repair, &problems) else { continue }
      let delay = repair["wait"].flatMap { problems.span($0, "a length of time") } ?? .minutes(1)
      if let deed = readDeed(repair, systems: systems, input: input) { repairs.append((deed, delay)) }
    }
    let outcomes = Scenario.Desk.Outcome.allCases.map(\.rawValue)
    let outcome = section["then"].flatMap { problems.name($0, among: outcomes, "outcome") }
    let times = section["times"].flatMap { problems.int($0, "a number of hand-overs", in: 1...100) }
    guard let who, let outcome = outcome.flatMap(Scenario.Desk.Outcome.init) else { return nil }
    return Scenario.Desk(
      who, after: section["after"].flatMap { problems.span($0, "a length of time") } ?? .minutes(20), closed: closed,
      repairs: repairs, outcome, times: times.map { Int($0) } ?? 1)
  }

  /// A name that can't be taken for one of the agent's own.
  private mutating func readWho(_ tree: YAMLTree) -> Name? {
    guard let text = problems.text(tree, "who it is") else { return nil }
    let isAgent = vocabulary.systems.contains { text == "agent-\($0.name)" }
    guard !isAgent else {
      return problems.mismatch(tree, "somebody who is no agent", remedy: "choose another name, such as night-shift")
    }
    return Name(text)
  }

  private mutating func readDeed(
    _ section: Section, systems: [Scenario.SystemChoice], input: Fields
  ) -> Scenario.HandDeed? {
    let owner = section["to"].flatMap { problems.text($0, "whose things it is done to") } ?? input.text("customer")
    var arguments: Fields = [:]
    guard let tree = section["does"], let operation = readOperation(tree, systems: systems) else { return nil }
    if let with = section["with"] {
      for entry in problems.table(with, "arguments of \(operation.name)") ?? [] {
        guard let parameter = operation.parameters.first(where: { $0.name.text == entry.key }) else {
          problems.unknown(
            entry.key, at: entry.keyPosition, among: operation.parameters.map(\.name.text),
            "argument of \(operation.name)")
          continue
        }
        arguments[parameter.name] = problems.value(
          entry.value, Self.kind(of: parameter), "the argument '\(parameter.name)'")
      }
    }
    return Scenario.HandDeed(operation.name, to: Name(owner ?? ""), with: arguments)
  }

  private static func kind(of parameter: Parameter) -> ValueKind {
    switch parameter.kind {
    case .text: parameter.allowed.isEmpty ? .text : .name(parameter.allowed)
    case .int: .int(0...Int64.max)
    case .bool: .bool
    case .money: .money
    case .instant: .instant
    case .list: .list(.data)
    case .record: .table(.data, keys: nil)
    }
  }

  private mutating func readOperation(_ tree: YAMLTree, systems: [Scenario.SystemChoice]) -> Operation? {
    let known = vocabulary.operations(of: systems)
    guard case .scalar(let text, _) = tree.content, let found = known.first(where: { $0.name.text == text }) else {
      if case .scalar(let text, _) = tree.content, vocabulary.operationNames.contains(text) {
        guard unreadSystems.isEmpty else { return nil }
        problems.report(
          tree.position, "no system of this world has the operation '\(text)'",
          remedy: "add the system to 'world', or choose another operation")
        return nil
      }
      _ = problems.name(tree, among: known.map(\.name.text), "operation")
      return nil
    }
    guard found.isMutation else {
      problems.report(
        tree.position, "'\(found.name)' changes nothing, so nobody would notice", remedy: "name an operation that changes something")
      return nil
    }
    return found
  }

  private mutating func readMoment(
    _ section: Section, systems: [Scenario.SystemChoice], start: Instant
  ) -> Scenario.ScriptedAct.Moment? {
    let given = ["before", "after", "at", "when"].filter { section[$0] != nil }
    guard let key = given.first, let tree = section[key] else {
      problems.report(
        section.position, "a person's act needs a moment", remedy: "add 'before', 'after', 'at' or 'when'")
      return nil
    }
    for other in given.dropFirst() {
      problems.report(
        section[other]?.position ?? section.position, "a person's act has one moment, and '\(key)' names it already",
        remedy: "leave '\(other)' out, or write a second act")
    }
    let call = section["call"].flatMap { problems.int($0, "which call it is", in: 1...65_535) }.map { Int($0) } ?? 1
    if let count = section["call"], key == "at" || key == "when" {
      problems.report(count.position, "'call' goes with 'before' and 'after'", remedy: "leave it out")
    }
    switch key {
    case "before": return readPassage(tree, systems: systems).map { .before($0, call: call) }
    case "after": return readPassage(tree, systems: systems).map { .after($0, call: call) }
    case "at": return readTime(tree, start: start).map { .at($0) }
    default:
      return problems.name(tree, among: Ending.allCases.map(\.rawValue), "ending").flatMap(Ending.init).map { .ending($0) }
    }
  }

  /// An operation of this world, or a checkpoint of an agent.
  private mutating func readPassage(_ tree: YAMLTree, systems: [Scenario.SystemChoice]) -> Name? {
    guard let text = problems.text(tree, "an operation, or a checkpoint of the agent") else { return nil }
    let system = text.split(separator: ".").first.map(String.init) ?? text
    if !vocabulary.systems.contains(where: { $0.name.text == system }), text.contains(":") || !text.contains(".") {
      return Name(text)
    }
    let known = vocabulary.operations(of: systems).map(\.name.text)
    if known.contains(text) || !unreadSystems.isEmpty { return Name(text) }
    problems.unknown(text, at: tree.position, among: known, "operation")
    return nil
  }

  /// A length of time after the start, or a time.
  private mutating func readTime(_ tree: YAMLTree, start: Instant) -> TimeSpan? {
    guard case .scalar(let text, _) = tree.content, let instant = Instant(iso8601: text) else {
      return problems.span(tree, "a length of time after the start, or a time")
    }
    guard instant >= start else {
      return problems.mismatch(tree, "a time after the run began", remedy: "the run begins at \(start)")
    }
    return instant - start
  }
}
