// The text of a saved run: for people to read and edit, and for this reader to take back exactly.

import Operations
import Primitives
import Simulation

extension SavedRun {
  /// The file's content.
  public var yaml: String {
    var lines = [
      "# A run of Faultline. 'faultline show' prints it, 'faultline replay' plays it again; the plan may be edited.",
      "schema: \(Self.form)",
      "version: \(Self.scalar(version))",
      "scenario: \(Self.scalar(scenario))",
      "scenario_digest: \"\(scenarioDigest.hexadecimal)\"",
      "agent: \(Self.scalar(agent.text))",
      "without: [\(without.map { Self.scalar($0.text) }.joined(separator: ", "))]",
      "store: \(Self.scalar(store.text))",
      "seed: \(seed)",
    ]
    if shape != .nominal {
      lines.append(
        "shape: {network: \(shape.network), store: \(shape.store), messages: \(shape.messages), "
          + "calm_after: \(shape.calmAfter)\(shape.workflows == 1 ? "" : ", workflows: \(shape.workflows)")}")
    }
    if let replicas { lines.append("replicas: \(replicas)") }
    lines.append(plan.isEmpty ? "plan: []" : "plan:")
    for entry in plan.entries {
      lines.append("  - at: {\(Self.place(entry.at))}")
      lines.append("    choose: \(Self.scalar(entry.choose.text))")
    }
    if let result { lines += Self.lines(result) }
    if let recording { lines.append("recording: " + Self.block(recording)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ result: Result) -> [String] {
    var lines = ["verdict: \(result.verdict.rawValue)"]
    if let outcome = result.outcome { lines.append("outcome: \(outcome.rawValue)") }
    lines.append("trace_hash: \"\(result.traceHash.hexadecimal)\"")
    if let digest = result.inputDigest { lines.append("input_digest: \"\(digest.hexadecimal)\"") }
    lines.append(result.violations.isEmpty ? "violations: []" : "violations:")
    for violation in result.violations {
      lines.append("  - oracle: \(scalar(violation.oracle.text))")
      if let intent = violation.intent { lines.append("    intent: \(scalar(intent.text))") }
      if let expected = violation.expected { lines.append("    expected: \(expected)") }
      if let observed = violation.observed { lines.append("    observed: \(observed)") }
      lines.append("    message: \(scalar(violation.message))")
      lines.append("    objects: [\(violation.objects.map { scalar($0) }.joined(separator: ", "))]")
      lines.append("    evidence: [\(violation.evidence.map { "\($0)" }.joined(separator: ", "))]")
    }
    lines.append("report: " + block(result.report))
    return lines
  }

  private static func place(_ pattern: SitePattern) -> String {
    var parts: [String] = []
    if let process = pattern.process { parts.append("process: \(scalar(process.text))") }
    if let incarnation = pattern.incarnation { parts.append("incarnation: \(incarnation)") }
    if let run = pattern.run { parts.append("run: \(scalar(run.text))") }
    if let point = pattern.point { parts.append("point: \(scalar(point.text))") }
    if let subject = pattern.subject { parts.append("subject: \(scalar(subject.text))") }
    if let call = pattern.call { parts.append("call: \(call)") }
    if let attempt = pattern.attempt, attempt > 0 { parts.append("attempt: \(attempt)") }
    if let aspect = pattern.aspect { parts.append("aspect: \(aspect.rawValue)") }
    return parts.joined(separator: ", ")
  }

  /// Text, in quotes unless every reader takes it for that text without them.
  private static func scalar(_ text: String) -> String {
    let isTame = text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._/-".unicodeScalars.contains(scalar))
    }
    let startsWell = text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "." } ?? false
    return isTame && startsWell && PlainScalar(text) == .text ? text : JSONText.quoted(text)
  }

  /// Text of several lines, readable as it is.
  private static func block(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      "\n\t\"\\".unicodeScalars.contains(scalar) || JSONText.quoted(String(scalar)).unicodeScalars.count == 3
    }
    guard isPlain, text.contains(where: { $0 != "\n" }) else { return JSONText.quoted(text) }
    let chomping = !text.hasSuffix("\n") ? "-" : text.hasSuffix("\n\n") ? "+" : ""
    let body = text.hasSuffix("\n") ? String(text.dropLast()) : text
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
    return "|2\(chomping)\n" + lines.joined(separator: "\n")
  }
}

extension SavedRun {
  private static let shape = Shape(
    title: "a saved run",
    keys: [
      Shape.Key("schema", .name([form]), required: true, "The form of this file."),
      Shape.Key("version", .text, required: true, "The version of Faultline that wrote it."),
      Shape.Key("scenario", .text, required: true, "The scenario's file."),
      Shape.Key("scenario_digest", .text, required: true, "The scenario's content, as sixteen digits."),
      Shape.Key("agent", .text, required: true, "The agent."),
      Shape.Key("without", .list(.text), "The safeguards that were taken out of it."),
      Shape.Key("store", .name(["model", "sqlite"]), "The agent's checkpoint store."),
      Shape.Key("seed", .int(0...Int64.max), required: true, "Where draws come from."),
      Shape.Key("shape", .mapping(dayShape), "What kind of day it was; the usual one where nothing is given."),
      Shape.Key(
        "replicas", .int(1...Int64(Scenario.Rollout.most)),
        "How many replicas of the agent there were; as many as the scenario says where nothing is given."),
      Shape.Key("plan", .list(.mapping(ScenarioShapes.sitedFault)), required: true, "What goes wrong, and where."),
      Shape.Key("verdict", .name(Verdict.Result.allCases.map(\.rawValue)), "What came of it."),
      Shape.Key("outcome", .name(Ending.allCases.map(\.rawValue)), "What the agent said."),
      Shape.Key("trace_hash", .text, "The run's hash, as sixteen digits."),
      Shape.Key("input_digest", .text, "Agent, seed and plan of the saved run, as sixteen digits."),
      Shape.Key("violations", .list(.mapping(violation)), "What the oracles found."),
      Shape.Key("report", .text, "The report as it was printed."),
      Shape.Key("recording", .text, "What a process asked for, as it arrived; it is played instead of the process."),
    ])

  private static let percent = ValueKind.int(1...1_000_000)
  private static let dayShape = Shape(
    title: "the shape of a run",
    keys: [
      Shape.Key("network", percent, "How long messages between agent and systems take, in percent."),
      Shape.Key("store", percent, "How long a store transaction takes, in percent."),
      Shape.Key("messages", percent, "How long messages from systems take, in percent."),
      Shape.Key("calm_after", .span, "How long faults could begin at random."),
      Shape.Key(
        "workflows", .int(1...Int64(Scenario.Rollout.mostWorkflows)), "How many customers were served at once."),
    ])

  private static let violation = Shape(
    title: "a violation",
    keys: [
      Shape.Key("oracle", .text, required: true, "The oracle that found it."),
      Shape.Key("intent", .text, "The intent that it is about."),
      Shape.Key("expected", .int(0...Int64.max), "How many were wanted."),
      Shape.Key("observed", .int(0...Int64.max), "How many there are."),
      Shape.Key("message", .text, required: true, "What is wrong."),
      Shape.Key("objects", .list(.text), "The objects that it is about."),
      Shape.Key("evidence", .list(.int(0...Int64.max)), "The events that show it."),
    ])

  /// Reads a saved run from text.
  /// - Throws: ``ScenarioErrors`` with every mistake of the text.
  public static func read(text: String, path: String) throws(ScenarioErrors) -> SavedRun {
    var problems = Problems(path: path)
    var run: SavedRun?
    if let tree = YAMLTree.parse(text, problems: &problems), let file = Section(tree, shape, &problems) {
      run = read(file, &problems)
    }
    try problems.throwIfAny()
    guard let run else { preconditionFailure("a saved run was not read and nothing says why") }
    return run
  }

  private static func read(_ file: Section, _ problems: inout Problems) -> SavedRun {
    if let form = file["schema"] { _ = problems.name(form, among: [Self.form], "form of a saved run") }
    func text(_ key: String, _ what: String, _ problems: inout Problems) -> String? {
      file[key].flatMap { problems.text($0, what) }
    }
    var run = SavedRun(
      scenario: text("scenario", "the scenario's path", &problems) ?? "",
      scenarioDigest: file["scenario_digest"].flatMap { problems.digest($0, "the scenario's digest") } ?? 0,
      agent: Name(text("agent", "the agent's name", &problems) ?? ""),
      without: (file["without"].flatMap { problems.list($0, "a list of safeguards") } ?? [])
        .compactMap { problems.text($0, "a safeguard") }.map { Name($0) },
      store: Name(file["store"].flatMap { problems.name($0, among: ["model", "sqlite"], "store") } ?? "model"),
      seed: file["seed"].flatMap { problems.seed($0) } ?? 0,
      shape: file["shape"].map { problems.runShape($0, dayShape) } ?? .nominal,
      replicas: file["replicas"].flatMap {
        problems.int($0, "a number of replicas", in: 1...Int64(Scenario.Rollout.most))
      }.map { Int($0) },
      plan: Plan(
        (file["plan"].flatMap { problems.list($0, "a list of faults") } ?? []).compactMap { problems.sitedFault($0) }),
      version: text("version", "a version of Faultline", &problems) ?? "",
      recording: text("recording", "the requests of a process", &problems))
    guard let tree = file["verdict"] else { return run }
    let verdict = problems.name(tree, among: Verdict.Result.allCases.map(\.rawValue), "verdict")
    let outcome = file["outcome"].flatMap { problems.name($0, among: Ending.allCases.map(\.rawValue), "ending") }
    run.result = Result(
      verdict: verdict.flatMap(Verdict.Result.init) ?? .inconclusive, outcome: outcome.flatMap(Ending.init),
      traceHash: file["trace_hash"].flatMap { problems.digest($0, "the run's hash") } ?? 0,
      inputDigest: file["input_digest"].flatMap { problems.digest($0, "a digest of the input") },
      violations: (file["violations"].flatMap { problems.list($0, "a list of violations") } ?? [])
        .compactMap { problems.violation($0, violation) },
      report: text("report", "the report", &problems) ?? "")
    return run
  }
}

extension Problems {
  fileprivate mutating func digest(_ tree: YAMLTree, _ what: String) -> UInt64? {
    let remedy = "write sixteen hexadecimal digits in quotes"
    guard case .scalar(let text, isQuoted: true) = tree.content, text.utf8.count == 16 else {
      return mismatch(tree, what, remedy: remedy)
    }
    return UInt64(text, radix: 16) ?? mismatch(tree, what, remedy: remedy)
  }

  fileprivate mutating func seed(_ tree: YAMLTree) -> UInt64? {
    if case .scalar(let text, isQuoted: false) = tree.content, let seed = UInt64(text), "\(seed)" == text {
      return seed
    }
    return mismatch(tree, "a seed", remedy: "write a whole number in decimal digits")
  }

  fileprivate mutating func runShape(_ tree: YAMLTree, _ shape: Shape) -> RunShape {
    var read = RunShape.nominal
    guard let section = Section(tree, shape, &self) else { return read }
    for entry in section.known {
      switch entry.key {
      case "calm_after": read.calmAfter = calm(entry.value) ?? .zero
      case "network": read.network = percent(entry.value) ?? 100
      case "workflows":
        let most = Int64(Scenario.Rollout.mostWorkflows)
        read.workflows = int(entry.value, "a number of workflows", in: 1...most).map { Int($0) } ?? 1
      case "store": read.store = percent(entry.value) ?? 100
      default: read.messages = percent(entry.value) ?? 100
      }
    }
    return read
  }

  private mutating func percent(_ tree: YAMLTree) -> Int? {
    int(tree, "how long it takes, in percent", in: 1...1_000_000).map { Int($0) }
  }

  /// A length of time, none included.
  private mutating func calm(_ tree: YAMLTree) -> TimeSpan? {
    if case .scalar("0s", isQuoted: false) = tree.content { return .zero }
    return span(tree, "how long faults could begin at random")
  }

  fileprivate mutating func violation(_ tree: YAMLTree, _ shape: Shape) -> Violation? {
    guard let section = Section(tree, shape, &self) else { return nil }
    return Violation(
      Name(section["oracle"].flatMap { text($0, "an oracle") } ?? ""),
      intent: section["intent"].flatMap { text($0, "an intent") }.map { Name($0) },
      expected: section["expected"].flatMap { int($0, "a count") }.map { Int($0) },
      observed: section["observed"].flatMap { int($0, "a count") }.map { Int($0) },
      message: section["message"].flatMap { text($0, "a sentence") } ?? "",
      objects: (section["objects"].flatMap { list($0, "a list of objects") } ?? [])
        .compactMap { text($0, "an object's id") },
      evidence: (section["evidence"].flatMap { list($0, "a list of events") } ?? [])
        .compactMap { int($0, "an event's index") }.map { Int($0) })
  }
}
