// `faultline serve`: worlds of scenarios behind HTTP and MCP, for agents that somebody else starts.

import ArgumentParser
import Faultline
import Foundation
import Gateway
import Primitives
import Reporting
import Simulation

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve the world of a scenario over HTTP and MCP, and judge whoever worked in it.",
    discussion: """
      The systems are called with POST /v1/{system}/{operation}, as /openapi.json describes, or as MCP tools at /mcp. \
      The scenario's faults act on the sockets. The run ends with Ctrl-C (or SIGTERM); the verdict is printed then.

      Beside the systems: GET /task says what is to be done, POST /clock/sleep lets the world's time pass, and POST \
      /outcome takes what the agent says about its work.

      With --control, no world is there before it is asked for: POST /runs makes any number, each with a base URL of \
      its own; /runs/ID/clock/advance, /timeline, /verdict and /stop do what they say. Every request needs the token, \
      as X-Faultline-Token or Authorization: Bearer.

      With --model-script, agents find a model at /model/v1, as OpenAI's chat completions and as Anthropic's messages.

      With --tls, the same is served over HTTPS at a second address, with a certificate made for the run; what to \
      trust is written into a file, which most libraries find by SSL_CERT_FILE.

      To have the agent started, killed and started again, use: faultline run SCENARIO -- COMMAND

      Examples:
        faultline serve scenarios/timeout-after-create.yaml
        faultline serve scenarios/happy-path.yaml --listen 127.0.0.1:8080 --clock scaled:20
        faultline serve scenarios --listen 127.0.0.1:8080 --control 127.0.0.1:8081
      """)

  @Argument(
    help: "A scenario, or a saved run for its plan; with --control also several, or folders.", completion: .file())
  var scenarios: [String]

  @Option(help: "Where draws such as latencies and ids come from.")
  var seed: UInt64?

  @OptionGroup(title: "Doors") var doors: DoorOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() async throws {
    try output.check()
    let agents = try doors.agents()
    if let control = try doors.controllers() {
      try await serveRuns(agents, control: control.settings, isNewToken: control.isNew)
    } else {
      try await serveOne(agents)
    }
  }

  // MARK: One world

  private func serveOne(_ settings: GatewayServer.Settings) async throws {
    let situations = try Library.situations(in: scenarios)
    guard let situation = situations.first, situations.count == 1 else {
      throw Refusal.badInput(
        "these are \(situations.count) scenarios, and one world is served",
        remedy: "name a scenario's file, or add --control 127.0.0.1:0 to make runs of any of them")
    }
    let agent = OutsideAgent(name: "outside")
    let assignment = try Assignment(situation, agent: agent, isChecked: false)
    var session = doors.session
    session.seed = seed ?? situation.seed ?? 1
    session.plan = situation.scenario.faults
    let host = try doors.wire.host()
    session.seal = host.seal(for: "this world")
    let world = try Session(assignment.setup, agent: agent, settings: session)
    host.add(world, as: "1")
    await world.begin()
    let interrupt = Interrupt(alsoTerminate: true)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await Self.serve(host, settings, as: "--listen") { base in
          Console.complain("serving \(situation.path) at \(base) (MCP at \(base)/mcp); Ctrl-C ends the run")
        }
      }
      try serveSecurely(host, settings, in: &group)
      group.addTask { try await Self.wait(for: interrupt) }
      try await group.next()
      group.cancelAll()
    }
    await world.close()
    let record = await world.finished()
    let status: ExitStatus = record.verdict.result == .pass ? .asExpected : .notAsExpected
    switch output.format {
    case .json: try output.deliver(VerdictJSON.line(record.verdict))
    default:
      try output.deliver(
        RunReport(record, of: assignment.scenario, catalogue: assignment.setup.catalogue, exit: status.rawValue)
          .text(output.style))
    }
    guard status == .asExpected else { throw ExitCode(status) }
  }

  // MARK: Many

  private func serveRuns(
    _ agents: GatewayServer.Settings, control: GatewayServer.Settings, isNewToken: Bool
  ) async throws {
    var setups: [Name: WorldSetup] = [:]
    for situation in try Library.situations(in: scenarios) {
      let assignment = try Assignment(situation, agent: OutsideAgent(name: "outside"), isChecked: false)
      guard setups.updateValue(assignment.setup, forKey: situation.scenario.name) == nil else {
        throw Refusal.badInput(
          "two of these scenarios are called '\(situation.scenario.name)'", remedy: "serve one of them")
      }
    }
    let host = try doors.wire.host()
    let registry = RunRegistry(host, setups: setups, limit: doors.maxRuns)
    let interrupt = Interrupt(alsoTerminate: true)
    var defaults = doors.session
    defaults.seed = seed ?? 1
    let (settings, count) = (defaults, setups.count)
    let reports = ControlReports(verdict: { VerdictJSON.line($0) }, event: EventText.line)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (bases, found) = AsyncStream.makeStream(of: String.self)
      group.addTask { try await Self.serve(host, agents, as: "--listen") { found.yield($0) } }
      try serveSecurely(host, agents, in: &group)
      group.addTask {
        for await base in bases {
          let controller = ControlHost(registry, base: base, defaults: settings, reports: reports)
          try await Self.serve(controller, control, as: "--control") { own in
            Console.complain("serving \(count) scenario\(count == 1 ? "" : "s") at \(base)/w/RUN; control at \(own)")
            if isNewToken { Console.complain("control's token: \(control.token ?? "")") }
            Console.complain("Ctrl-C ends all runs")
          }
          return
        }
      }
      group.addTask { try await Self.wait(for: interrupt) }
      try await group.next()
      group.cancelAll()
    }
    try deliver(await registry.closeAll())
  }

  private func deliver(_ records: [(entry: RunRegistry.Entry, record: RunRecord)]) throws {
    let isGood = records.allSatisfy { $0.record.verdict.result == .pass }
    switch output.format {
    case .json: try output.deliver(records.map { VerdictJSON.line($0.record.verdict) }.joined(separator: "\n"))
    default:
      var table = TextTable([
        .init("run"), .init("scenario"), .init("seed", rightAligned: true), .init("verdict"),
        .init("oracles", fillsRest: true),
      ])
      for (entry, record) in records {
        let verdict = record.verdict
        let oracles = verdict.violations.map(\.oracle.text)
          .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        table.add([
          "\(entry.id)", "\(verdict.scenario)", "\(verdict.seed)",
          .init(verdict.result.rawValue, verdict.result == .pass ? .good : .bad), "\(oracles.joined(separator: ", "))",
        ])
      }
      try output.deliver(records.isEmpty ? "no run was made" : table.text(output.style))
    }
    guard isGood else { throw ExitCode(.notAsExpected) }
  }

  // MARK: Serving

  /// Serves over HTTPS at an address of its own, where that is asked for.
  private func serveSecurely(
    _ host: WorldHost, _ settings: GatewayServer.Settings, in group: inout ThrowingTaskGroup<Void, any Error>
  ) throws {
    let folder = "\(Files.state)/tls/\(ProcessInfo.processInfo.processIdentifier)"
    let names = settings.isLoopback ? [] : [settings.host]
    guard let (certificate, trustFile) = try doors.wire.certificate(for: names, in: folder) else { return }
    var settings = settings
    settings.port = doors.tlsPort
    settings.certificate = certificate
    group.addTask { [settings] in
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try await Self.serve(host, settings, as: "--tls-port") { base in
        Console.complain("the same over HTTPS at \(base); to trust it: export SSL_CERT_FILE=\(trustFile)")
      }
    }
  }

  /// Serves until the task is cancelled.
  ///
  /// - Parameter onListening: called with the base URL.
  private static func serve(
    _ handler: any RequestHandler, _ settings: GatewayServer.Settings, as option: String,
    onListening: @escaping @Sendable (String) -> Void
  ) async throws {
    do {
      try await GatewayServer(handler, settings: settings).run { port in
        let name = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        onListening("\(settings.certificate == nil ? "http" : "https")://\(name):\(port)")
      }
    } catch is CancellationError {
    } catch {
      throw Refusal.badInput(
        "\(settings.host):\(settings.port) can't be listened on: \(error)", remedy: "choose another \(option)")
    }
  }

  private static func wait(for interrupt: Interrupt) async throws {
    while !interrupt.isRaised { try await Task.sleep(for: .milliseconds(50)) }
  }
}
