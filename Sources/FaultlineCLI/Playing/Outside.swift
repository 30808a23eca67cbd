// Plays a process or a service as the agent: a server for its worlds, a supervisor for its processes.

import Faultline
import Foundation
import Gateway
import Primitives
import Reporting
import Simulation

/// A process or a service that is played as an agent.
struct Outside: Sendable {
  let program: AgentProgram
  let options: OutsideOptions
  /// What stands after `--`.
  private let words: [String]
  private let service: ServiceOptions?
  /// Where its worlds are.
  private let host: WorldHost
  /// How time goes by where no option says so.
  private let clock: ClockMode

  /// - Parameters:
  ///   - words: what stands after `--`.
  ///   - service: how it is brought up and killed where no command does that; nil where one does.
  ///   - isSearch: whether so many trials follow that nobody wants to wait for sleeps that can be seen.
  /// - Throws: a refusal where there is no such command, or where it would see a key to a real account.
  init(
    _ words: [String], options: OutsideOptions, service: ServiceOptions? = nil, isSearch: Bool = false
  ) throws {
    program =
      service?.program(words, passing: options.passEnv)
      ?? AgentProgram(AgentCommandLine(words, passing: options.passEnv))
    self.options = options
    self.words = words
    self.service = service
    host = try options.wire.host()
    clock = isSearch && program.declaresWaits ? .virtual : .real
    if let command = words.first, !Self.isThere(command) {
      throw Refusal.badInput(
        "there is no command '\(command)'",
        remedy: "what stands after -- is started as it is, such as: -- python3 agent.py")
    }
    for name in options.passEnv where ProcessInfo.processInfo.environment[name] == nil {
      throw Refusal.badInput(
        "--pass-env \(name): there is no such variable here", remedy: "set it, or leave the option out")
    }
    do {
      try program.checkEnvironment()
    } catch {
      throw Refusal.badInput("\(error)", remedy: "unset it for this command, or leave out --pass-env")
    }
  }

  private static func isThere(_ executable: String) -> Bool {
    if executable.contains("/") { return FileManager.default.isExecutableFile(atPath: executable) }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(executable)") }
  }

  /// Where worlds are served on this machine.
  struct Ports: Sendable {
    var plain: Int
    var secure: SecureDoor?
  }

  /// Serves worlds on this machine while `body` runs.
  ///
  /// - Throws: what `body` throws, and a refusal where no port can be had.
  func serving<T: Sendable>(_ body: @escaping @Sendable (WorldHost, Ports) async throws -> T) async throws -> T {
    let host = host
    let signed = try options.wire.certificate(in: Self.folder)
    defer { if let signed { try? FileManager.default.removeItem(atPath: signed.trustFile) } }
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let (securePorts, foundSecure) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: T?.self) { group in
      group.addTask {
        try await Self.serve(host, GatewayServer.Settings(), found)
        return nil
      }
      if let signed {
        var settings = GatewayServer.Settings()
        settings.certificate = signed.0
        group.addTask { [settings] in
          try await Self.serve(host, settings, foundSecure)
          return nil
        }
      }
      group.addTask {
        var ports = ports.makeAsyncIterator()
        guard let plain = await ports.next() else { return nil }
        var served = Ports(plain: plain)
        if let signed {
          var ports = securePorts.makeAsyncIterator()
          guard let port = await ports.next() else { return nil }
          served.secure = SecureDoor(port: port, trustFile: signed.trustFile)
        }
        return try await body(host, served)
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  private static func serve(
    _ host: WorldHost, _ settings: GatewayServer.Settings, _ found: AsyncStream<Int>.Continuation
  ) async throws {
    do {
      try await GatewayServer(host, settings: settings).run { found.yield($0) }
    } catch is CancellationError {
    } catch {
      throw Refusal.badInput("no port can be had on 127.0.0.1: \(error)", remedy: "see 'faultline doctor'")
    }
  }

  /// Where trials keep their state and output; each invocation has a folder of its own.
  static let folder = "\(Files.state)/trials/\(ProcessInfo.processInfo.processIdentifier)"

  func trials(_ assignment: Assignment, host: WorldHost, port: Ports) -> OutsideTrials {
    OutsideTrials(
      assignment.setup, program: program, settings: options.settings(folder: Self.folder, clock: clock), host: host,
      port: port.plain, secure: port.secure)
  }

  /// What plays it again: `faultline run FILE --clock virtual -- python3 agent.py`.
  ///
  /// - Parameter seed: the first trial's; nil where the file has it.
  func again(_ path: String, seed: UInt64? = nil) -> String {
    var words = ["faultline", "run", path]
    if let seed, seed != 1 { words += ["--seed", String(seed)] }
    words += options.words(clock: options.clock ?? clock) + (service?.words ?? [])
    if !self.words.isEmpty { words += ["--"] + self.words }
    return words.map(CommandLineText.quoted).joined(separator: " ")
  }

  /// Fails where the command never came to life: that says nothing about an agent.
  static func check(_ outcome: OutsideTrials.Outcome) throws {
    guard let failure = outcome.failure else { return }
    throw Refusal.badInput("the command could not be started: \(failure)", remedy: "try it by hand first")
  }
}
