// A campaign of random runs, told to a person: how much was tried, what was found, and how to see it.

import Faultline
import Primitives

/// The text of one campaign: one scenario, one agent, many seeds.
public struct CampaignReport: Sendable {
  public var title: String
  public var path: String
  public var tally: CampaignTally
  /// The options that shape the runs, as typed: `--max-faults 3`.
  public var options: String
  /// How long it took, in nanoseconds of the machine's time.
  public var elapsed: Int64
  /// Set where fewer seeds were played than asked for.
  public var isPartial: Bool

  public init(
    title: String, path: String, tally: CampaignTally, options: String, elapsed: Int64, isPartial: Bool
  ) {
    self.title = title
    self.path = path
    self.tally = tally
    self.options = options
    self.elapsed = elapsed
    self.isPartial = isPartial
  }

  /// The report, without a newline at its end.
  public func text(_ style: Style) -> String {
    [headline(style), numbers(), faults(style), failures(style)].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func headline(_ style: Style) -> String {
    let isGood = tally.failed + tally.inconclusive == 0 && tally.runs > 0
    let word = style.paint(isGood ? "PASS" : "FAIL", isGood ? .good : .bad)
    let partial = isPartial ? style.paint("   stopped early: a part of what was asked for", .warning) : ""
    return "\(word)  \(style.paint(title, .strong))   \(Words.count(tally.runs, "random run"))\(partial)"
  }

  private func numbers() -> String {
    var lines = ["\(Words.grouped(tally.passed)) passed, \(Words.grouped(tally.failed)) with a violation, "
      + "\(Words.grouped(tally.inconclusive)) inconclusive, \(Words.grouped(tally.stuck)) stuck"]
    let endings = tally.endings.sorted { $0.count > $1.count }.map { "\($0.name) \(Words.grouped($0.count))" }
    lines.append("ended: " + endings.joined(separator: ", "))
    if elapsed > 0 {
      let rate = Int(Int64(tally.runs) * 1_000_000_000 / elapsed)
      lines.append("\(Words.grouped(rate)) runs a second, \(Words.count(tally.events, "event"))")
    }
    if tally.replayed > 0 {
      lines.append("\(Words.grouped(tally.replayed)) replayed from their plans, all with the same hash")
    }
    if let mean = tally.meanRecoveryMilliseconds {
      lines.append("mean recovery \(Words.brief(milliseconds: mean))")
    }
    return lines.joined(separator: "\n")
  }

  private func faults(_ style: Style) -> String {
    guard !tally.faults.isEmpty, tally.runs > 0 else { return "" }
    var table = TextTable([
      .init("fault"), .init("injected", rightAligned: true), .init("took effect", rightAligned: true),
    ])
    for fault in tally.faults.sorted(by: { $0.name < $1.name }) {
      table.add([
        .init(fault.name.text), .init(Words.grouped(fault.injected)),
        .init(Words.grouped(fault.tookEffect), fault.tookEffect == 0 ? .warning : nil),
      ])
    }
    let hundredths = tally.effectiveFaults * 100 / tally.runs
    let digits = String(hundredths % 100)
    let average = "\(hundredths / 100).\(digits.count < 2 ? "0" + digits : digits)"
    return table.text(style) + "\non average \(average) faults a run took effect"
  }

  private func failures(_ style: Style) -> String {
    var lines: [String] = []
    for violation in tally.violations.sorted(by: { $0.count > $1.count }) {
      lines.append("\(style.paint(violation.name.text, .bad))  in \(Words.count(violation.count, "run"))")
    }
    for verdict in tally.firstFailures {
      let what = verdict.violations.first?.message ?? verdict.reasons.first ?? verdict.result.rawValue
      lines.append("")
      lines += "seed \(verdict.seed): \(Words.printable(what))".wrapped(to: style.width)
      let command = CommandLineText.run(path: path, verdict: verdict)
      lines.append("  " + command + (options.isEmpty ? "" : " " + options))
    }
    return lines.joined(separator: "\n")
  }
}
