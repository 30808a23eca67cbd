// `faultline run`: plays scenarios, checks expectations or judges one agent, and tells what happened.

import Agents
import ArgumentParser
import Exploration
import Faultline
import Foundation
import Primitives
import Reporting
import Simulation

struct RunCommand: AsyncParsableCommand, PlaysProcesses {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Play scenarios and judge agents by what the systems hold afterwards.",
    discussion: """
      Without an agent, each scenario is played against every agent that it names, and its expectations are \
      checked. With --agent, that agent is judged: any violation is a failure, expected or not.

      Examples:
        faultline run scenarios
        faultline run scenarios/timeout-after-create.yaml --agent naive
        faultline run scenarios/timeout-after-create.yaml --agent reference --without idempotency-keys
        faultline run .faultline/failures/7f3a.yaml --agent reference
        faultline run scenarios/leaving-customer.yaml --dry-run
        faultline run scenarios/happy-path.yaml --agent reference --runs 10000 --max-faults 3 --verify-replay
        faultline run scenarios/timeout-after-create.yaml --trials 3 -- python3 agent.py
        faultline run scenarios/happy-path.yaml --trigger http://127.0.0.1:8080/work -- python3 service.py

      An agent in a container (--network host lets it reach the world, which is on this machine's loopback):
        faultline run scenarios/timeout-after-create.yaml \\
          --start-command 'docker run --rm --network host --name agent-$FAULTLINE_RUN_ID \\
            --env-file "$FAULTLINE_ENV_FILE" my-agent' \\
          --kill-command 'docker rm --force agent-$FAULTLINE_RUN_ID'
      """)

  @Argument(
    help: "Scenario files, saved runs, or folders of them; ./scenarios where none is given.", completion: .file())
  var paths: [String] = []

  @OptionGroup(title: "Agent") var choice: AgentOptions

  @Option(help: "The seed of the first run; 1, or a saved run's own, where none is given.")
  var seed: UInt64?

  @Option(help: "How many runs, each with the next seed.")
  var runs: Int = 1

  @Option(help: "How often to repeat a run of a process that isn't deterministic.")
  var trials: Int = 1

  @Option(help: "Inject up to this many random faults a run, instead of the scenario's own.")
  var maxFaults: Int?

  @Option(help: "How many runs to play at the same time; one for each core where nothing is given.")
  var jobs: Int?

  @Flag(
    help: "Have the effects of the workflow planned and none caused, without faults; by the reference unless --agent.")
  var dryRun = false

  @Flag(help: "Play each run again from its plan; another hash is a defect (exit status 3).")
  var verifyReplay = false

  @OptionGroup(title: "A process as the agent") var outsideOptions: OutsideOptions

  @OptionGroup(title: "A service as the agent") var service: ServiceOptions

  @OptionGroup(title: "Output") var output: OutputOptions

  @OptionGroup(title: "Telemetry") var telemetry: TelemetryOptions

  @Flag(help: "Also show what the agent thought it was doing, from its store alone.")
  var explain = false

  @Flag(help: "Show every event of the run.")
  var all = false

  @Option(
    help: "Save every run to this folder; failures of --agent go to .faultline/failures anyhow.",
    completion: .directory)
  var save: String?

  func validate() throws {
    guard runs >= 1 else { throw ValidationError("--runs must be at least 1") }
    guard trials >= 1 else { throw ValidationError("--trials must be at least 1") }
    guard !isOutside || (choice.agent == nil && runs == 1 && maxFaults == nil && !verifyReplay && !explain && !dryRun)
    else {
      throw ValidationError(
        "a command after --, or a service, is the agent, played in the scenario's own faults; leave out --agent, --runs, "
          + "--max-faults, --verify-replay, --explain and --dry-run, and see 'faultline explore'")
    }
    try service.check(workflows: choice.workflows)
    guard trials == 1 || isOutside else {
      throw ValidationError("--trials is for processes; built-in agents are deterministic, use --runs for more seeds")
    }
    guard (jobs ?? 1) >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard (maxFaults ?? 0) >= 0 else { throw ValidationError("--max-faults must not be negative") }
    guard seed ?? 1 <= UInt64.max - UInt64(runs) else {
      throw ValidationError("--seed is too large for --runs \(runs)")
    }
    guard !dryRun || (maxFaults == nil && runs == 1) else {
      throw ValidationError("--dry-run has one plan made without faults; leave out --max-faults and --runs")
    }
    guard maxFaults == nil || choice.agent != nil else {
      throw ValidationError(
        "--max-faults replaces the faults that expectations are about; add --agent to judge one agent")
    }
    guard !(explain || all) || isOutside || (choice.agent != nil && runs == 1) else {
      throw ValidationError("--explain and --all show one run closely; add --agent, and leave out --runs")
    }
  }

  func run() async throws {
    try output.check()
    try telemetry.check()
    guard !isOutside else {
      let status = try await playOutside()
      guard status == .asExpected else { throw ExitCode(status) }
      return
    }
    let agent = dryRun ? try choice.agent(orElse: "reference") : try choice.make()
    let found = try Library.situations(in: paths.isEmpty ? ["scenarios"] : paths)
      .map { $0.with(replicas: choice.replicas, workflows: choice.workflows) }
    let situations = dryRun ? found.map(\.withoutEffects) : found
    let assignments = try situations.flatMap { situation in
      try agent.map { [try Assignment(situation, agent: $0, isChecked: false)] }
        ?? Assignment.expected(of: situation, store: choice.store)
    }
    let files = try telemetry.open()
    let status: ExitStatus
    if dryRun {
      status = try playPlans(assignments, files)
    } else if agent != nil, assignments.count == 1, runs == 1 {
      status = try playOne(assignments[0], files)
    } else if explain || all {
      throw Refusal.badInput("--explain and --all show one run closely", remedy: "name one scenario file")
    } else if agent != nil, runs > 1, output.format == .text {
      status = try await playCampaigns(assignments, files)
    } else {
      status = try await playTable(assignments, files)
    }
    try files.close()
    guard status == .asExpected else { throw ExitCode(status) }
  }

  private var isOutside: Bool { service.isOutside }

  /// The options that shape random runs, as typed.
  var shape: String { maxFaults.map { "--max-faults \($0)" } ?? "" }

  /// The options beside agent and seed that lead to the same random runs.
  var reproducing: String {
    (shape + CommandLineText.replicas(choice.replicas) + CommandLineText.workflows(choice.workflows))
      .trimmingCharacters(in: .whitespaces)
  }

  func firstSeed(of assignment: Assignment) -> UInt64 { seed ?? assignment.situation.seed ?? 1 }

  // MARK: One run

  /// Has each workflow planned, one after the other.
  private func playPlans(_ assignments: [Assignment], _ files: TelemetryFiles) throws -> ExitStatus {
    guard assignments.count == 1 || output.output == nil else {
      throw Refusal.badInput("a file holds one plan", remedy: "name one scenario, or leave out --output")
    }
    var status = ExitStatus.asExpected
    for assignment in assignments where try playOne(assignment, files) != .asExpected {
      status = .notAsExpected
    }
    return status
  }

  private func playOne(_ assignment: Assignment, _ files: TelemetryFiles) throws -> ExitStatus {
    let seed = firstSeed(of: assignment)
    let search = assignment.search(maxFaults: maxFaults, rechecksAll: verifyReplay)
    let record = try search.play(seed: seed, isRecording: true)
    try files.add(record, of: assignment)
    let verdict = record.verdict
    let status: ExitStatus = assignment.isAsExpected(verdict) ? .asExpected : .notAsExpected
    let investigation = try assignment.investigate(verdict)
    let saved = dryRun ? nil : try keep(record, of: assignment, investigation: investigation)
    let story = story(record, of: assignment, investigation: investigation, saved: saved, status: status)
    switch output.format {
    case .json:
      let planned = dryRun || assignment.scenario.isDryRun ? record.planned : nil
      try output.deliver(VerdictJSON.line(verdict, investigation: investigation, planned: planned))
    case .text: try output.deliver(story)
    case .junit:
      try output.deliver(
        JUnitReport([.init(verdict: verdict, isAsExpected: status == .asExpected, text: story)]).xml())
    case .github, .sarif:
      let summary = SummaryTable([row(verdict, of: assignment)]).summary
      try output.deliver(findings(status == .asExpected ? [] : [finding(record, of: assignment)], summary: summary))
    }
    return status
  }

  private func story(
    _ record: RunRecord, of assignment: Assignment, investigation: Investigation?, saved: String?,
    status: ExitStatus
  ) -> String {
    var report = RunReport(
      record, of: assignment.scenario, catalogue: assignment.setup.catalogue, exit: status.rawValue)
    report.showsAll = all
    report.investigation = investigation
    report.commands = Offers.commands(for: record.verdict, path: assignment.path, saved: saved, shape: shape)
    if !assignment.situation.isScenario, saved == nil { report.commands.test = nil }
    let style = output.format == .text ? output.style : .plain
    let explanation = explain ? "\n\n" + RunReport.explanation(record, style) : ""
    return report.text(style) + explanation
  }

  /// Saves the run where it was asked for, and where an agent that is judged failed.
  func keep(
    _ record: RunRecord, of assignment: Assignment, investigation: Investigation?
  ) throws -> String? {
    let isFailure = !assignment.isChecked && record.verdict.result != .pass
    guard let folder = save ?? (isFailure ? SavedRuns.failures : nil) else { return nil }
    return try SavedRuns.write(
      record, of: assignment, investigation: investigation, store: choice.store, into: folder)
  }

  /// Plays a run once more, with its events, and saves it.
  func keep(_ verdict: Verdict, of assignment: Assignment) throws -> String? {
    guard save != nil || (!assignment.isChecked && verdict.result != .pass) else { return nil }
    let again = try assignment.replay(verdict)
    return try keep(again, of: assignment, investigation: assignment.investigate(again.verdict))
  }
}
