// Worlds for tests of the doors, with virtual time and no sockets.

import Agents
import Faultline
import Foundation
import Operations
import Primitives
import Simulation

@testable import Gateway

/// Whether Python can be started; without it the tests that need it are skipped.
let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/env")
  && (try? Process.run(URL(filePath: "/usr/bin/env"), arguments: ["python3", "-c", ""]))
    .map { process in
      process.waitUntilExit()
      return process.terminationStatus == 0
    } ?? false

enum Bench {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func setup(_ scenario: Name = "happy-path") throws -> WorldSetup {
    let path = root.appending(path: "scenarios/\(scenario).yaml").path(percentEncoded: false)
    return try WorldSetup(scenario: ScenarioReader(Vocabulary.standard()).read(path: path))
  }

  /// A world whose first process has started and waits to be called for.
  static func session(
    _ faults: [Plan.Entry] = [], quiet: Duration = .zero, loss: LossForm = .close, clock: ClockMode = .virtual,
    seal: Seal = .none, origin: @escaping @Sendable (Seal) -> String? = { _ in nil }
  ) async throws -> Session {
    var settings = Session.Settings()
    settings.plan = Plan(faults)
    settings.clock = clock
    settings.quiet = quiet
    settings.loss = loss
    settings.seal = seal
    settings.origin = origin
    let session = try Session(setup(), agent: OutsideAgent(name: "tested"), settings: settings)
    await session.begin()
    return session
  }

  /// Serves something as long as `body` takes, which is told the port.
  static func serving<T: Sendable>(
    _ host: any RequestHandler, settings: GatewayServer.Settings = .init(), _ body: (Int) async throws -> T
  ) async throws -> T {
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let server = Task { try await GatewayServer(host, settings: settings).run { found.yield($0) } }
    defer { server.cancel() }
    for await port in ports { return try await body(port) }
    throw CancellationError()
  }

  /// Plays a command in a virtual world of its own.
  static func trial(
    _ command: AgentCommandLine, in scenario: Name = "happy-path", faults: [Plan.Entry] = [], folder: String,
    timeout: Duration, reset: String? = nil, isSecure: Bool = false, usesControlGroups: Bool = true
  ) async throws -> OutsideTrials.Outcome {
    var settings = OutsideTrials.Settings(folder: folder)
    settings.session.clock = .virtual
    settings.timeout = timeout
    settings.reset = reset
    settings.usesControlGroups = usesControlGroups
    let host = WorldHost()
    let setup = try setup(scenario)
    return try await serving(host) { [settings] port in
      let play = { (secure: SecureDoor?) in
        try await OutsideTrials(
          setup, program: AgentProgram(command), settings: settings, host: host, port: port, secure: secure
        ).play("t", number: 1, seed: 1, plan: Plan(faults))
      }
      guard isSecure else { return try await play(nil) }
      var door = GatewayServer.Settings()
      let certificate = try ThrowawayCertificate()
      door.certificate = certificate
      let trustFile = "\(folder)-trust.pem"
      try SecureDoor.trusted(with: certificate).write(toFile: trustFile, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: trustFile) }
      return try await serving(host, settings: door) { try await play(SecureDoor(port: $0, trustFile: trustFile)) }
    }
  }

  static func fault(_ point: Name, _ choose: Name, _ aspect: Aspect) -> Plan.Entry {
    Plan.Entry(at: SitePattern(point: point, call: 1, aspect: aspect), choose: choose)
  }

  static let network: JSON = ["name": "acme-net", "region": "eu-central-1", "customer": "acme"]

  static func post(_ path: String, _ document: JSON, headers: [(name: String, value: String)] = []) -> WireRequest {
    WireRequest(method: "POST", path: path, headers: headers, body: document.bytes)
  }
}

extension WireReply {
  /// The whole response; nil where the socket was closed or the body cut off.
  var response: WireResponse? { if case .whole(let response) = self { response } else { nil } }
  var isClosed: Bool { if case .close = self { true } else { false } }
}

extension WireResponse {
  var document: JSON? { JSON(bytes: body) }
  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension RunRecord {
  /// How many objects of a kind were made.
  func made(_ kind: Name) -> Int {
    trace.entries.count { entry in
      if case .effect(let effect) = entry.event { effect.kind == kind && effect.change == .created } else { false }
    }
  }
}
