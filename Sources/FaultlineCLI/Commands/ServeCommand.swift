// `faultline serve`: a scenario's world behind HTTP and MCP, for an agent that somebody else starts.

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

      To have the agent started, killed and started again, use: faultline run SCENARIO -- COMMAND

      Examples:
        faultline serve scenarios/timeout-after-create.yaml
        faultline serve scenarios/happy-path.yaml --listen 127.0.0.1:8080 --clock scaled:20
      """)

  @Argument(help: "A scenario, or a saved run for its plan.", completion: .file())
  var scenario: String

  @Option(help: "The address to listen on; another one than this machine's own needs --token.")
  var listen: String = "127.0.0.1:0"

  @Option(help: "What a client has to send as X-Faultline-Token.")
  var token: String?

  @Option(help: "Where draws such as latencies and ids come from.")
  var seed: UInt64?

  @Option(help: "How the world's time goes by: real, scaled:N or virtual.")
  var clock: ClockMode = .real

  @Option(help: "How an answer is lost at the socket: close it, or hold it open until the caller gives up.")
  var loss: LossForm = .close

  @Flag(help: "Tell MCP clients of a lost answer by 503 with a JSON-RPC error, which they survive.")
  var survivableLoss = false

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() async throws {
    try output.check()
    let settings = try serverSettings()
    let situation = try Library.situations(in: [scenario]).first
    guard let situation else { throw Refusal.badInput("'\(scenario)' holds no scenario", remedy: "name a scenario's file") }
    let agent = OutsideAgent(name: "outside")
    let assignment = try Assignment(situation, agent: agent, isChecked: false)
    var session = Session.Settings()
    session.seed = seed ?? situation.seed ?? 1
    session.plan = situation.scenario.faults
    session.clock = clock
    session.loss = loss
    let world = try Session(assignment.setup, agent: agent, settings: session)
    let host = WorldHost(survivableLoss: survivableLoss)
    host.add(world, as: "1")
    await world.begin()
    let interrupt = Interrupt(alsoTerminate: true)
    try await serve(host, settings, until: interrupt)
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

  private func serve(_ host: WorldHost, _ settings: GatewayServer.Settings, until interrupt: Interrupt) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await GatewayServer(host, settings: settings).run { port in
            let base = "http://\(settings.host):\(port)"
            Console.complain("serving \(scenario) at \(base) (MCP at \(base)/mcp); Ctrl-C ends the run")
          }
        } catch is CancellationError {
        } catch {
          throw Refusal.badInput("\(listen) can't be listened on: \(error)", remedy: "choose another --listen")
        }
      }
      group.addTask { while !interrupt.isRaised { try await Task.sleep(for: .milliseconds(100)) } }
      try await group.next()
      group.cancelAll()
    }
  }

  private func serverSettings() throws -> GatewayServer.Settings {
    var settings = GatewayServer.Settings()
    guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
      (0...65_535).contains(port), colon > listen.startIndex
    else { throw Refusal.badInput("--listen '\(listen)' is no address", remedy: "give HOST:PORT, such as 127.0.0.1:8080") }
    settings.host = String(listen[..<colon])
    settings.port = port
    settings.token = token
    guard settings.isLoopback || token != nil else {
      throw Refusal.badInput(
        "\(settings.host) can be reached from other machines", remedy: "add --token SECRET, or listen on 127.0.0.1")
    }
    return settings
  }
}
