// The story of one run as a person reads it on a terminal.

import Exploration
import Faultline
import Operations
import Primitives
import Simulation

/// Tells one run: what should be, what is, how it came to that, and how to see it again.
public struct RunReport: Sendable {
  /// How the reader can go on from here; lines are left out where there is no command for them.
  public struct Commands: Sendable {
    public var show: String?
    public var run: String?
    public var test: String?

    public init(show: String? = nil, run: String? = nil, test: String? = nil) {
      self.show = show
      self.run = run
      self.test = test
    }
  }

  private let story: Story
  private let exit: Int32?

  public var commands = Commands()
  /// Whether every event is shown.
  public var showsAll = false
  /// What is known about the failure; nil for a run that did not fail.
  public var investigation: Investigation?

  /// - Parameters:
  ///   - record: a run that recorded its trace.
  ///   - catalogue: the operations of the scenario's world.
  ///   - exit: the status that the command will end with; nil where no command is involved.
  public init(_ record: RunRecord, of scenario: Scenario, catalogue: Catalogue, exit: Int32? = nil) {
    story = Story(record, of: scenario.serving(record.verdict.shape.workflows), catalogue: catalogue)
    self.exit = exit
  }

  private var verdict: Verdict { story.verdict }

  /// The report, without a newline at its end.
  public func text(_ style: Style) -> String {
    var blocks = [headline(style)]
    blocks.append(opening(style))
    if !verdict.violations.isEmpty { blocks.append(violations(style)) }
    blocks.append(plan(style))
    blocks.append(showsAll ? allEvents(style) : timeline(style))
    blocks.append(summary(style))
    blocks.append(ending(style))
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  // MARK: Blocks

  private func headline(_ style: Style) -> String {
    let (word, tone): (String, Style.Tone) =
      switch verdict.result {
      case .pass: ("PASS", .good)
      case .fail: ("FAIL", .bad)
      case .inconclusive: ("OPEN", .warning)
      case .contaminated: ("CONTAMINATED", .warning)
      }
    let agent = Words.agent(verdict.agent, without: verdict.without)
    let scenario = style.paint(verdict.scenario.text, .strong)
    return "\(style.paint(word, tone))  \(scenario)   \(agent)   seed \(verdict.seed)"
  }

  private func opening(_ style: Style) -> String {
    var sentences = verdict.result.isOpen ? [] : story.sentences
    if verdict.result == .pass, let ending = story.peacefulEnd { sentences = [ending] }
    if sentences.isEmpty, verdict.result != .contaminated {
      sentences = verdict.violations.prefix(1).map(\.message)
    }
    sentences += verdict.reasons
    return sentences.flatMap { Words.printable($0).wrapped(to: style.width) }.joined(separator: "\n")
  }

  /// What a dry run would do, in order; empty for every other run.
  private func plan(_ style: Style) -> String {
    guard let plan = story.claim?.plan, !plan.isEmpty else { return "" }
    var table = TextTable([
      .init("#", rightAligned: true), .init("operation", limit: 30), .init("of", fillsRest: true),
      .init("as", limit: 18), .init("again by", limit: 11), .init("taken back by", limit: 34),
    ])
    for (number, effect) in plan.enumerated() {
      let arguments = effect.arguments.entries.map { "\($0.name) \($0.value.text ?? $0.value.description)" }
      table.add([
        .init(String(number + 1), .quiet), .init(effect.operation.text, .strong),
        .init(Words.printable(arguments.joined(separator: ", "))), .init(effect.principal.text),
        .init(effect.protection), .init(effect.reversal),
      ])
    }
    return "Plan of effects: \(Words.count(plan.count, "effect")), none of them caused\n" + table.text(style)
  }

  private func violations(_ style: Style) -> String {
    var table = TextTable([
      .init("oracle"), .init("intent", limit: 22), .init("wanted", limit: 34), .init("found"),
      .init("objects", fillsRest: true), .init("evidence", limit: 10),
    ])
    for violation in verdict.violations {
      let intent = story.scenario.intents.first { $0.name == violation.intent }
      let amount = intent?.total.map { " x \($0)" } ?? ""
      let wanted = violation.expected.map { "wanted \($0)\(amount)" } ?? Words.printable(violation.message)
      table.add([
        .init(violation.oracle.text, .bad), .init(violation.intent?.text ?? ""), .init(wanted),
        .init(violation.observed.map { "found \($0)" } ?? ""),
        .init(violation.objects.map(Words.printable).joined(separator: " ")),
        .init("[" + violation.evidence.map(String.init).joined(separator: ", ") + "]", .quiet),
      ])
    }
    var inner = style
    inner.width -= 2
    return table.text(inner, hasTitles: false).indented(by: 2)
  }

  private func timeline(_ style: Style) -> String {
    let timeline = Timeline(story)
    guard !timeline.rows.isEmpty else { return "" }
    var table = TextTable([
      .init("#", rightAligned: true), .init("time", rightAligned: true), .init("agent", limit: 28),
      .init("network", limit: 22), .init("what the systems hold", fillsRest: true),
    ])
    for row in timeline.rows {
      let at = story.record.trace.entries[row.index - 1].at - story.record.start
      let mark = row.mark.map { Words.glued($0) }
      let systems = mark.map { row.systems.isEmpty ? $0 : "\(row.systems) \($0)" } ?? row.systems
      table.add([
        .init("\(row.index)", .quiet), .init(Words.seconds(at), .quiet), .init(row.agent, row.tone),
        .init(row.network, row.tone), .init(systems, row.tone),
      ])
    }
    let hidden = timeline.hiddenCount
    let more = hidden > 0 ? "\n" + style.paint("  (\(Words.count(hidden, "more event")): --all)", .quiet) : ""
    return table.text(style) + more
  }

  private func allEvents(_ style: Style) -> String {
    var table = TextTable([
      .init("#", rightAligned: true), .init("time", rightAligned: true), .init("event", fillsRest: true),
    ])
    for entry in story.record.trace.entries {
      let isEvidence = verdict.violations.contains { $0.evidence.contains(entry.index) }
      table.add([
        .init("\(entry.index)", .quiet), .init(Words.seconds(entry.at - story.record.start), .quiet),
        .init(EventText.line(entry.event), isEvidence ? .bad : nil),
      ])
    }
    return table.text(style)
  }

  private func summary(_ style: Style) -> String {
    let metrics = verdict.metrics
    var lines: [InvestigationText.Line] = []
    let explained = investigation.map { InvestigationText($0, story: story) }
    lines += explained?.causes ?? []
    let said = story.claim.map { "\($0.ending.rawValue)" } ?? "nothing"
    let real =
      switch verdict.result {
      case .pass: "as it said"
      case .fail: "violation"
      case .inconclusive, .contaminated: "undecided"
      }
    lines.append(("Agent", "said: \(said) | real: \(real)"))
    let recovery = metrics.recoveryMilliseconds.map { Words.brief(milliseconds: $0) } ?? "none"
    lines.append(
      (
        "Numbers",
        "recovery \(recovery) | escalations \(metrics.escalations) | rollbacks \(metrics.rollbacks)"
          + " | audit findings \(metrics.auditFindings)"
          + " | calls \(metrics.calls), attempts \(metrics.attempts)"
      ))
    if !verdict.faults.isEmpty {
      let effective = verdict.faults.count { $0.tookEffect }
      lines.append(("Faults", "\(verdict.faults.count) injected, \(effective) took effect"))
    }
    lines += explained?.remedies ?? []
    for (offset, advice) in advice.enumerated() { lines.append((offset == 0 ? "Advice" : "", advice)) }
    switch verdict.expectation {
    case .met: lines.append(("Expected", "yes, the scenario expects this of \(verdict.agent)"))
    case .unmet: lines.append(("Expected", "no, the scenario expects something else of \(verdict.agent)"))
    case .none: break
    }
    return InvestigationText.block(lines, style)
  }

  /// Findings that were not judged: each oracle once, with its first finding.
  private var advice: [String] {
    var oracles: [Name] = []
    for advice in verdict.advice where !oracles.contains(advice.oracle) { oracles.append(advice.oracle) }
    return oracles.map { oracle in
      let findings = verdict.advice.filter { $0.oracle == oracle }
      let more = findings.count > 1 ? " (and \(findings.count - 1) more)" : ""
      return "\(oracle): \(Words.printable(findings[0].message))\(more)"
    }
  }

  private func ending(_ style: Style) -> String {
    let offers = [
      ("See it again", commands.show), ("Run it again", commands.run), ("As a test", commands.test),
    ]
    var lines = offers.compactMap { label, command in command.map { label.padded(to: 15) + $0 } }
    let hash = "trace \(verdict.traceHash.hexadecimal)"
    lines.append(exit.map { "exit \($0)".padded(to: 15) + hash } ?? hash)
    return lines.joined(separator: "\n")
  }
}

extension RunReport {
  /// What the agent thought it was doing, as its store has it.
  public static func explanation(_ record: RunRecord, _ style: Style) -> String {
    let nothing = "Its store holds nothing; this agent keeps its state in memory."
    let lines = record.explanation.isEmpty ? [nothing] : record.explanation
    let text = lines.flatMap { Words.printable($0).wrapped(to: style.width - 2) }.map { "  " + $0 }
    return ([style.paint("What the agent thought it was doing, from its store alone", .strong)] + text)
      .joined(separator: "\n")
  }
}
