// A campaign of random runs, told to a person: how much was tried, what was found, and how to see it.

import Exploration
import Faultline
import Primitives

/// The text of one campaign: one scenario, one agent, many seeds.
public struct CampaignReport: Sendable {
  public var title: String
  public var path: String
  public var agent: Name
  public var without: [Name]
  public var coverage: RandomCoverage
  /// What the scenario wants to see touched and was not.
  public var missing: [String]
  /// The options that shape the runs, as typed: `--max-faults 3`.
  public var options: String
  /// How long it took, in nanoseconds of the machine's time.
  public var elapsed: Int64
  /// How many runs that time was for: fewer than all where a search went on with what was on file.
  public var played: Int
  /// Set where fewer seeds were played than asked for.
  public var isPartial: Bool

  public init(
    title: String, path: String, agent: Name, without: [Name] = [], coverage: RandomCoverage, missing: [String] = [],
    options: String, elapsed: Int64, isPartial: Bool
  ) {
    self.title = title
    self.path = path
    self.agent = agent
    self.without = without
    self.coverage = coverage
    self.missing = missing
    self.options = options
    self.elapsed = elapsed
    played = coverage.runs
    self.isPartial = isPartial
  }

  /// The report, without a newline at its end.
  public func text(_ style: Style) -> String {
    [headline(style), numbers(), faults(style), marks(style), counts(style), failures(style)].filter { !$0.isEmpty }
      .joined(separator: "\n\n")
  }

  private func headline(_ style: Style) -> String {
    let isGood = coverage.isGood && missing.isEmpty
    let word = style.paint(isGood ? "PASS" : "FAIL", isGood ? .good : .bad)
    let partial = isPartial ? style.paint("   stopped early: a part of what was asked for", .warning) : ""
    return "\(word)  \(style.paint(title, .strong))   \(Words.count(coverage.runs, "random run"))\(partial)"
  }

  func numbers() -> String {
    var lines = ["\(Words.grouped(coverage.passed)) passed, \(Words.grouped(coverage.failed)) with a violation, "
      + "\(Words.grouped(coverage.inconclusive)) inconclusive, \(Words.grouped(coverage.stuck)) stuck"]
    let endings = coverage.endings.sorted { $0.count > $1.count }.map { "\($0.name) \(Words.grouped($0.count))" }
    lines.append("ended: " + endings.joined(separator: ", "))
    if elapsed > 0 {
      let rate = Int(Int64(played) * 1_000_000_000 / elapsed)
      lines.append("\(Words.grouped(rate)) runs a second, \(Words.count(coverage.events, "event"))")
    }
    if coverage.rechecked > 0 {
      lines.append("\(Words.grouped(coverage.rechecked)) replayed from their plans, all with the same hash")
    }
    if let mean = coverage.meanRecoveryMilliseconds {
      lines.append("mean recovery \(Words.brief(milliseconds: mean))")
    }
    return lines.joined(separator: "\n")
  }

  func faults(_ style: Style) -> String {
    guard !coverage.faults.isEmpty, coverage.runs > 0 else { return "" }
    var table = TextTable([
      .init("fault"), .init("injected", rightAligned: true), .init("took effect", rightAligned: true),
    ])
    for fault in coverage.faults {
      table.add([
        .init(fault.name), .init(Words.grouped(fault.injected)),
        .init(Words.grouped(fault.tookEffect), fault.tookEffect == 0 ? .warning : nil),
      ])
    }
    return table.text(style) + "\n" + Self.average(coverage)
  }

  /// `on average 1.90 faults a run took effect`; of at least one run.
  static func average(_ coverage: RandomCoverage) -> String {
    let hundredths = coverage.effectiveFaults * 100 / coverage.runs
    let digits = String(hundredths % 100)
    return "on average \(hundredths / 100).\(digits.count < 2 ? "0" + digits : digits) faults a run took effect"
  }

  /// How many runs each oracle found something in.
  func counts(_ style: Style) -> String {
    coverage.violations.sorted { $0.count > $1.count }
      .map { "\(style.paint($0.name, .bad))  in \(Words.count($0.count, "run"))" }.joined(separator: "\n")
  }

  /// What stands before the marks that the scenario requires and no run touched.
  public static let insistence = "The scenario wants these touched, and no run did:"

  /// How many of the declared marks were touched, and which never were, by kind.
  func marks(_ style: Style) -> String {
    guard !coverage.marks.isEmpty else { return "" }
    let untouched = coverage.untouched
    var lines = ["\(coverage.marks.count - untouched.count) of \(Words.count(coverage.marks.count, "mark")) touched"]
    var kinds: [(kind: Substring, names: [String])] = []
    for mark in untouched {
      let parts = mark.split(separator: ":", maxSplits: 1)
      if kinds.last?.kind != parts[0] { kinds.append((parts[0], [])) }
      kinds[kinds.count - 1].names.append(String(parts[1]))
    }
    for (kind, names) in kinds {
      lines += "never \(kind): \(names.joined(separator: ", "))".wrapped(to: style.width)
    }
    if !missing.isEmpty {
      let text = "\(Self.insistence) \(missing.joined(separator: ", "))"
      lines += text.wrapped(to: style.width).map { style.paint($0, .bad) }
    }
    return lines.joined(separator: "\n")
  }

  private func failures(_ style: Style) -> String {
    coverage.failures.map { failure in
      let command = CommandLineText.run(path: path, agent: agent, without: without, seed: failure.seed)
      let message = "seed \(failure.seed): \(Words.printable(failure.message))".wrapped(to: style.width)
      return (message + ["  " + command + (options.isEmpty ? "" : " " + options)]).joined(separator: "\n")
    }
    .joined(separator: "\n\n")
  }
}
