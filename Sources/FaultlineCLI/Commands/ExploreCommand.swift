// `faultline explore`: plays every plan of at most so many faults, and says how many that were.

import Agents
import ArgumentParser
import Exploration
import Faultline
import Foundation
import Primitives
import Reporting
import Simulation

struct ExploreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Play every plan of at most so many faults, and end with a number that has a denominator.",
    discussion: """
      A plan is a list of answers other than the default: a fault, a crash, what a decider says, which of two \
      simultaneous events comes first. Each is met, in order, in the run of those before it, and each plan counts \
      once. The scenario's own faults are left out; its systems, intents and limits hold.

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
        faultline explore scenarios --max-faults 1 --format junit --output explore.xml

      Exit status: 0 no violation that is not known, and nothing undecided; 1 a violation, or a plan that was given up \
      at a limit; 2 bad input; 3 a run that hashed otherwise the second time; 130 stopped by Ctrl-C, with a \
      certificate that says it is partial.
      """)

  @Argument(help: "Scenario files, or folders of them.", completion: .file())
  var paths: [String] = []

  @OptionGroup(title: "Agent") var choice: AgentOptions

  @Option(help: "How many answers other than the default a plan may have.")
  var maxFaults: Int = 1

  @Option(help: "Begin every plan with the one in this file, which 'faultline run' saved.", completion: .file())
  var fromPlan: String?

  @Option(help: "Where draws such as latencies come from; 0 takes the middle of every band.")
  var seed: UInt64?

  @Option(help: "How many units to play at the same time; one for each core where nothing is given.")
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

  @OptionGroup(title: "Output") var output: OutputOptions

  @Option(help: "Save the plans that fail to this folder; to .faultline/failures by default.", completion: .directory)
  var save: String?

  func validate() throws {
    guard maxFaults >= 0 else { throw ValidationError("--max-faults must not be negative") }
    guard (jobs ?? 1) >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard !paths.isEmpty || fromPlan != nil else {
      throw ValidationError("name a scenario, such as scenarios/happy-path.yaml, or a folder of them")
    }
  }

  var workers: Int { jobs ?? Machine.cores }

  func run() async throws {
    try output.check()
    let agent = try choice.agent(orElse: "reference")
    let assignments = try situations().map { try Assignment($0, agent: agent, isChecked: false) }
    let known = try KnownFile.read(known)
    let database = try ResultsFile.open(results)
    let interrupt = Interrupt()
    var searches: [FinishedSearch] = []
    for assignment in assignments where !interrupt.isRaised {
      let search = Search(command: self, assignment: assignment, known: known)
      searches.append(try await search.play(in: database, until: interrupt))
    }
    let status = status(of: searches, isInterrupted: interrupt.isRaised)
    try deliver(searches, status: status)
    guard status == .asExpected else { throw ExitCode(status) }
  }

  private func situations() throws -> [Situation] {
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
    return situations.map { Situation($0.scenario, seed: saved.seed, origin: saved.plan) }
  }

  private func status(of searches: [FinishedSearch], isInterrupted: Bool) -> ExitStatus {
    if isInterrupted { return .interrupted }
    return searches.allSatisfy(\.certificate.isGood) ? .asExpected : .notAsExpected
  }

  private func deliver(_ searches: [FinishedSearch], status: ExitStatus) throws {
    let certificates = searches.map(\.certificate)
    let findings = certificates.flatMap(\.findings)
    switch output.format {
    case .json: try output.deliver(certificates.map(\.json).joined(separator: "\n"))
    case .junit: try output.deliver(JUnitReport(try searches.flatMap { try $0.cases() }).xml())
    case .github:
      try output.deliver(GitHubAnnotations.text(findings, summary: CoverageCertificate.total(certificates)))
    case .sarif:
      try output.deliver(SARIFReport(findings, isWhole: certificates.allSatisfy(\.isWhole)).line)
    case .text:
      let style = output.style
      if certificates.count == 1, let only = certificates.first {
        return try output.deliver(only.text(style, exit: status.rawValue))
      }
      let complaints = certificates.map { $0.complaints(style) }.filter { !$0.isEmpty }
      let table = CoverageCertificate.table(certificates, style)
      let ending = "exit \(status.rawValue)\n\(CoverageCertificate.total(certificates))"
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
