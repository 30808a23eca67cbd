// One search from the command line: earlier failures first, then every unit, then what came of it.

import Agents
import Exploration
import Faultline
import Foundation
import Primitives
import Reporting
import Simulation

/// A search that has ended, with what its failures need to be shown.
struct FinishedSearch<C: Certificate> {
  var certificate: C
  let assignment: Assignment

  /// Test cases for a CI server, each failure with its story.
  func cases() throws -> [JUnitReport.Case] {
    var stories: [String] = []
    for finding in certificate.record.findings {
      let verdict = finding.verdict
      let record = try assignment.replay(verdict)
      var report = RunReport(record, of: assignment.scenario, catalogue: assignment.setup.catalogue)
      report.investigation = finding.investigation
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
  private var seed: UInt64 { command.seed ?? assignment.situation.seed ?? (command.isRandom ? 1 : 0) }

  /// How many earlier failures are played again.
  private static let earlierLimit = 100

  private var input: CampaignInput {
    CampaignInput(
      scenario: scenario.path, scenarioDigest: scenario.digest, agent: agent.name, without: agent.without,
      store: Name(command.choice.store.rawValue), kind: command.isRandom ? .random : .exhaustive,
      replicas: scenario.rollout.chosen, workflows: command.choice.workflows, maxFaults: command.faultLimit, seed: seed,
      runs: command.runs, prefix: origin, version: FaultlineVersion.current)
  }

  // MARK: Every plan

  /// Plays what is left of an exhaustive search.
  ///
  /// - Throws: a refusal where the plan to start from does not fit, and a defect where two runs of one input differ.
  func playEvery(in database: ResultsDatabase, until interrupt: Interrupt) async throws
    -> FinishedSearch<CoverageCertificate>
  {
    let progress = SearchProgress(Coverage()) { $0.figures }
    defer { progress.finish() }
    let search = ExhaustiveSearch(
      setup: assignment.setup, agent: agent, maxFaults: command.faultLimit, from: origin, seed: seed)
    let earlier = try playEarlier(in: database)
    let work: ExhaustiveWork
    do {
      work = try ExhaustiveWork(search, recheck: Recheck(percent: command.recheck.percent)) { _ in progress.countRun() }
    } catch let error as ExplorationError {
      throw Refusal.badInput("\(error)", remedy: "leave out --from-plan, or choose the scenario it was saved for")
    }
    var sum = ExhaustiveWork.Outcome()
    let (campaign, record) = try await play(
      work, in: database, until: interrupt, progress, watched: { $0.merge($1.coverage) }, counted: { sum.merge($0) })
    var certificate = CoverageCertificate(record, origin: origin, coverage: sum.coverage, rechecked: sum.rechecked)
    let failures = try sum.coverage.minimalPlans.map { try assignment.play(seed: $0.seed, plan: $0.plan).verdict }
    try complete(&certificate, failures: failures, earlier: earlier)
    if certificate.record.isWhole { try database.keep(certificate: certificate.json, of: campaign) }
    return FinishedSearch(certificate: certificate, assignment: assignment)
  }

  // MARK: Random runs

  /// Plays what is left of a random search, or as much of it as there is time for.
  ///
  /// - Throws: a defect where two runs of one input differ.
  func playRandom(in database: ResultsDatabase, until interrupt: Interrupt) async throws
    -> FinishedSearch<RandomCertificate>
  {
    let progress = SearchProgress(RandomCoverage()) { $0.figures }
    defer { progress.finish() }
    let search = RandomSearch(
      setup: assignment.setup, agent: agent, faults: .random(atMost: command.faultLimit),
      recheckPercent: command.recheck.percent)
    let earlier = try playEarlier(in: database)
    let work = RandomWork(search, from: seed, runs: command.runs) { _ in progress.countRun() }
    var coverage = RandomCoverage()
    let (campaign, record) = try await play(
      work, in: database, until: interrupt, progress, watched: { $0.merge($1) }, counted: { coverage.merge($0) })
    var certificate = RandomCertificate(record, coverage: coverage)
    let failures = try certificate.coverage.failures.map { failure in
      // It will be replayed from its plan, so the plan must give the same hash as the seed did.
      let verdict = try search.play(seed: failure.seed).verdict
      try search.recheck(verdict)
      return verdict
    }
    try complete(&certificate, failures: failures, earlier: earlier)
    if certificate.record.isWhole { try database.keep(certificate: certificate.json, of: campaign) }
    return FinishedSearch(certificate: certificate, assignment: assignment)
  }

  // MARK: What came of it

  /// Plays the units that are left.
  ///
  /// - Parameters:
  ///   - watched: adds a unit that was played to what is shown meanwhile.
  ///   - counted: takes each unit on file, one at a time, whoever played it.
  /// - Returns: the campaign, and a record that says how far the search is.
  private func play<Work: UnitWork, Sum>(
    _ work: Work, in database: ResultsDatabase, until interrupt: Interrupt, _ progress: SearchProgress<Sum>,
    watched: @escaping @Sendable (inout Sum, Work.Outcome) -> Void, counted: (Work.Outcome) -> Void
  ) async throws -> (ResultsDatabase.Campaign, SearchRecord) {
    do {
      let recorded = try RecordedCampaign(input, work: work, in: database, isResuming: command.resume)
      progress.begin(scenario.name, units: work.unitCount, done: recorded.campaign.recorded)
      let limit = command.time?.nanoseconds ?? .max
      let isWhole = try await recorded.play(
        jobs: command.workers, isCancelled: { interrupt.isRaised }, isTimeUp: { progress.elapsed >= limit }
      ) { outcome in
        progress.add { watched(&$0, outcome) }
      }
      var units = 0
      try recorded.readOutcomes { outcome in
        counted(outcome)
        units += 1
      }
      var record = SearchRecord(
        scenario: scenario, agent: agent.name, without: agent.without, maxFaults: command.faultLimit, seed: seed)
      record.units = (units, work.unitCount ?? units)
      record.isWhole = work.unitCount.map { $0 == units } ?? isWhole
      record.resumedUnits = recorded.campaign.recorded
      record.played = (progress.runs, progress.elapsed)
      record.resumeCommand = resumeCommand
      return (recorded.campaign, record)
    } catch let mismatch as ResultsMismatch {
      throw Refusal.defect(mismatch.description)
    }
  }

  /// Adds what fails and what failed before.
  private func complete(_ certificate: inout some Certificate, failures: [Verdict], earlier: Earlier) throws {
    // What is found again is not an earlier failure any more.
    let gone = earlier.failing.filter { old in
      !failures.contains { $0.plan == old.plan && $0.seed == old.seed && $0.shape == old.shape }
    }
    var explained: Set<Name> = []
    certificate.record.earlier = earlier.counts
    certificate.record.earlier.failing = try gone.map { try finding($0, &explained) }
    certificate.record.failures = try failures.map { try finding($0, &explained) }
    certificate.record.refound = earlier.failing.count - gone.count
    certificate.record.stale = try staleEntries(certificate)
  }

  /// Plays a failure with its events, saves it, and says where it can be seen again.
  ///
  /// - Parameter explained: oracles of which a failure has been investigated; the first of each is.
  private func finding(_ verdict: Verdict, _ explained: inout Set<Name>) throws -> Finding {
    let record = try assignment.replay(verdict)
    let reasons = known.reasons(for: record.verdict, at: KnownFile.now)
    let oracles = Set(verdict.violations.map(\.oracle))
    var investigation: Investigation?
    if reasons == nil, !oracles.isSubset(of: explained) {
      explained.formUnion(oracles)
      investigation = try assignment.investigate(record.verdict)
    }
    let file = try SavedRuns.write(
      record, of: assignment, investigation: investigation, store: command.choice.store,
      into: command.save ?? SavedRuns.failures)
    return assignment.finding(
      record, command: "faultline replay \(CommandLineText.quoted(file))",
      knownReason: reasons?.joined(separator: "; "), investigation: investigation)
  }

  /// The command that goes on with this search.
  private var resumeCommand: String {
    var words = ["faultline explore", CommandLineText.quoted(scenario.path), "--agent", agent.name.text]
    if !agent.without.isEmpty { words += ["--without", agent.without.map(\.text).joined(separator: ",")] }
    if let replicas = scenario.rollout.chosen { words += ["--replicas", String(replicas)] }
    if let workflows = command.choice.workflows { words += ["--workflows", String(workflows)] }
    if command.choice.store != .model { words += ["--store", command.choice.store.rawValue] }
    words += ["--max-faults", String(command.faultLimit)]
    if let runs = command.runs { words += ["--runs", String(runs)] }
    if let time = command.time { words += ["--time", time.defaultValueDescription] }
    if let seed = command.seed { words += ["--seed", String(seed)] }
    if let fromPlan = command.fromPlan { words += ["--from-plan", CommandLineText.quoted(fromPlan)] }
    if let results = command.results { words += ["--results", CommandLineText.quoted(results)] }
    return words.joined(separator: " ") + " --resume"
  }

  // MARK: What was known before

  /// What became of the plans that failed before.
  private struct Earlier {
    var counts = SearchRecord.EarlierFailures()
    var failing: [Verdict] = []
  }

  /// Plays what failed before, from the results file and the folder of failures.
  private func playEarlier(in database: ResultsDatabase) throws -> Earlier {
    var found = try database.earlierFailures(of: input, atMost: Self.earlierLimit)
    for saved in SavedRuns.all(in: command.save ?? SavedRuns.failures) where isAboutThis(saved) {
      let failure = RecordedFailure(
        plan: saved.plan, seed: saved.seed, shape: saved.shape, oracles: saved.result?.violations.map(\.oracle) ?? [])
      let isFound = found.contains { $0.plan == failure.plan && $0.seed == failure.seed && $0.shape == failure.shape }
      if !isFound, found.count < Self.earlierLimit { found.append(failure) }
    }
    var earlier = Earlier()
    for failure in found {
      let verdict = try assignment.play(seed: failure.seed, plan: failure.plan, shape: failure.shape).verdict
      switch verdict.result {
      case .pass: earlier.counts.passing += 1
      case .inconclusive, .contaminated: earlier.counts.unmet += 1
      case .fail: earlier.failing.append(verdict)
      }
    }
    return earlier
  }

  private func isAboutThis(_ saved: SavedRun) -> Bool {
    (saved.scenario == scenario.path || saved.scenarioDigest == scenario.digest) && saved.agent == agent.name
      && Set(saved.without) == Set(agent.without) && saved.store.text == command.choice.store.rawValue
      && saved.replicas == scenario.rollout.chosen
      && saved.result?.verdict == .fail
  }

  /// Known failures of this scenario and agent that did not happen, or that are expected no longer.
  private func staleEntries(_ certificate: some Certificate) throws -> [String] {
    let now = KnownFile.now
    return try known.entries.compactMap { entry -> String? in
      guard entry.isAbout(scenario: scenario.name, agent: agent.name, without: agent.without) else { return nil }
      let place = "\(known.path):\(entry.line)"
      if entry.isOver(at: now) { return "\(place): its time is over: \(entry.oracle), \(entry.reason)" }
      if certificate.record.findings.contains(where: { entry.excuses(entry.oracle, in: $0.verdict, at: now) }) { return nil }
      // That chance did not meet it says nothing.
      guard !command.isRandom, certificate.record.isWhole, certificate.areAllListed else { return nil }
      if !entry.plan.isEmpty {
        let verdict = try assignment.play(seed: seed, plan: Plan(entry.plan)).verdict
        if verdict.violations.contains(where: { $0.oracle == entry.oracle }) { return nil }
      }
      return "\(place): it does not fail any more: \(entry.oracle), \(entry.reason)"
    }
  }
}
