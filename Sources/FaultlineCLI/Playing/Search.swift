// One exhaustive search from the command line: earlier failures first, then every unit, then what came of it.

import Agents
import Exploration
import Faultline
import Foundation
import Primitives
import Reporting
import Simulation
import Synchronization

/// A search that has ended, with what its failures need to be shown.
struct FinishedSearch {
  var certificate: CoverageCertificate
  let assignment: Assignment

  /// Test cases for a CI server, each failure with its story.
  func cases() throws -> [JUnitReport.Case] {
    var stories: [String] = []
    for finding in certificate.findings {
      let verdict = finding.verdict
      let record = try assignment.replay(verdict)
      var report = RunReport(record, of: assignment.scenario, catalogue: assignment.setup.catalogue)
      report.commands.run = finding.command
      stories.append(report.text(.plain))
    }
    var rest = stories[...]
    return certificate.cases { _ in rest.popFirst() ?? "" }
  }
}

/// What is searched, and how.
struct Search {
  let command: ExploreCommand
  let assignment: Assignment
  let known: KnownFailures

  private var scenario: Scenario { assignment.scenario }
  private var agent: any AgentUnderTest { assignment.agent }
  private var origin: Plan { assignment.situation.origin }
  private var seed: UInt64 { command.seed ?? assignment.situation.seed ?? 0 }

  /// How many earlier failures are played again.
  private static let earlierLimit = 100

  private var input: CampaignInput {
    CampaignInput(
      scenario: scenario.path, scenarioDigest: scenario.digest, agent: agent.name, without: agent.without,
      store: Name(command.choice.store.rawValue), kind: .exhaustive, maxFaults: command.maxFaults, seed: seed,
      prefix: origin, version: FaultlineVersion.current)
  }

  /// Plays all that is left of the search.
  ///
  /// - Throws: a refusal where the plan to start from does not fit, and a defect where two runs of one input differ.
  func play(in database: ResultsDatabase, until interrupt: Interrupt) async throws -> FinishedSearch {
    let progress = SearchProgress()
    defer { progress.finish() }
    do {
      let search = ExhaustiveSearch(
        setup: assignment.setup, agent: agent, maxFaults: command.maxFaults, from: origin, seed: seed)
      let earlier = try earlierFailures(in: database)
      let work = try ExhaustiveWork(search, recheck: Recheck(percent: command.recheck.percent)) { _ in
        progress.countRun()
      }
      let recorded = try RecordedCampaign(input, work: work, in: database, isResuming: command.resume)
      progress.begin(scenario.name, units: work.unitCount ?? 0, done: recorded.campaign.recorded)
      _ = try await recorded.play(jobs: command.workers, isCancelled: { interrupt.isRaised }) { outcome in
        progress.add(outcome.coverage)
      }
      let outcomes = try recorded.outcomes()
      var certificate = try certificate(of: outcomes, earlier: earlier)
      certificate.units = (outcomes.count, work.unitCount ?? outcomes.count)
      certificate.resumedUnits = recorded.campaign.recorded
      certificate.played = (progress.runs, progress.elapsed)
      if certificate.isWhole { try database.keep(certificate: certificate.json, of: recorded.campaign) }
      return FinishedSearch(certificate: certificate, assignment: assignment)
    } catch let mismatch as ResultsMismatch {
      throw Refusal.defect(mismatch.description)
    } catch let error as ExplorationError {
      throw Refusal.badInput("\(error)", remedy: "leave out --from-plan, or choose the scenario it was saved for")
    }
  }

  // MARK: What came of it

  private func certificate(
    of outcomes: [ExhaustiveWork.Outcome], earlier: CoverageCertificate.EarlierFailures
  ) throws -> CoverageCertificate {
    var sum = ExhaustiveWork.Outcome()
    for outcome in outcomes { sum.merge(outcome) }
    var certificate = CoverageCertificate(
      scenario: scenario, agent: agent.name, without: agent.without, maxFaults: command.maxFaults, seed: seed,
      coverage: sum.coverage)
    certificate.origin = origin
    certificate.rechecked = sum.rechecked
    certificate.resumeCommand = resumeCommand
    certificate.failures = try sum.coverage.minimalPlans.map {
      try finding(assignment.play(seed: $0.seed, plan: $0.plan).verdict)
    }
    // What is found again is not an earlier failure any more.
    certificate.earlier = earlier
    certificate.earlier.failing.removeAll { old in
      certificate.failures.contains { $0.verdict.plan == old.verdict.plan && $0.verdict.seed == old.verdict.seed }
    }
    certificate.refound = earlier.failing.count - certificate.earlier.failing.count
    certificate.stale = try staleEntries(certificate)
    return certificate
  }

  /// Plays a failure with its events, saves it, and says where it can be seen again.
  private func finding(_ verdict: Verdict) throws -> Finding {
    let record = try assignment.replay(verdict)
    let file = try SavedRuns.write(
      record, of: assignment, investigation: nil, store: command.choice.store, into: command.save ?? SavedRuns.failures)
    let reasons = known.reasons(for: record.verdict, at: KnownFile.now)
    return assignment.finding(
      record, command: "faultline replay \(CommandLineText.quoted(file))",
      knownReason: reasons?.joined(separator: "; "))
  }

  /// The command that goes on with this search.
  private var resumeCommand: String {
    var words = ["faultline explore", CommandLineText.quoted(scenario.path), "--agent", agent.name.text]
    if !agent.without.isEmpty { words += ["--without", agent.without.map(\.text).joined(separator: ",")] }
    if command.choice.store != .model { words += ["--store", command.choice.store.rawValue] }
    words += ["--max-faults", String(command.maxFaults)]
    if let seed = command.seed { words += ["--seed", String(seed)] }
    if let fromPlan = command.fromPlan { words += ["--from-plan", CommandLineText.quoted(fromPlan)] }
    if let results = command.results { words += ["--results", CommandLineText.quoted(results)] }
    return words.joined(separator: " ") + " --resume"
  }

  // MARK: What was known before

  /// Plays what failed before, from the results file and the folder of failures.
  private func earlierFailures(in database: ResultsDatabase) throws -> CoverageCertificate.EarlierFailures {
    var found = try database.earlierFailures(of: input, atMost: Self.earlierLimit)
    for saved in SavedRuns.all(in: command.save ?? SavedRuns.failures) where isAboutThis(saved) {
      let failure = RecordedFailure(
        plan: saved.plan, seed: saved.seed, shape: saved.shape, oracles: saved.result?.violations.map(\.oracle) ?? [])
      let isFound = found.contains { $0.plan == failure.plan && $0.seed == failure.seed && $0.shape == failure.shape }
      if !isFound, found.count < Self.earlierLimit { found.append(failure) }
    }
    var earlier = CoverageCertificate.EarlierFailures()
    for failure in found {
      let verdict = try assignment.play(seed: failure.seed, plan: failure.plan, shape: failure.shape).verdict
      switch verdict.result {
      case .pass: earlier.passing += 1
      case .inconclusive: earlier.unmet += 1
      case .fail: earlier.failing.append(try finding(verdict))
      }
    }
    return earlier
  }

  private func isAboutThis(_ saved: SavedRun) -> Bool {
    (saved.scenario == scenario.path || saved.scenarioDigest == scenario.digest) && saved.agent == agent.name
      && Set(saved.without) == Set(agent.without) && saved.store.text == command.choice.store.rawValue
      && saved.result?.verdict == .fail
  }

  /// Known failures of this scenario and agent that did not happen, or that are expected no longer.
  private func staleEntries(_ certificate: CoverageCertificate) throws -> [String] {
    let now = KnownFile.now
    return try known.entries.compactMap { entry -> String? in
      guard entry.isAbout(scenario: scenario.name, agent: agent.name, without: agent.without) else { return nil }
      let place = "\(known.path):\(entry.line)"
      if entry.isOver(at: now) { return "\(place): its time is over: \(entry.oracle), \(entry.reason)" }
      if certificate.findings.contains(where: { entry.excuses(entry.oracle, in: $0.verdict, at: now) }) { return nil }
      guard certificate.isWhole, certificate.failures.count < Coverage.kept else { return nil }
      if !entry.plan.isEmpty {
        let verdict = try assignment.play(seed: seed, plan: Plan(entry.plan)).verdict
        if verdict.violations.contains(where: { $0.oracle == entry.oracle }) { return nil }
      }
      return "\(place): it does not fail any more: \(entry.oracle), \(entry.reason)"
    }
  }
}

/// How far a search is, told by all its jobs.
final class SearchProgress: Sendable {
  private struct State {
    var display = Progress()
    var scenario = Name("")
    var runs = 0
    var coverage = Coverage()
    var units = 0
    var done = 0
    var doneBefore = 0
  }

  private let state = Mutex(State())
  private let isWatched = Console.isWatched

  var runs: Int { state.withLock { $0.runs } }
  /// Nanoseconds since the search began.
  var elapsed: Int64 { state.withLock { $0.display.elapsed } }

  func begin(_ scenario: Name, units: Int, done: Int) {
    state.withLock { state in
      state.display = Progress()
      state.scenario = scenario
      state.units = units
      state.done = done
      state.doneBefore = done
    }
  }

  func countRun() {
    state.withLock { state in
      state.runs += 1
      if isWatched { Self.show(&state) }
    }
  }

  func add(_ coverage: Coverage) {
    state.withLock { state in
      state.done += 1
      state.coverage.merge(coverage)
    }
  }

  func finish() { state.withLock { $0.display.finish() } }

  private static func show(_ state: inout State) {
    let (runs, coverage, done, units) = (state.runs, state.coverage, state.done, state.units)
    let played = done - state.doneBefore
    let elapsed = state.display.elapsed
    state.display.update(
      SearchProgressLine(
        scenario: state.scenario, runs: runs, elapsed: elapsed, coverage: coverage, done: done, units: units,
        played: played
      ).text)
  }
}
