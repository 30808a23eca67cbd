// A run that did not end as it should, at a place in a file: what annotations and code flows are made of.

import Exploration
import Faultline
import Operations
import Primitives
import Simulation

/// One failed run, told for tools that show findings beside the lines of a file.
public struct Finding: Sendable {
  /// One event of the run's story.
  public struct Step: Hashable, Sendable {
    /// The event's number in the trace.
    public var index: Int
    /// `30.200 s  create_cluster acme ----> another key`
    public var text: String
    /// The line of the scenario that it is about, from 1.
    public var line: Int
    /// Whether it is evidence of a violation, or what went wrong there.
    public var isEvidence: Bool
  }

  public let verdict: Verdict
  /// The scenario's file, as the user named it.
  public let path: String
  /// The line of the scenario that the first violation is about, from 1.
  public let line: Int
  /// What is wrong, in one or two sentences.
  public let message: String
  /// The command that shows the run again.
  public let command: String
  public let steps: [Step]
  /// Why this failure is expected for now; nil where it is not.
  public var knownReason: String?
  /// What is known about the failure; nil where nobody has looked, or there is no violation.
  public let investigation: Investigation?
  /// The investigation in words: why, what it needs, what would have saved it, what to do now.
  let explanation: [InvestigationText.Line]

  /// - Parameters:
  ///   - record: a run that recorded its trace.
  ///   - catalogue: the operations of the scenario's world.
  ///   - source: the text of the scenario's file; empty where it can't be had.
  public init(
    _ record: RunRecord, of scenario: Scenario, catalogue: Catalogue, source: String, command: String,
    knownReason: String? = nil, investigation: Investigation? = nil
  ) {
    let story = Story(record, of: scenario, catalogue: catalogue)
    let places = ScenarioPlaces(source)
    verdict = record.verdict
    path = scenario.path
    line = places.line(of: verdict.violations.first?.intent)
    let sentences = story.sentences.isEmpty ? verdict.violations.prefix(1).map(\.message) : story.sentences
    message = (verdict.violations.isEmpty ? verdict.reasons : sentences).map(Words.printable).joined(separator: " ")
    self.command = command
    self.knownReason = knownReason
    self.investigation = investigation
    explanation =
      investigation.map { investigation in
        let text = InvestigationText(investigation, story: story)
        return text.causes + text.smallest + text.remedies
      } ?? []
    let evidence = verdict.violations.flatMap(\.evidence)
    steps = Timeline(story).rows.map { row in
      let time = Words.seconds(record.trace.entries[row.index - 1].at - record.start)
      let parts = [time, row.agent, row.network, row.systems, row.mark ?? ""].filter { !$0.isEmpty }
      let intent = story.counts[row.index]?.intent.name
      return Step(
        index: row.index, text: parts.joined(separator: "  "),
        line: intent.map { places.line(of: $0) } ?? places.workflow,
        isEvidence: row.mark != nil || evidence.contains(row.index))
    }
  }

  /// `double-billing, duplicate-resource`, or how the run ended otherwise than it should.
  var kind: String {
    if verdict.result == .contaminated { return "contaminated" }
    let oracles = Set(verdict.violations.map(\.oracle)).sorted()
    guard oracles.isEmpty else { return oracles.map(\.text).joined(separator: ", ") }
    return verdict.result == .inconclusive ? "inconclusive" : "unmet-expectation"
  }
}

extension Plan.Entry {
  /// `response-lost at cloud.create_cluster[acme]#1`: what tells it apart in a run of one process. The whole place,
  /// with the run and the first incarnation of the first process, stands in files and in JSON.
  var brief: String {
    let isUsual = at.process == "agent-0" && at.incarnation == 1
    let process = isUsual ? "" : "\(at.process?.text ?? "*")~\(at.incarnation.map(String.init) ?? "*")/"
    let subject = at.subject.map { "[\($0)]" } ?? ""
    let number = at.call.map { "#\($0)" } ?? ""
    return "\(choose) at \(process)\(at.point?.text ?? "*")\(subject)\(number)" + (at.attempt.map { ".\($0)" } ?? "")
  }
}

/// Where in a scenario's file its parts stand.
struct ScenarioPlaces {
  private let lines: [Substring]

  init(_ source: String) { lines = source.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The line of an intent; of all intents where none is meant, and the first where nothing is found.
  func line(of intent: Name?) -> Int {
    let start = position(of: "intents", after: 0) ?? 0
    return (intent.flatMap { position(of: $0.text, after: start) } ?? start) + 1
  }

  /// The line that says what the agent is asked to do.
  var workflow: Int { (position(of: "workflow", after: 0) ?? 0) + 1 }

  private func position(of key: String, after start: Int) -> Int? {
    lines.indices.dropFirst(start).first { lines[$0].drop { $0 == " " || $0 == "\"" }.hasPrefix(key + ":") }
  }
}
