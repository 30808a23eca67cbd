// `faultline explore … -- COMMAND`: every single fault that a process's run without faults reveals.

import Faultline
import Foundation
import Gateway
import Primitives
import Reporting
import Simulation

extension ExploreCommand {
  /// Tries each point of each scenario.
  func exploreOutside() async throws -> ExitStatus {
    let outside = try Outside(command, options: outsideOptions, service: service, isSearch: true)
    let agent = OutsideAgent(name: Name(outside.program.name))
    let assignments = try situations().map {
      try Assignment($0.with(replicas: choice.replicas), agent: agent, isChecked: false)
    }
    try outside.check(assignments.map(\.scenario), playsPlans: false)
    let interrupt = Interrupt()
    let (trials, jobs, seed, most, folder) = (trials, workers, seed ?? 1, points, save ?? SavedRuns.failures)
    let counterpart = try compare.map { try Library.agent($0, without: choice.safeguards, store: choice.store) }
    let reports = try await outside.serving { host, port in
      var reports: [OutsideReport] = []
      for (index, assignment) in assignments.enumerated() where !interrupt.isRaised {
        let exploration = OutsideExploration(
          outside.trials(assignment, host: host, port: port), prefix: "\(index + 1)", trials: trials, jobs: jobs,
          seed: seed, most: most,
          counterpart: counterpart.map { Counterpart(setup: assignment.setup, agent: $0, seed: seed) }
        ) { try OutsideRuns.save($0, of: assignment, plan: $1, into: folder) }
        reports.append(try await exploration.play(until: interrupt))
      }
      return reports
    }
    let status: ExitStatus =
      interrupt.isRaised ? .interrupted : reports.allSatisfy(\.isGood) ? .asExpected : .notAsExpected
    switch output.format {
    case .json: try output.deliver(reports.map(\.json).joined(separator: "\n"))
    case .text:
      let blocks = reports.map { $0.text(output.style, again: { outside.again($0) }) }
      try output.deliver((blocks + ["exit \(status.rawValue)"]).joined(separator: "\n\n"))
    case .junit, .github, .sarif:
      throw Refusal.badInput(
        "--format \(output.format.rawValue) is not written for a process", remedy: "use --format json or text")
    }
    return status
  }
}

/// The points of one scenario, tried one after the other or several at a time.
struct OutsideExploration: Sendable {
  private let trials: OutsideTrials
  private let prefix: String
  private let count: Int
  private let jobs: Int
  private let seed: UInt64
  /// How many points are tried; nil for all.
  private let most: Int?
  /// Keeps a trial that was no pass, with what it was to meet, and says in which file.
  private let save: @Sendable (OutsideTrials.Outcome, Plan) throws -> String
  /// Who plays the same plans in a simulation; nil where nobody does.
  private let counterpart: Counterpart?

  /// How often a plan whose fault was not met is tried again.
  private static let patience = 2

  init(
    _ trials: OutsideTrials, prefix: String, trials count: Int, jobs: Int, seed: UInt64, most: Int?,
    counterpart: Counterpart? = nil, save: @escaping @Sendable (OutsideTrials.Outcome, Plan) throws -> String
  ) {
    self.counterpart = counterpart
    self.trials = trials
    self.prefix = prefix
    self.count = count
    self.jobs = jobs
    self.seed = seed
    self.most = most
    self.save = save
  }

  func play(until interrupt: Interrupt) async throws -> OutsideReport {
    let first = try await trials.play("\(prefix)-0", number: 1, seed: seed, plan: Plan(), notesForks: true)
    try Outside.check(first)
    var all = entries(of: first.forks)
    let deaths = trials.program.canDie ? 0 : all.count(where: \.isDeath)
    if deaths > 0 { all.removeAll(where: \.isDeath) }
    var likeness: Likeness?
    if let counterpart {
      let simulated = try entries(of: counterpart.forks())
      let known = Set(simulated)
      let common = all.filter(known.contains)
      likeness = Likeness(
        agent: counterpart.agent.name, onlyProcess: all.count - common.count,
        onlySimulated: simulated.count - common.count)
      all = common
    }
    let tried = min(most ?? all.count, all.count)
    let points = (0..<tried).map { all[$0 * all.count / tried] }
    var report = OutsideReport(
      scenario: trials.setup.scenario.name, agent: first.record.verdict.agent, clean: first.record.verdict,
      trialsPerPoint: count, points: points.map { .init(entry: $0) }, pointsFound: all.count, likeness: likeness)
    report.deathsLeftOut = deaths
    let seconds = Double(first.duration / .milliseconds(1)) / 1_000 * Double(points.count * count) / Double(jobs)
    Console.complain(
      "\(points.count) points, \(points.count * count) trials, about \(Int(seconds.rounded(.up))) s")
    guard first.record.verdict.result == .pass else {
      report.cleanFile = try save(first, Plan())
      return report
    }
    let begun = ContinuousClock.now
    try await withThrowingTaskGroup(of: (Int, [OutsideTrials.Outcome]).self) { group in
      var next = 0
      func startOne() {
        guard next < points.count, !interrupt.isRaised else { return }
        let index = next
        next += 1
        group.addTask { (index, try await tryPoint(points[index], number: index + 1)) }
      }
      for _ in 0..<jobs { startOne() }
      while let (index, outcomes) = try await group.next() {
        report.points[index].take(outcomes)
        if let failing = outcomes.first(where: { $0.record.verdict.result != .pass }) {
          report.points[index].file = try save(failing, Plan([points[index]]))
        }
        if let counterpart { try report.compare(outcomes, with: counterpart, at: points[index]) }
        startOne()
      }
    }
    report.seconds = Double((ContinuousClock.now - begun) / .milliseconds(1)) / 1_000
    return report
  }

  private func entries(of forks: [Fork]) -> [Plan.Entry] {
    forks.flatMap { fork in fork.alternatives.map { Plan.Entry(at: pattern(of: fork.site), choose: $0) } }
  }

  /// A site as a plan names it: of several replicas nobody knows which will do the work the next time.
  private func pattern(of site: Site) -> SitePattern {
    var pattern = SitePattern(site)
    if trials.setup.scenario.rollout.count > 1 { pattern.process = nil }
    return pattern
  }

  private func tryPoint(_ point: Plan.Entry, number: Int) async throws -> [OutsideTrials.Outcome] {
    var outcomes: [OutsideTrials.Outcome] = []
    for trial in 1...count {
      var outcome: OutsideTrials.Outcome?
      for attempt in 0...Self.patience {
        let played = try await trials.play(
          "\(prefix)-\(number)-\(trial)-\(attempt)", number: trial, seed: seed &+ UInt64(trial - 1), plan: Plan([point]))
        outcome = played
        if played.record.verdict.result != .inconclusive { break }
      }
      if let outcome { outcomes.append(outcome) }
    }
    return outcomes
  }
}

/// What the trials of one scenario came to.
struct OutsideReport: Sendable {
  /// One fault at one site.
  struct Point: Sendable {
    let entry: Plan.Entry
    var trials = 0
    /// Trials in which the fault was met and changed something.
    var applied = 0
    var violations = 0
    var inconclusive = 0
    /// Trials in which the agent used ids of another world.
    var contaminated = 0
    /// Why the first of these was that.
    var contamination: String?
    /// Where the first trial that was no pass is saved.
    var file: String?
    var oracles: [String] = []
    /// Where the first failing trial kept its output.
    var folder: String?

    /// `cloud.create_cluster[acme]#1`: all points are in one run of one process.
    var place: String {
      let at = entry.at
      let subject = at.subject.map { "[\($0)]" } ?? ""
      let again = at.incarnation ?? 1 > 1 ? " of incarnation \(at.incarnation ?? 1)" : ""
      return "\(at.point?.text ?? "*")\(subject)#\(at.call ?? 1)\(again)"
    }

    /// Trials that were no pass.
    var troubles: Int { violations + inconclusive + contaminated }

    /// What came of it, in a word or two.
    var word: String {
      violations > 0 ? oracles.joined(separator: ", ") : contaminated > 0 ? "contaminated" : "inconclusive"
    }

    mutating func take(_ outcomes: [OutsideTrials.Outcome]) {
      for outcome in outcomes {
        let verdict = outcome.record.verdict
        trials += 1
        if verdict.faults.contains(where: \.tookEffect) { applied += 1 }
        switch verdict.result {
        case .pass: break
        case .fail: violations += 1
        case .inconclusive: inconclusive += 1
        case .contaminated:
          contaminated += 1
          if contamination == nil { contamination = verdict.reasons.first }
        }
        for violation in verdict.violations where !oracles.contains(violation.oracle.text) {
          oracles.append(violation.oracle.text)
        }
        if folder == nil, verdict.result != .pass { folder = outcome.folder }
      }
    }
  }

  let scenario: Name
  let agent: Name
  /// The run without faults.
  let clean: Verdict
  /// Where that is saved; nil where it passed.
  var cleanFile: String?
  let trialsPerPoint: Int
  var points: [Point]
  /// How many points the run without faults reveals.
  let pointsFound: Int
  /// How many more there are at which the agent would have to die, where nobody can kill it.
  var deathsLeftOut = 0
  /// How the plans compare to a simulated agent's; nil where that was not asked for.
  var likeness: Likeness?
  var seconds = 0.0

  var isGood: Bool {
    clean.result == .pass && likeness?.differing.isEmpty ?? true
      && points.allSatisfy { $0.trials == trialsPerPoint && $0.troubles == 0 }
  }

  /// Plays a plan in the simulation and notes in what the trials of the process came to something else.
  mutating func compare(
    _ outcomes: [OutsideTrials.Outcome], with counterpart: Counterpart, at entry: Plan.Entry
  ) throws {
    let simulated = try counterpart.play(Plan([entry]))
    for outcome in outcomes {
      let words = Counterpart.Result(outcome.record).differences(from: simulated)
      likeness?.compared += 1
      if !words.isEmpty { likeness?.differing.append((entry, words)) }
    }
  }

  private var total: (trials: Int, applied: Int, violations: Int, inconclusive: Int, contaminated: Int) {
    points.reduce(into: (0, 0, 0, 0, 0)) { sum, point in
      sum.0 += point.trials
      sum.1 += point.applied
      sum.2 += point.violations
      sum.3 += point.inconclusive
      sum.4 += point.contaminated
    }
  }

  /// With 95 % confidence the rate of violations over all points is at most this, in percent, where none was seen: the
  /// exact (Clopper-Pearson) bound. Nil where one was seen, or no fault took effect.
  private var bound: Double? {
    let total = total
    guard total.violations == 0, total.applied > 0 else { return nil }
    return (1 - pow(0.05, 1 / Double(total.applied))) * 100
  }

  // MARK: For people

  /// - Parameter again: the command that plays a saved run with the process.
  func text(_ style: Style, again: (String) -> String) -> String {
    let word: Style.Tone = isGood ? .good : .bad
    var blocks = [
      "\(style.paint(isGood ? "PASS" : "FAIL", word))  \(style.paint(scenario.text, .strong))   \(agent)   every single fault"
    ]
    guard clean.result == .pass else {
      let oracles = clean.violations.map(\.oracle.text).joined(separator: ", ")
      blocks.append("The run without any fault is no pass (\(oracles.isEmpty ? clean.result.rawValue : oracles)); nothing else was tried.")
      blocks += clean.reasons
      if let cleanFile {
        blocks.append("See it        faultline show \(CommandLineText.quoted(cleanFile))\nRun it again  \(again(cleanFile))")
      }
      return blocks.joined(separator: "\n\n")
    }
    var table = TextTable([
      .init("point", fillsRest: true), .init("fault", limit: 20), .init("found", rightAligned: true),
      .init("oracles", limit: 22),
    ])
    let telling = points.filter { $0.troubles > 0 }
    for point in telling {
      table.add([
        "\(point.place)", "\(point.entry.choose)", "\(point.violations) / \(point.applied) / \(point.trials)",
        .init(point.word, point.violations > 0 ? .bad : .warning),
      ])
    }
    if !telling.isEmpty {
      blocks.append(table.text(style))
      blocks.append("found: trials with a violation / in which the fault took effect / played")
    }
    let quiet = points.count { $0.trials > 0 && $0.troubles == 0 }
    if !telling.isEmpty, quiet > 0 { blocks.append("\(quiet) other points, no violation.") }
    if let bound {
      blocks.append(
        "No violation in \(total.applied) trials: with 95 % confidence it happens in at most "
          + "\(String(format: "%.1f", bound)) % of such trials.")
    }
    if let contamination = telling.lazy.compactMap(\.contamination).first { blocks.append("Contaminated: \(contamination)") }
    if let first = telling.first(where: { $0.violations > 0 }) ?? telling.first, let file = first.file {
      var lines = ["See the first  faultline replay \(CommandLineText.quoted(file))", "Run it again   \(again(file))"]
      if let folder = first.folder { lines.append("Its output     stdout, stderr and state are in \(folder)") }
      blocks.append(lines.joined(separator: "\n"))
    }
    if let likeness { blocks.append(likeness.text) }
    if deathsLeftOut > 0 {
      blocks.append(
        "\(deathsLeftOut) points at which the agent dies were left out: nobody can kill it. Add --kill-command.")
    }
    let total = total
    let found = pointsFound > points.count ? " of \(pointsFound)" : ""
    blocks.append(
      "\(points.count)\(found) points, \(total.trials) trials, \(total.applied) in which the fault took effect, "
        + "\(total.violations) violations,\n\(total.inconclusive) inconclusive, "
        + (total.contaminated > 0 ? "\(total.contaminated) contaminated, " : "") + "\(String(format: "%.1f", seconds)) s")
    return blocks.joined(separator: "\n\n")
  }

  // MARK: For programs

  var json: String {
    let total = total
    var document: [String: Gateway.JSON] = [
      "schema": "faultline.points/1", "scenario": .text(scenario.text), "agent": .text(agent.text),
      "clean": .text(clean.result.rawValue), "trials": .int(Int64(total.trials)), "applied": .int(Int64(total.applied)),
      "violations": .int(Int64(total.violations)), "inconclusive": .int(Int64(total.inconclusive)),
      "contaminated": .int(Int64(total.contaminated)),
      "at_most_percent": bound.map { .number(($0 * 100).rounded() / 100) } ?? .null,
      "points_found": .int(Int64(pointsFound)), "deaths_left_out": .int(Int64(deathsLeftOut)), "seconds": .number((seconds * 1_000).rounded() / 1_000),
      "points": .list(
        points.map { point in
          [
            "at": .text(point.entry.at.description), "choose": .text(point.entry.choose.text),
            "trials": .int(Int64(point.trials)), "applied": .int(Int64(point.applied)),
            "violations": .int(Int64(point.violations)), "inconclusive": .int(Int64(point.inconclusive)),
            "contaminated": .int(Int64(point.contaminated)), "saved": point.file.map { .text($0) } ?? .null,
            "oracles": .list(point.oracles.map { .text($0) }),
          ]
        }),
    ]
    if let likeness { document["comparison"] = likeness.json }
    return Gateway.JSON.object(document).printed
  }
}
