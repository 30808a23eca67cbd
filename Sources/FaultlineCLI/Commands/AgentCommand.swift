// `faultline agent`: the reference agent as a process of its own, on real time, HTTP and a file.

import ArgumentParser
import Foundation
import OpsAgent
import OpsAgentProcess
import OpsAgentSQLite
import Operations
import Primitives

struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent",
    abstract: "Be the reference agent: work on one run of a workflow against systems behind HTTP.",
    discussion: """
      It is the same agent as --agent reference in a simulation: the same orchestrator, driven by what really \
      happens. It calls POST URL/v1/{system}/{operation}, keeps its journal and its lease in an SQLite file, and can \
      be killed at any moment: whoever starts it again on the same file has the run go on from where it was. Several \
      on one file are replicas; one of them has the run's lease, the others wait until it is free.

      Under 'faultline run' or 'explore' everything but the workflow comes with the environment: FAULTLINE_URL, \
      FAULTLINE_INPUT, FAULTLINE_STATE_DIR, FAULTLINE_START and FAULTLINE_REPLICA.

      Elsewhere, give --input with what the run is about ({"customer": "acme", "plan": "pro", …}) and --deployment \
      with what GET URL/deployment of a served world shows: systems and their operations, errors and bounds, \
      principals, rules, caps. Each call carries its principal as a bearer token, its key as Idempotency-Key, and the \
      token of the lease as Fencing-Token.

      Exit status: 0 the work is done, or another replica has it; 1 it was rolled back or handed over to a person; \
      2 bad input, nothing was done.

      Examples:
        faultline run scenarios/happy-path.yaml --clock virtual -- faultline agent --workflow customer-onboarding
        faultline explore scenarios/timeout-after-create.yaml --max-faults 1 -- \\
          faultline agent --workflow customer-onboarding
        faultline agent --workflow plan-change --url http://127.0.0.1:8080 --store sqlite:journal.sqlite \\
          --input run.json
      """)

  @Option(help: "What is to be done; 'faultline list workflows' shows what there is.")
  var workflow: String

  @Option(help: "Where journal and lease are kept, as sqlite:FILE; without it, in $FAULTLINE_STATE_DIR.")
  var store: StorePlace?

  @Option(help: "Where the systems are; without it, $FAULTLINE_URL.")
  var url: String?

  @Option(help: "A JSON object with what the run is about, or - for standard input; without it, $FAULTLINE_INPUT.")
  var input: String?

  @Option(
    help: "What the environment offers and demands, as a file; without it, URL/deployment is asked.",
    completion: .file())
  var deployment: String?

  @Option(help: "The run's name, the same whenever it is handed in; without it, WORKFLOW:CUSTOMER.")
  var run: String?

  @Option(help: "Which of several replicas this is, from 0; without it, $FAULTLINE_REPLICA, or 0.")
  var replica: Int?

  @Flag(help: "A process worked on this run before: if the journal knows nothing of it, it was lost. Set by $FAULTLINE_START.")
  var restarted = false

  @Option(help: "Remove a safeguard; may be given several times, or as a list with commas.")
  var without: [String] = []

  @Flag(help: "Plan the effects and cause none.")
  var dryRun = false

  @Option(help: "How long a call waits for its answer, such as 30s; then its outcome is unknown.")
  var patience: Span = Span(argument: "30s")!

  @Option(help: "What the systems' address asks for as X-Faultline-Token; without it, $FAULTLINE_TOKEN.")
  var token: String?

  @Flag(help: "Don't tell each step on standard error.")
  var quiet = false

  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    guard replica.map((0...255).contains) ?? true else { throw ValidationError("--replica takes 0 to 255") }
    guard output.format == .text || output.format == .json else {
      throw ValidationError("an agent's word is told as text or json")
    }
  }

  func run() async throws {
    try output.check()
    let surroundings = try Surroundings(self)
    let systems = HTTPSystems(
      surroundings.url, patience: .nanoseconds(patience.nanoseconds), token: surroundings.token)
    let deployment = try await deployment(from: systems)
    let catalogue = Catalogue(deployment.services)
    let releases = try releases(in: deployment, catalogue)
    let library = releases[min(max(deployment.release ?? releases.count, 1), releases.count) - 1]
    var request = RunRequest(
      run: surroundings.run, input: surroundings.input, isDryRun: dryRun || deployment.isDryRun,
      mutationCap: deployment.mutationLimit, rules: HouseRules(deployment.rules))
    request.resumptions = surroundings.resumptions
    let isQuiet = quiet
    var process = AgentProcess(
      library, request, replica: Name("agent-\(surroundings.replica)"), parts: Safeguard.without(try safeguards()),
      hasPredecessor: surroundings.hasPredecessor, store: try surroundings.openStore(), systems: systems,
      clock: await systems.clock()
    ) { now, happening in
      guard !isQuiet, let line = AgentLog.line(happening) else { return }
      Console.complain("\(now)  \(line)")
    }
    let ending = await process.work()
    let report = ending.report(on: Name(workflow), in: catalogue)
    if await !systems.report(report) { Console.complain("nobody at \(systems.url) takes the outcome") }
    try output.deliver(text(of: report, run: surroundings.run))
    guard ending.isGood else { throw ExitCode(.notAsExpected) }
  }

  private func deployment(from systems: HTTPSystems) async throws -> Deployment {
    do {
      guard let file = deployment else { return try await systems.deployment() }
      return try Deployment(reading: Data(Files.read(file).utf8), from: file)
    } catch let failure as ProcessFailure {
      throw Refusal.badInput(
        failure.description,
        remedy: "serve one with 'faultline serve SCENARIO', or add --deployment with what its /deployment shows")
    }
  }

  /// What each release of the agent can finish of the workflow.
  private func releases(in deployment: Deployment, _ catalogue: Catalogue) throws -> [WorkflowLibrary] {
    guard let versions = WorkflowShelf.versions(of: Name(workflow)) else {
      throw Nearest.refusal(
        "workflow", workflow, among: WorkflowShelf.all.map(\.[0].workflow.name.text), listing: "workflows")
    }
    do {
      return try WorkflowLibrary.releases(
        of: versions, in: catalogue,
        credentials: deployment.principals.map { Credential($0.name, scopes: $0.scopes) })
    } catch {
      throw Refusal.badInput(
        "these systems do not offer what '\(workflow)' needs: \(error)",
        remedy: "choose another --workflow, or systems that have it")
    }
  }

  private func safeguards() throws -> [Safeguard] {
    let names = without.flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: .whitespaces) }
    return try names.map { name in
      guard let safeguard = Safeguard(rawValue: name) else {
        throw Nearest.refusal(
          "safeguard", name, among: Safeguard.allCases.map(\.rawValue), listing: "safeguards")
      }
      return safeguard
    }
  }

  private func text(of report: Fields, run: Name) -> String {
    guard output.format == .text else {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let document = Fields([("schema", "faultline.outcome/1"), ("run", .text(run.text))] + report.entries.map { ($0.name, $0.value) })
      return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    var lines = ["\(run): \(report.text("outcome") ?? ""), \(report.text("text") ?? "")"]
    for (list, word) in [("holdings", "there"), ("possibly", "possibly there")] as [(Name, String)] {
      for case .record(let holding) in report[list]?.list ?? [] {
        lines.append("  \(word): \(holding.text("kind") ?? "") \(holding.text("id") ?? "")")
      }
    }
    for case .record(let effect) in report["plan"]?.list ?? [] {
      lines.append("  would call: \(effect.text("operation") ?? "") as \(effect.text("principal") ?? "")")
    }
    if let next = report.text("next_action") { lines.append("  next: \(next)") }
    return lines.joined(separator: "\n")
  }
}

/// `sqlite:FILE`
struct StorePlace: ExpressibleByArgument {
  let path: String

  init?(argument: String) {
    guard argument.hasPrefix("sqlite:"), argument.count > "sqlite:".count else { return nil }
    path = String(argument.dropFirst("sqlite:".count))
  }
}

extension AgentProcess.Ending {
  /// Whether nobody has to do anything more.
  fileprivate var isGood: Bool {
    switch self {
    case .stoodDown: true
    case .claimed(let claim, _): claim.ending == .completed || claim.ending == .planned
    }
  }
}
