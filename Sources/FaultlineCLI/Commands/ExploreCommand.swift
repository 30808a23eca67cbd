// `faultline explore`: plays every plan of at most so many faults, or random ones, and says how many that were.

import Agents
import ArgumentParser
import Exploration
import Faultline
import Foundation
import Primitives
import Reporting
import Simulation

struct ExploreCommand: AsyncParsableCommand, PlaysProcesses {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Play every plan of at most so many faults, and end with a number that has a denominator.",
    discussion: """
      A plan is a list of answers other than the default: a fault, a crash, what a decider says, which of two \
      simultaneous events comes first. Each is met, in order, in the run of those before it, and each plan counts \
      once. The scenario's own faults are left out; its systems, intents and limits hold.

      With --runs or --time the plans are random: each seed draws a shape (how quick everything is), which kinds of \
      fault are on and how strong, and then the plan. That reaches further and has no denominator.

      Every unit of work is written to a results file before it is played and after. A search that was killed goes on \
      with --resume; two processes that --resume at the same time share the work. Plans that failed before in the same \
      scenario with the same agent are played first.

      A failure that is known and expected for now stands in .faultline/known.yaml, or in another file with --known:
        known:
          - scenario: happy-path
            agent: naive
            oracle: duplicate-resource
            plan: [{at: {point: cloud.create_cluster, aspect: answer}, choose: response-lost}]
            reason: the fix is in review
            until: 2027-01-01

      Examples:
        faultline explore scenarios/timeout-after-create.yaml --max-faults 1
        faultline explore scenarios/happy-path.yaml --agent naive
        faultline explore scenarios/happy-path.yaml --agent reference --without read-back --format json
        faultline explore scenarios/happy-path.yaml --runs 10000
        faultline explore scenarios --max-faults 1 --format junit --output explore.xml
        faultline explore scenarios/timeout-after-create.yaml --clock virtual -- python3 agent.py
        faultline explore scenarios/happy-path.yaml --trigger http://127.0.0.1:8080/work -- python3 service.py
        faultline explore scenarios/happy-path.yaml --trigger http://127.0.0.1:8080/work \\
          --start-command 'docker start agent' --kill-command 'docker kill agent'

      Exit status: 0 no violation that is not known, and nothing undecided; 1 a violation, or a plan that was given up \
      at a limit; 2 bad input; 3 a run that hashed otherwise the second time; 130 stopped by Ctrl-C, with a \
      certificate that says it is partial.
      """)

  @Argument(help: "Scenario files, or folders of them.", completion: .file())
  var paths: [String] = []

  @OptionGroup(title: "Agent") var choice: AgentOptions

  @Option(help: "How many answers other than the default a plan may have: 1, or 3 with --runs or --time.")
  var maxFaults: Int?

  @Option(help: "Of the points that a process reveals, try at most so many, spread evenly over its run.")
  var points: Int?

  @Option(
    help: """
      Play each plan with this agent in a simulation, too, such as reference, and compare: the same outcome, findings \
      and effects. The points are then those that both reveal.
      """)
  var compare: String?

  @Option(help: "Play so many random plans instead, one for each seed.")
  var runs: Int?

  @Option(help: "Play random plans for so long, such as 60s, 5m or 1h, for each scenario.")
  var time: Span?

  @Option(help: "Begin every plan with the one in this file, which 'faultline run' saved.", completion: .file())
  var fromPlan: String?

  @Option(
    help: """
      Where draws such as latencies come from; 0, which takes the middle of every band. Of random plans the first \
      one's; 1.
      """)
  var seed: UInt64?

  @Option(
    help: """
      How many units to play at the same time; one for each core where nothing is given, and one of a service, whose \
      names and ports are its own.
      """)
  var jobs: Int?

  @Option(help: "The share of runs that are played a second time and must hash the same, such as 1% or 100%.")
  var recheck: Share = Share(percent: 1)

  @Option(
    help: ArgumentHelp(
      "The results file. By default \(ResultsFile.description).", valueName: "file"),
    completion: .file())
  var results: String?

  @Flag(help: "Go on with the latest unfinished search of the same input, or begin one.")
  var resume = false

  @Option(help: "Failures that are expected for now; .faultline/known.yaml where there is one.", completion: .file())
  var known: String?

  @OptionGroup(title: "A process as the agent") var outsideOptions: OutsideOptions

  @OptionGroup(title: "A service as the agent") var service: ServiceOptions

  @Option(help: "How often each plan is played with a process, which is not deterministic.")
  var trials: Int = 1

  @OptionGroup(title: "Output") var output: OutputOptions

  @Option(help: "Save the plans that fail to this folder; to .faultline/failures by default.", completion: .directory)
  var save: String?

  func validate() throws {
    guard trials >= 1 else { throw ValidationError("--trials must be at least 1") }
    guard trials == 1 || isOutside else {
      throw ValidationError("--trials is for a process, given as a command after --")
    }
    guard points.map({ $0 >= 1 && isOutside }) ?? true else {
      throw ValidationError("--points takes at least 1, and is for a process, given as a command after --")
    }
    guard compare == nil || isOutside else {
      throw ValidationError("--compare is for a process, given as a command after --")
    }
    try service.check(workflows: choice.workflows)
    guard service.trigger == nil || jobs ?? 1 == 1 else {
      throw ValidationError(
        "--jobs \(jobs ?? 1) would hand the work of several trials to the one service at --trigger at the same time; "
          + "leave out --jobs")
    }
    guard !isOutside || (choice.agent == nil && !isRandom && faultLimit == 1 && fromPlan == nil && !resume) else {
      throw ValidationError(
        "a command after --, or a service, is tried with every single fault; leave out --agent, --runs, --time, "
          + "--from-plan, --resume and any --max-faults but 1")
    }
    guard (maxFaults ?? 0) >= 0 else { throw ValidationError("--max-faults must not be negative") }
    guard (jobs ?? 1) >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard (runs ?? 1) >= 1 else { throw ValidationError("--runs must be at least 1") }
    guard runs == nil || time == nil else { throw ValidationError("give --runs or --time, not both") }
    guard !isRandom || fromPlan == nil else {
      throw ValidationError("--from-plan is for the search of every plan; leave out --runs and --time")
    }
    guard seed ?? 0 <= UInt64.max - UInt64(runs ?? .max) else { throw ValidationError("--seed is too large") }
    guard !paths.isEmpty || fromPlan != nil else {
      throw ValidationError("name a scenario, such as scenarios/happy-path.yaml, or a folder of them")
    }
  }

  /// Whether plans are drawn, not enumerated.
  var isRandom: Bool { runs != nil || time != nil }

  var faultLimit: Int { maxFaults ?? (isRandom ? 3 : 1) }

  var workers: Int { jobs ?? (service.isGiven ? 1 : Machine.cores) }

  private var isOutside: Bool { service.isOutside }

  func run() async throws {
    try output.check()
    guard !isOutside else {
      let status = try await exploreOutside()
      guard status == .asExpected else { throw ExitCode(status) }
      return
    }
    let agent = try choice.agent(orElse: "reference")
    let assignments = try situations().map {
      try Assignment(
        $0.with(replicas: choice.replicas, workflows: choice.workflows), agent: agent, isChecked: false)
    }
    let known = try KnownFile.read(known)
    let database = try ResultsFile.open(results)
    let interrupt = Interrupt()
    let searches = assignments.map { Search(command: self, assignment: $0, known: known) }
    let status =
      if isRandom {
        try await finish(searches, until: interrupt) { try await $0.playRandom(in: database, until: interrupt) }
      } else {
        try await finish(searches, until: interrupt) { try await $0.playEvery(in: database, until: interrupt) }
      }
    guard status == .asExpected else { throw ExitCode(status) }
  }

  /// Plays the searches one after the other and delivers what they found.
  private func finish<C: Certificate>(
    _ searches: [Search], until interrupt: Interrupt, play: (Search) async throws -> FinishedSearch<C>
  ) async throws -> ExitStatus {
    var finished: [FinishedSearch<C>] = []
    for search in searches where !interrupt.isRaised { finished.append(try await play(search)) }
    let status: ExitStatus =
      interrupt.isRaised
      ? .interrupted : finished.allSatisfy(\.certificate.isGood) ? .asExpected : .notAsExpected
    try deliver(finished, status: status)
    return status
  }

  func situations() throws -> [Situation] {
    guard let fromPlan else {
      let situations = try Library.situations(in: paths)
      guard let saved = situations.first(where: { !$0.isScenario }) else { return situations }
      throw Refusal.badInput(
        "'\(saved.path)' is a saved run, not a scenario",
        remedy: "search on from its plan: faultline explore --from-plan \(CommandLineText.quoted(saved.path))")
    }
    let saved = try SavedRuns.read(fromPlan)
    let scenarios = paths.isEmpty ? [saved.scenario] : try Files.scenarios(in: paths)
    let situations = try Library.situations(in: scenarios)
    return situations.map {
      Situation($0.scenario, seed: saved.seed, origin: saved.plan).with(replicas: saved.replicas)
    }
  }

  private func deliver<C: Certificate>(_ searches: [FinishedSearch<C>], status: ExitStatus) throws {
    let certificates = searches.map(\.certificate)
    let findings = certificates.flatMap(\.record.findings)
    if output.format != .text {
      // These forms list failures, and what no run touched is none.
      for certificate in certificates {
        if let insistence = certificate.insistence {
          Console.complain("\(certificate.record.scenario.path): \(insistence)")
        }
      }
    }
    switch output.format {
    case .json: try output.deliver(certificates.map(\.json).joined(separator: "\n"))
    case .junit: try output.deliver(JUnitReport(try searches.flatMap { try $0.cases() }).xml())
    case .github:
      try output.deliver(GitHubAnnotations.text(findings, summary: C.total(certificates)))
    case .sarif:
      try output.deliver(SARIFReport(findings, isWhole: certificates.allSatisfy(\.record.isWhole)).line)
    case .text:
      let style = output.style
      if certificates.count == 1, let only = certificates.first {
        return try output.deliver(only.text(style, exit: status.rawValue))
      }
      let complaints = certificates.map { $0.complaints(style) }.filter { !$0.isEmpty }
      let table = C.table(certificates, style)
      let ending = "exit \(status.rawValue)\n\(C.total(certificates))"
      try output.deliver((complaints + [table, ending]).joined(separator: "\n\n"))
    }
  }
}

/// A share of a hundred, as people write it: `1%`.
struct Share: ExpressibleByArgument {
  let percent: Int

  init(percent: Int) { self.percent = percent }

  init?(argument: String) {
    guard let percent = Int(argument.hasSuffix("%") ? String(argument.dropLast()) : argument),
      (0...100).contains(percent)
    else { return nil }
    self.percent = percent
  }

  var defaultValueDescription: String { "\(percent)%" }
}

/// A time of the clock on the wall, as people write it: `60s`, `5m`, `1h`.
struct Span: ExpressibleByArgument {
  let nanoseconds: Int64
  let defaultValueDescription: String

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600]
    guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
      (1...1_000_000).contains(count)
    else { return nil }
    nanoseconds = count * unit * 1_000_000_000
    defaultValueDescription = argument
  }
}
