// Services: brought up and killed by commands, handed their work by a request, and judged as processes are.

import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@testable import Gateway

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite(.enabled(if: hasPython, "python3 is missing")) struct ServiceTests {
  /// `service.py PORT NOTES MODE`: makes a network unless there is one, and hands over. It knows its world from what it
  /// is handed alone; in the mode `once` it serves nobody, and takes that from its file. How far it came is in NOTES.
  private static let source = """
    import http.server, json, os, sys, threading, urllib.request
    os.closerange(3, 256)  # whoever brought it up waits for all that holds these
    port, notes, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    def note(text):
        with open(notes, "a") as file: file.write(text + "\\n")
    def ask(world, path, **document):
        request = urllib.request.Request(
            world + path, json.dumps(document).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request) as response: return json.loads(response.read())
    def work(told):
        world, start = told["environment"]["FAULTLINE_URL"], told["environment"]["FAULTLINE_START"]
        customer = told["input"]["customer"]
        note("begins " + start)
        found = ask(world, "/v1/cloud/describe_networks", customer=customer)["networks"]
        if not found:
            found = [ask(world, "/v1/cloud/create_network", name="net", region="eu-central-1", customer=customer)]
        note("ends " + start)
        ask(world, "/outcome", outcome="escalated", text="stopped", reason="enough",
            next_action="look", holdings=[{"kind": "cloud.network", "id": found[0]["id"]}])
    class Service(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            told = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status = {"late": 202, "deaf": 404}.get(mode, 200)
            if mode == "late": threading.Thread(target=work, args=[told]).start()
            elif mode == "bad":
                work(told)
                status = 500
            elif mode == "working": work(told)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()
        def log_message(self, *words): pass
    if mode == "once":
        with open(os.environ["FAULTLINE_ENV_FILE"]) as file:
            values = dict(line.rstrip("\\n").split("=", 1) for line in file)
        work({"input": json.loads(values["FAULTLINE_INPUT"]), "environment": values})
    else: http.server.ThreadingHTTPServer(("127.0.0.1", port), Service).serve_forever()
    """

  /// Where one test has its service.
  private struct Place {
    let folder: String
    let port: Int

    init() throws {
      folder = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try source.write(toFile: "\(folder)/service.py", atomically: true, encoding: .utf8)
      port = try #require(Self.freePort())
    }

    var url: ServiceURL { ServiceURL("http://127.0.0.1:\(port)/work")! }
    func words(_ mode: String) -> [String] { ["python3", "\(folder)/service.py", "\(port)", "\(folder)/notes", mode] }
    func command(_ mode: String = "working") -> String { words(mode).joined(separator: " ") }
    /// Brings it up and leaves it behind.
    func start(_ mode: String = "working") -> String { "\(command(mode)) & echo $! >\(folder)/pid" }
    /// Kills it, and notes that.
    var kill: String { "kill -KILL $(cat \(folder)/pid) && echo killed $FAULTLINE_START >>\(folder)/notes" }
    /// What the service and its killer noted.
    var notes: [String] {
      let text = (try? String(contentsOfFile: "\(folder)/notes", encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map(String.init)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// A port on which nobody listens, and on which none of the servers of other tests can come to: they get theirs from
    /// the system, which gives out higher ones.
    private static func freePort() -> Int? {
      (0..<100).lazy.map { _ in Int.random(in: 20_000..<30_000) }.first(where: isFree)
    }

    private static func isFree(_ port: Int) -> Bool {
      #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
      #else
        let kind = SOCK_STREAM
      #endif
      let socket = socket(AF_INET, kind, 0)
      defer { close(socket) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = UInt16(port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
          bind(socket, raw, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
    }
  }

  private static let death = Bench.fault("cloud.create_network", "crash:after", .crash)

  /// Plays a service on real time.
  private func play(
    _ program: AgentProgram, at place: Place, _ faults: [Plan.Entry] = [], timeout: Duration = .seconds(50),
    killLimit: Duration = .seconds(20)
  ) async throws -> OutsideTrials.Outcome {
    var settings = OutsideTrials.Settings(folder: "\(place.folder)/trials")
    settings.timeout = timeout
    settings.killLimit = killLimit
    let host = WorldHost()
    let setup = try Bench.setup()
    return try await Bench.serving(host) { [settings] port in
      try await OutsideTrials(setup, program: program, settings: settings, host: host, port: port)
        .play("t", number: 1, seed: 1, plan: Plan(faults))
    }
  }

  private func crashes(_ outcome: OutsideTrials.Outcome) -> Int {
    outcome.record.trace.entries.count { if case .processCrashed = $0.event { true } else { false } }
  }

  private func expectHandedOver(_ outcome: OutsideTrials.Outcome, crashes count: Int) {
    let verdict = outcome.record.verdict
    #expect(verdict.outcome == .escalated, "\(verdict.reasons)")
    #expect(verdict.result == .pass, "\(verdict.violations) \(verdict.reasons)")
    #expect(crashes(outcome) == count)
    #expect(outcome.record.made("cloud.network") == 1)
    #expect(outcome.survivors.isEmpty)
  }

  @Test(arguments: ["working", "late", "bad"])
  func withoutAFaultItWorksOnceAndIsKilledThen(mode: String) async throws {
    let place = try Place()
    defer { place.remove() }
    let program = AgentProgram(start: place.start(mode), kill: place.kill, trigger: place.url)
    expectHandedOver(try await play(program, at: place), crashes: 0)
    #expect(place.notes == ["begins 1", "ends 1", "killed 1"])
  }

  @Test(arguments: ["working", "late"])
  func itIsKilledAtTheCallAndHandedItsWorkAgain(mode: String) async throws {
    let place = try Place()
    defer { place.remove() }
    let program = AgentProgram(start: place.start(mode), kill: place.kill, trigger: place.url)
    expectHandedOver(try await play(program, at: place, [Self.death]), crashes: 1)
    // The answer never came; the network was there at the next start.
    #expect(place.notes == ["begins 1", "killed 1", "begins 2", "ends 2", "killed 2"])
  }

  @Test func aStartCommandMayStay() async throws {
    let place = try Place()
    defer { place.remove() }
    let program = AgentProgram(
      start: "echo $$ >\(place.folder)/pid; exec \(place.command())", kill: place.kill, trigger: place.url)
    expectHandedOver(try await play(program, at: place, [Self.death]), crashes: 1)
    #expect(place.notes == ["begins 1", "killed 1", "begins 2", "ends 2", "killed 2"])
  }

  @Test func aCommandOfThisMachineIsHandedItsWorkAndKilledAsAnyProcess() async throws {
    let place = try Place()
    defer { place.remove() }
    let program = AgentProgram(AgentCommandLine(place.words("working")), trigger: place.url)
    expectHandedOver(try await play(program, at: place, [Self.death]), crashes: 1)
    #expect(place.notes == ["begins 1", "begins 2", "ends 2"])
    #expect(program.name == "service")
  }

  /// Without a trigger the end of the start command is the end of the work, as of a container in the foreground.
  @Test func withoutATriggerTheStartCommandIsTheWork() async throws {
    let place = try Place()
    defer { place.remove() }
    let start = "echo $$ >\(place.folder)/pid; exec \(place.command("once"))"
    let program = AgentProgram(start: start, kill: place.kill, trigger: nil)
    expectHandedOver(try await play(program, at: place, [Self.death]), crashes: 1)
    // What has ended by itself may be gone when it is to be killed.
    #expect(place.notes == ["begins 1", "killed 1", "begins 2", "ends 2"])
  }

  // MARK: What says nothing about an agent

  @Test func aKillCommandThatFailsLeavesTheTrialOpen() async throws {
    let place = try Place()
    defer { place.remove() }
    let kill = "echo no such container >&2; exit 7"
    let program = AgentProgram(start: place.start(), kill: kill, trigger: place.url)
    let outcome = try await play(program, at: place, [Self.death])
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(
      outcome.record.verdict.reasons.prefix(2) == [
        "--kill-command '\(kill)' ended with status 7 at start 1, so that nobody knows whether the service is dead.",
        "no such container",
      ])
    // It is not started again beside itself.
    #expect(place.notes == ["begins 1"])
    #expect(outcome.survivors.isEmpty)
  }

  @Test func aKillCommandThatDoesNotEndLeavesTheTrialOpen() async throws {
    let place = try Place()
    defer { place.remove() }
    let program = AgentProgram(start: place.start(), kill: "sleep 600", trigger: place.url)
    let outcome = try await play(program, at: place, killLimit: .seconds(1))
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(
      outcome.record.verdict.reasons.first
        == "--kill-command 'sleep 600' did not end within 1 s at start 1, so that nobody knows whether the service is dead.")
    #expect(outcome.duration < .seconds(40))
  }

  @Test func aKillCommandThatOnlySaysSoIsFoundOut() async throws {
    let place = try Place()
    defer { bringDown(place) }
    try bringUp("working", at: place)
    let program = AgentProgram(start: nil, kill: "true", trigger: place.url)
    let outcome = try await play(program, at: place, [Self.death], killLimit: .seconds(8))
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(
      outcome.record.verdict.reasons.first
        == "The service was killed at start 1, and still holds the trigger's connection 8 s later: it is alive.")
  }

  @Test func aTriggerThatNobodyTakesEndsWithTheTime() async throws {
    let place = try Place()
    defer { place.remove() }
    let outcome = try await play(
      AgentProgram(start: "true", kill: "true", trigger: place.url), at: place, timeout: .seconds(20))
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(outcome.record.verdict.outcome == nil)
    #expect(
      outcome.record.verdict.reasons.prefix(2) == [
        "The trigger \(place.url) was never accepted at start 1: nobody could be reached there.",
        "The process did not end in its time.",
      ])
  }

  @Test func aStartThatFailsEndsTheTrialAtOnce() async throws {
    let place = try Place()
    defer { place.remove() }
    let outcome = try await play(
      AgentProgram(start: "echo no image >&2; exit 125", kill: "exit 1", trigger: place.url), at: place)
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(
      outcome.record.verdict.reasons.prefix(2) == [
        "The start command ended with status 125 at start 1, before the service asked for anything.", "no image",
      ])
    #expect(outcome.duration < .seconds(40))
  }

  @Test func whatReturnsAtOnceNeedsATrigger() async throws {
    let place = try Place()
    defer { place.remove() }
    let outcome = try await play(AgentProgram(start: "true", kill: "true", trigger: nil), at: place)
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(outcome.record.verdict.reasons.first?.contains("without --trigger it has to stay") == true)
  }

  @Test(arguments: [("deaf", "was answered with 404 before"), ("hasty", "202 says that it has begun.")])
  func anAnswerWithoutWorkSaysNothing(mode: String, expected: String) async throws {
    let place = try Place()
    defer { place.remove() }
    let outcome = try await play(
      AgentProgram(start: place.start(mode), kill: place.kill, trigger: place.url), at: place)
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(outcome.record.verdict.outcome == nil)
    #expect(outcome.record.verdict.reasons.first?.contains(expected) == true, "\(outcome.record.verdict.reasons)")
  }

  // MARK: Services that are up anyhow

  /// Starts a service that no trial starts; a shell does, which has ended when this returns.
  private func bringUp(_ mode: String, at place: Place) throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", place.start(mode)]
    shell.standardInput = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
  }

  private func bringDown(_ place: Place) {
    let text = try? String(contentsOfFile: "\(place.folder)/pid", encoding: .utf8)
    if let id = text.flatMap({ pid_t($0.filter(\.isNumber)) }) { kill(id, SIGKILL) }
    place.remove()
  }

  @Test func aServiceThatIsUpPlaysSeveralTrialsAndCannotDie() async throws {
    let place = try Place()
    defer { bringDown(place) }
    try bringUp("working", at: place)
    let program = AgentProgram(start: nil, kill: nil, trigger: place.url)
    #expect(!program.canDie)
    expectHandedOver(try await play(program, at: place), crashes: 0)
    expectHandedOver(try await play(program, at: place), crashes: 0)
    let outcome = try await play(program, at: place, [Self.death])
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(
      outcome.record.verdict.reasons.first
        == "The service was to be killed at start 1, and nothing here can do that: there is no --kill-command.")
  }
}
