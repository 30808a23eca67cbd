// Reads the rules of the house, each with the keys that belong to it and no others.

import Operations
import Primitives

extension ScenarioShapes {
  var rule: Shape {
    let kinds = ValueKind.name(vocabulary.effectKinds)
    return Shape(
      title: "a rule",
      keys: [
        Shape.Key("rule", .name(vocabulary.rules.map(\.text)), required: true, "What is ruled."),
        Shape.Key("of", .either([kinds, .list(kinds)]), required: true, "The kinds of effect that it is about."),
        Shape.Key("told", .bool, "Whether the agent's deployment is told, so that breaking it is a violation."),
        Shape.Key("judged", .bool, "Whether breaking it is a violation though nobody told the agent."),
        Shape.Key("allow", .list(.text), "For region-in: the values that are allowed."),
        Shape.Key("from", .civil, "For change-freeze: when it begins, on the zone's clock."),
        Shape.Key("until", .civil, "For change-freeze: when it is over, on the zone's clock."),
        Shape.Key("weekly", .text, "For change-freeze: every week, such as fri 18:00..mon 08:00."),
        Shape.Key("zone", Self.zone, "For change-freeze and books-closed: whose calendar; the scenario's by default."),
        Shape.Key("after", .span, "For books-closed: how long after the month's end they close; at once by default."),
        Shape.Key("above", .money, "For four-eyes: up to this amount one person is enough; none by default."),
        Shape.Key(
          "approved_by", .list(kinds), "For four-eyes: the kinds of effect that can say so; comments and notes by default."),
      ])
  }

  /// A zone of the table, or a fixed offset.
  static var zone: ValueKind {
    .either([.name(CivilZone.named.map(\.name)), .pattern("^[+-][0-9]{2}:[0-9]{2}$")])
  }
}

extension ScenarioDraft {
  mutating func readZone(_ tree: YAMLTree) -> CivilZone? {
    guard let text = problems.text(tree, "a zone of time") else { return nil }
    if let zone = CivilZone(text) { return zone }
    problems.unknown(text, at: tree.position, among: CivilZone.named.map(\.name), "zone")
    return nil
  }

  mutating func readRules(_ tree: YAMLTree, zone: CivilZone) -> [Scenario.Rule] {
    (problems.list(tree, "a list of rules") ?? []).compactMap { item in
      guard let section = Section(item, shapes.rule, &problems) else { return nil }
      let name = section["rule"].flatMap { problems.name($0, among: vocabulary.rules.map(\.text), "rule") }
      let kinds = section["of"].map { readKinds($0) } ?? []
      let isTold = section["told"].flatMap { problems.bool($0) } ?? false
      let isDemanded = section["judged"].flatMap { problems.bool($0) } ?? false
      guard let rule = name.flatMap(RuleName.init), let term = readTerm(rule, section, zone: zone) else { return nil }
      return Scenario.Rule(term, of: kinds, isTold: isTold, isDemanded: isDemanded)
    }
  }

  private mutating func readKinds(_ tree: YAMLTree) -> [Name] {
    var items = [tree]
    if case .list(let all) = tree.content { items = all }
    return items.compactMap { problems.name($0, among: vocabulary.effectKinds, "kind of effect").map { Name($0) } }
  }

  private mutating func readTerm(_ rule: RuleName, _ section: Section, zone: CivilZone) -> Scenario.Rule.Term? {
    for key in Set(RuleName.allCases.flatMap(\.keys)).sorted() where !rule.keys.contains(key) {
      guard let tree = section[key] else { continue }
      problems.report(
        tree.position, "the rule '\(rule.rawValue)' has no '\(key)'",
        remedy: "leave it out; it may have: \(rule.keys.joined(separator: ", "))")
    }
    let zone = section["zone"].flatMap { readZone($0) } ?? zone
    switch rule {
    case .regionIn:
      guard let allow = section["allow"] else { return missing("allow", rule, section, "such as [eu-central-1]") }
      let values = problems.list(allow, "a list of allowed values") ?? []
      return .regionIn(values.compactMap { problems.text($0, "an allowed value") })
    case .changeFreeze: return readWindow(section, zone: zone).map { .changeFreeze($0) }
    case .booksClosed:
      return .booksClosed(zone, after: section["after"].flatMap { problems.span($0, "a length of time") } ?? .zero)
    case .fourEyes:
      let approvals = section["approved_by"].map { readKinds($0) } ?? ["ticketing.comment", "ticketing.note"]
      return .fourEyes(above: section["above"].flatMap { problems.money($0, "an amount of money") }, approvals: approvals)
    }
  }

  private mutating func readWindow(_ section: Section, zone: CivilZone) -> CalendarWindow? {
    if let tree = section["weekly"] {
      for key in ["from", "until"] {
        guard let other = section[key] else { continue }
        problems.report(other.position, "a weekly freeze has no '\(key)'", remedy: "write 'weekly' or 'from' and 'until'")
      }
      guard let text = problems.text(tree, "a stretch of the week") else { return nil }
      if let window = CalendarWindow(weekly: text, in: zone) { return window }
      return problems.mismatch(tree, "a stretch of the week", remedy: "write it like fri 18:00..mon 08:00")
    }
    guard let from = section["from"] else {
      return missing("from", .changeFreeze, section, "such as 2026-12-18T18:00, or 'weekly: fri 18:00..mon 08:00'")
    }
    guard let until = section["until"] else {
      return missing("until", .changeFreeze, section, "such as 2027-01-04T08:00")
    }
    guard let begin = problems.civil(from, "when the freeze begins"), let end = problems.civil(until, "when it is over")
    else { return nil }
    guard begin < end else {
      return problems.mismatch(until, "a time after 'from'", remedy: "write the earlier time under 'from'")
    }
    return CalendarWindow(.once(from: begin, until: end), in: zone)
  }

  private mutating func missing<T>(_ key: String, _ rule: RuleName, _ section: Section, _ example: String) -> T? {
    problems.report(
      section.position, "a rule needs the key '\(key)' where it is '\(rule.rawValue)'", remedy: "add '\(key): …', \(example)")
    return nil
  }
}

extension Problems {
  /// A time on a wall clock, `2026-12-18T18:00`, without a zone.
  mutating func civil(_ tree: YAMLTree, _ what: String) -> CivilTime? {
    if case .scalar(let text, _) = tree.content, text.last != "Z",
      let instant = Instant(iso8601: text.contains("T") ? text + "Z" : text)
    {
      return CivilZone.utc.civil(at: instant)
    }
    return mismatch(tree, what, remedy: "write a time without a zone, such as 2026-12-18T18:00; 'zone' says whose")
  }
}
