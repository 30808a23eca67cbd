// Reads what each agent must do: `reference without idempotency-keys, read-back: {violates: […]}`.

import Primitives

extension ScenarioDraft {
  mutating func readExpectations(_ tree: YAMLTree) -> [Scenario.Expectation] {
    var expectations: [Scenario.Expectation] = []
    var keys: [String] = []
    for entry in problems.table(tree, "expectations by agent") ?? [] {
      let subject = readSubject(entry.key, at: entry.keyPosition)
      guard let section = Section(entry.value, shapes.expectation, &problems) else { continue }
      let ends = section["ends"].map { readEndings($0) } ?? []
      let because = section["because"].flatMap { problems.text($0, "a reason") }
      let oracles = section["violates"].flatMap { problems.list($0, "a list of oracles") } ?? []
      let violates = oracles.compactMap {
        problems.name($0, among: vocabulary.oracles.map(\.text), "oracle")
      }
      let findings = section["audit_findings"].flatMap { problems.int($0, "a number of findings", in: 0...10_000) }
      if section["ends"] == nil, section["violates"] == nil, section["audit_findings"] == nil {
        problems.report(
          entry.value.position, "this expectation expects nothing",
          remedy: "add 'ends: completed', or 'violates: […]'")
      }
      if because == nil, let other = ends.first(where: { $0 != .completed }) {
        problems.report(
          section["ends"]?.position ?? entry.keyPosition, "an agent that ends \(other.rawValue) did not reach the goal",
          remedy: "say why that is right here: 'because: …', or expect completed")
      }
      guard let subject else { continue }
      let expectation = Scenario.Expectation(
        agent: Name(subject.agent), without: subject.without.map { Name($0) }, ends: ends,
        violates: violates.map { Name($0) },
        allowsMore: section["allow_more"].flatMap { problems.bool($0) } ?? !violates.isEmpty,
        auditFindings: findings.map { Int($0) }, because: because)
      let isSecond = expectations.contains {
        $0.agent == expectation.agent && $0.without.sorted() == expectation.without.sorted()
      }
      if isSecond, !keys.contains(entry.key) {
        problems.report(entry.keyPosition, "there are two expectations for this agent", remedy: "keep one of them")
      }
      keys.append(entry.key)
      expectations.append(expectation)
    }
    return expectations
  }

  /// `AGENT` or `AGENT without A, B`.
  private mutating func readSubject(_ key: String, at place: TextPosition) -> (agent: String, without: [String])? {
    var agentName = key
    var removed: [String] = []
    if let range = key.firstRange(of: " without ") {
      agentName = String(key[..<range.lowerBound])
      removed = key[range.upperBound...].split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
    guard let agent = vocabulary.agents.first(where: { $0.name.text == agentName }) else {
      problems.unknown(agentName, at: place, among: vocabulary.agents.map(\.name.text), "agent")
      return nil
    }
    let known = agent.safeguards.map(\.text)
    for name in removed where !known.contains(name) {
      if known.isEmpty {
        problems.report(place, "nothing can be taken out of '\(agentName)'", remedy: "write '\(agentName)' alone")
      } else {
        problems.unknown(name, at: place, among: known, "safeguard")
      }
    }
    return (agentName, removed)
  }

  private mutating func readEndings(_ tree: YAMLTree) -> [Ending] {
    let known = Ending.allCases.map(\.rawValue)
    var items = [tree]
    if case .list(let all) = tree.content { items = all }
    return items.compactMap { problems.name($0, among: known, "ending").flatMap(Ending.init) }
  }
}
