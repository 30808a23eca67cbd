// The search behind the trait: the scenario's own faults first, then random ones, and the first failure told well.

import Agents
import Backends
import Exploration
import Faultline
import Foundation
import Primitives
import Reporting
import Simulation
import Testing

/// Runs of one agent in one scenario, and what a test says about them.
struct SurvivalSearch: Sendable {
  /// As the test names it.
  var scenario: String
  var agent: AgentChoice
  /// From 0 up. Not of `UInt64`: literals of a range of those do not compile within `@Test(…)`.
  var seeds: ClosedRange<Int>
  var maxFaults: Int
  /// What goes wrong in the one run to play; nil for a search.
  var plan: FaultPlan?
  /// What kind of day it is in that run; a search draws it for each seed.
  var shape = RunShape.nominal
  /// How many replicas of the agent there are; nil where the scenario says it.
  var replicas: Int?
  /// Systems of the user's own that the scenario's world may hold.
  var backends: [BackendProfile] = []
  /// Workflows of the user's own that the scenario may be about.
  var workflows: [WorkflowTemplate] = []
  /// The package that the scenario and the saved failures belong to.
  var root: String

  /// The variable that limits a search to one seed.
  static let seedVariable = "FAULTLINE_SEED"

  /// Plays all runs and records one issue where any failed, or where nothing could be played.
  ///
  /// - Parameter test: the test's name, for the command that plays the failing run again.
  /// - Returns: whether the agent survived.
  @discardableResult
  func recordIssues(at location: SourceLocation, test: String?) -> Bool {
    do {
      guard let failure = try failure(test: test) else { return true }
      Issue.record(failure, sourceLocation: location)
    } catch {
      Issue.record(FaultlineFailure("\(scenario) could not be played.\n\(error)"), sourceLocation: location)
    }
    return false
  }

  /// The first run that failed, told; nil where the agent survived all.
  func failure(test: String?) throws -> FaultlineFailure? {
    let only = try Self.onlySeed(ProcessInfo.processInfo.environment[Self.seedVariable])
    guard seeds.lowerBound >= 0 else { throw FaultlineFailure("Seeds are numbers from 0 up; \(seeds) are not.") }
    let setup = try WorldSetup(scenario: readScenario(), profiles: BackendRegistry.profiles + backends)
    let agent = try agent.make()
    var played = 0
    var failed: [(verdict: Verdict, isRandom: Bool)] = []
    let seeds = only.map { $0..<$0 + 1 } ?? UInt64(self.seeds.lowerBound)..<UInt64(self.seeds.upperBound) + 1
    func play(_ faults: RandomSearch.Faults, _ seeds: Range<UInt64>, isRandom: Bool) throws {
      let search = RandomSearch(setup: setup, agent: agent, faults: faults)
      played += try search.play(seeds) { if $0.result != .pass { failed.append(($0, isRandom)) } }.runs
    }
    if let plan {
      let input = RunInput(
        scenario: setup.scenario, agent: agent, seed: seeds.lowerBound, chance: .plan(try plan.read()),
        shape: shape)
      let record = try Runner.run(input, in: setup)
      if let site = record.repeatedSite { throw Mismatch.repeatedSite(site, seed: input.seed) }
      if record.verdict.result != .pass { failed.append((record.verdict, isRandom: true)) }
      played = 1
    } else {
      try play(.scenario, seeds.lowerBound..<seeds.lowerBound + 1, isRandom: false)
      try play(.random(atMost: maxFaults), seeds, isRandom: true)
    }
    guard let first = failed.first else { return nil }
    return try tell(
      first.verdict, isRandom: first.isRandom, agent, setup, failed: failed.count, played: played, test: test)
  }

  private func readScenario() throws -> Scenario {
    let path = PackageRoot.resolve(scenario, from: root)
    var read = try ScenarioReader(Vocabulary.standard(adding: backends, workflows: workflows)).read(path: path)
    read.path = scenario
    if let replicas {
      guard 1...Scenario.Rollout.most ~= replicas else {
        throw FaultlineFailure("There may be 1 to \(Scenario.Rollout.most) replicas; \(replicas) are none of these.")
      }
      read.rollout.chosen = replicas
    }
    return read
  }

  /// - Throws: a failure that says what was expected, where the text is no seed.
  static func onlySeed(_ text: String?) throws -> UInt64? {
    guard let text, !text.isEmpty else { return nil }
    guard let seed = UInt64(text) else {
      throw FaultlineFailure("\(seedVariable) is '\(text)'; expected a whole number from 0 up, such as 7.")
    }
    return seed
  }

  // MARK: Telling

  private func tell(
    _ verdict: Verdict, isRandom: Bool, _ agent: any AgentUnderTest, _ setup: WorldSetup, failed: Int, played: Int,
    test: String?
  ) throws -> FaultlineFailure {
    let investigation = try Investigation(
      setup: setup, agent: agent, verdict: verdict, model: ReferenceAgent())
    // An inconclusive run is told with the plan that was asked for, so that the missed fault shows.
    let plan = try investigation?.verdict.plan ?? self.plan?.read() ?? setup.scenario.faults
    let input = RunInput(
      replaying: investigation?.verdict ?? verdict, agent: agent, in: setup.scenario, plan: plan, isRecording: true)
    var record = try Runner.run(input, in: setup)
    if isRandom, record.verdict.result != .inconclusive {
      // What a scenario expects, it expects of its own faults.
      record.verdict.expectation = .none
      record.verdict.reasons = []
    }
    var report = RunReport(record, of: setup.scenario, catalogue: setup.catalogue)
    report.investigation = investigation
    let saved = try SavedRun(
      record.verdict, of: setup.scenario, version: FaultlineVersion.current, report: report.text(.plain)
    ).save(in: "\(root)/.faultline/failures")
    let shown = saved.hasPrefix(root + "/") ? String(saved.dropFirst(root.count + 1)) : saved
    report.commands = RunReport.Commands(
      show: "faultline show \(CommandLineText.quoted(shown))", run: Self.command(seed: verdict.seed, test: test))
    var opening = "\(verdict.agent) does not survive \(scenario): \(failed) of \(played) runs failed"
    opening += ", the first with seed \(verdict.seed)"
    let removed = verdict.plan.entries.count - plan.entries.count
    if removed > 0 { opening += " (\(removed) of its \(verdict.plan.entries.count) faults were not needed)" }
    return FaultlineFailure(
      "\(opening).\n\n\(report.text(.plain))", verdict: record.verdict, failed: failed, played: played)
  }

  /// What plays the failing seed again, whatever agent the test puts into the scenario.
  static func command(seed: UInt64, test: String?) -> String {
    let name = test.map { String($0.prefix { $0 != "(" }) } ?? ""
    return "\(seedVariable)=\(seed) swift test" + (name.isEmpty ? "" : " --filter \(CommandLineText.quoted(name))")
  }
}
