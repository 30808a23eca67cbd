// Reads faults into the entries of a plan.

import Operations
import Primitives
import Simulation

extension ScenarioDraft {
  mutating func readFaults(_ tree: YAMLTree, systems: [Scenario.SystemChoice]) -> [Plan.Entry] {
    let chosen = vocabulary.operations(of: systems).map(\.name.text)
    let unread = vocabulary.systems.filter { unreadSystems.contains($0.name) }.flatMap(\.profiles)
    let operations = chosen + unread.flatMap(\.operations).map(\.name.text)
    let topics = vocabulary.topics(of: systems) + unread.flatMap(\.topics).map(\.text)
    return (problems.list(tree, "a list of faults") ?? []).compactMap { item in
      if case .map(let entries) = item.content, entries.contains(where: { $0.key == "choose" }) {
        return problems.sitedFault(item)
      }
      return readFault(item, operations: operations, topics: topics)
    }
  }

  private mutating func readFault(_ tree: YAMLTree, operations: [String], topics: [String]) -> Plan.Entry? {
    guard let section = Section(tree, shapes.fault, &problems) else { return nil }
    let fault = section["inject"].flatMap { readFaultName($0) }
    let variant = fault.flatMap { readVariant(of: $0, in: section) }
    let point = section["at"].flatMap { at in
      fault?.aspect == .message
        ? problems.name(at, among: topics, "kind of message") : readPoint(at, of: fault, operations: operations)
    }
    let attempt = section["attempts"].flatMap { readAttempts($0) }
    readAspect(section, of: fault)
    let pattern = SitePattern(
      process: section["process"].flatMap { problems.text($0, "the name of a process") }.map { Name($0) },
      incarnation: section["incarnation"].flatMap { problems.int($0, "a number of starts", in: 1...255) }
        .map { Int($0) },
      run: section["run"].flatMap { problems.text($0, "the name of a workflow run") }.map { Name($0) },
      point: point.map { Name($0) },
      subject: section["subject"].flatMap { problems.text($0, "a natural key") }.map { Name($0) },
      call: section["call"].flatMap { problems.int($0, "which call it is", in: 1...65_535) }.map { Int($0) },
      attempt: attempt, aspect: fault?.aspect)
    return fault.map { Plan.Entry(at: pattern, choose: $0.answer(variant)) }
  }

  /// A fault's name, without the part that has a key of its own.
  private mutating func readFaultName(_ tree: YAMLTree) -> FaultName? {
    if case .scalar(let text, _) = tree.content, let colon = text.firstIndex(of: ":"),
      let fault = FaultName.find(String(text[..<colon])), let key = fault.key
    {
      let variant = text[text.index(after: colon)...]
      problems.report(
        tree.position, "expected the name of a fault, found '\(text)'",
        remedy: "write inject: \(fault.name), \(key): \(variant)")
      return nil
    }
    return problems.name(tree, among: FaultName.all.map(\.name), "fault").flatMap { FaultName.find($0) }
  }

  private mutating func readVariant(of fault: FaultName, in section: Section) -> String? {
    for key in FaultName.keys where key != fault.key {
      guard let tree = section[key] else { continue }
      let remedy = fault.key.map { "write '\($0)', one of: \(fault.variants.joined(separator: ", "))" }
      problems.report(tree.position, "'\(fault.name)' has no '\(key)'", remedy: remedy ?? "leave it out")
    }
    guard let key = fault.key else { return nil }
    if fault.name == "crash", let at = section["at"], case .scalar(World.runningPoint.text, _) = at.content {
      return readTimeOfDeath(section[key] ?? at, of: fault)
    }
    guard let tree = section[key] else { return fault.standard }
    return problems.name(tree, among: fault.variants, "\(key) of '\(fault.name)'")
  }

  /// When a process dies that asks for nothing at that moment, as the part of the fault's name that says so.
  private mutating func readTimeOfDeath(_ tree: YAMLTree, of fault: FaultName) -> String? {
    if case .scalar(let text, _) = tree.content, World.delay(of: fault.answer(text)) != nil { return text }
    return problems.mismatch(
      tree, "a time after the start at which the process dies", remedy: "write moment: after-1500ms, or another time")
  }

  private mutating func readPoint(_ tree: YAMLTree, of fault: FaultName?, operations: [String]) -> String? {
    guard let text = problems.text(tree, "an operation, or a checkpoint of the agent") else { return nil }
    if operations.contains(text) { return text }
    if fault?.aspect == .crash, [World.answeredPoint.text, World.runningPoint.text].contains(text) { return text }
    if text.contains("/") {
      problems.report(
        tree.position, "a place in this form takes 'choose', not 'inject'",
        remedy: "write 'choose: …', or name the operation alone")
      return nil
    }
    let system = text.split(separator: ".").first.map(String.init) ?? text
    let isOfProcess = fault?.aspect == .crash || fault?.aspect == .store || fault?.aspect == .decision
    let isCheckpoint = isOfProcess && !vocabulary.systems.contains { $0.name.text == system }
    let points = vocabulary.points.map(\.text)
    if isCheckpoint, points.isEmpty || points.contains(text) { return text }
    let isElsewhere = vocabulary.operationNames.contains(text)
    if isElsewhere {
      problems.report(
        tree.position, "no system of this world has the operation '\(text)'",
        remedy: "add the system to 'world', or choose another operation")
    } else {
      let known = operations.isEmpty ? vocabulary.operationNames : operations
      problems.unknown(text, at: tree.position, among: known + (isCheckpoint ? points : []), "operation")
    }
    return nil
  }

  /// `all` is the call with all its attempts, which a plan writes as no attempt.
  private mutating func readAttempts(_ tree: YAMLTree) -> Int? {
    if case .scalar("all", _) = tree.content { return nil }
    if case .scalar(let text, isQuoted: false) = tree.content, case .int = PlainScalar(text) {
      return problems.int(tree, "which attempt it is", in: 1...255).map { Int($0) }
    }
    return problems.mismatch(tree, "which attempts it hits", remedy: "write all, or the number of one attempt")
  }

  private mutating func readAspect(_ section: Section, of fault: FaultName?) {
    guard let tree = section["aspect"] else { return }
    let name = problems.name(tree, among: Aspect.allCases.map(\.rawValue), "aspect")
    guard let name, let fault, name != fault.aspect.rawValue else { return }
    problems.report(
      tree.position, "'\(fault.name)' bends the \(fault.aspect.rawValue), not the \(name)",
      remedy: "leave 'aspect' out; it follows from the fault")
  }
}

extension Problems {
  /// An entry in the form of verdicts and saved runs: a place, and the answer to give there.
  mutating func sitedFault(_ tree: YAMLTree) -> Plan.Entry? {
    guard let section = Section(tree, ScenarioShapes.sitedFault, &self) else { return nil }
    let choice = section["choose"].flatMap { text($0, "the name of an answer") }
    guard let pattern = section["at"].flatMap({ place($0) }) else { return nil }
    // Answers that are no faults, such as what a decider says, are known to the agent alone.
    let known = pattern.aspect == .decision && choice?.hasPrefix("model-") != true
      ? [] : FaultName.answers(at: pattern.aspect)
    if let choice, let tree = section["choose"], !known.isEmpty, !known.contains(choice),
      World.delay(of: Name(choice)) == nil
    {
      unknown(choice, at: tree.position, among: known, "answer")
      return nil
    }
    return choice.map { Plan.Entry(at: pattern, choose: Name($0)) }
  }

  /// A place, as a path or as a mapping.
  mutating func place(_ tree: YAMLTree) -> SitePattern? {
    guard case .map = tree.content else {
      guard let path = text(tree, "a place") else { return nil }
      let remedy = "write process~incarnation/run/point[subject]#call.attempt/aspect, with * for what is left open"
      return SitePattern(path: path) ?? mismatch(tree, "a place", remedy: remedy)
    }
    guard let section = Section(tree, ScenarioShapes.place, &self) else { return nil }
    let aspect = section["aspect"].flatMap { name($0, among: Aspect.allCases.map(\.rawValue), "aspect") }
    return SitePattern(
      process: section["process"].flatMap { text($0, "the name of a process") }.map { Name($0) },
      incarnation: section["incarnation"].flatMap { int($0, "a number of starts", in: 1...255) }.map { Int($0) },
      run: section["run"].flatMap { text($0, "the name of a workflow run") }.map { Name($0) },
      point: section["point"].flatMap { text($0, "an operation or a point of the agent") }.map { Name($0) },
      subject: section["subject"].flatMap { text($0, "a natural key") }.map { Name($0) },
      call: section["call"].flatMap { int($0, "which call it is", in: 1...65_535) }.map { Int($0) },
      attempt: section["attempt"].flatMap { int($0, "which attempt it is", in: 1...255) }.map { Int($0) },
      aspect: aspect.flatMap(Aspect.init))
  }
}
