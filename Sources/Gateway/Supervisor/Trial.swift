// One run of a process or a service as an agent: a world, a supervisor, a verdict.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation

/// A process or a service that is played as an agent in a scenario, as often as wanted.
public struct OutsideTrials: Sendable {
  /// What all trials share.
  public struct Settings: Sendable {
    public var session = Session.Settings()
    /// How long a trial may take on this machine's clock.
    public var timeout = Duration.seconds(60)
    /// Where trials keep state and output; each gets a folder of its own in it.
    public var folder: String
    /// What `sh` runs before each trial, with the agent's environment: it clears state that lives elsewhere.
    public var reset: String?
    /// Whether each process gets a control group where this machine lets it have one; else its tree is looked up.
    public var usesControlGroups = true
    /// How long a service may take to die once it is killed.
    public var killLimit = Duration.seconds(30)

    public init(folder: String) { self.folder = folder }
  }

  /// What one trial came to.
  public struct Outcome: Sendable {
    public var record: RunRecord
    /// The requests as they came, for playing the run again without the agent.
    public var recording: Recording
    /// What else could have been answered, where the trial noted it.
    public var forks: [Fork]
    /// The folder with `stdout.1`, `stderr.1` and `state`, kept where the run failed.
    public var folder: String
    /// Processes that could not be killed.
    public var survivors: [String]
    /// How long it took.
    public var duration: Duration
    /// Why its command could not be started; nil where it was.
    public var failure: String?
  }

  public let setup: WorldSetup
  public let program: AgentProgram
  public let settings: Settings
  private let host: WorldHost
  private let port: Int
  private let secure: SecureDoor?

  /// - Parameters:
  ///   - port: where `host` is served on this machine.
  ///   - secure: where it is served over HTTPS; nil where it isn't.
  public init(
    _ setup: WorldSetup, program: AgentProgram, settings: Settings, host: WorldHost, port: Int,
    secure: SecureDoor? = nil
  ) {
    self.setup = setup
    self.program = program
    self.settings = settings
    self.host = host
    self.port = port
    self.secure = secure
  }

  /// Plays one trial.
  ///
  /// - Parameters:
  ///   - id: unlike any other trial's under the same host.
  ///   - number: from 1; the agent sees it as `FAULTLINE_TRIAL`.
  /// - Throws: `AgentCommandLine.LiveKey`, `ResetFailure`, and what the file system refuses.
  public func play(
    _ id: String, number: Int, seed: UInt64, plan: Plan, notesForks: Bool = false
  ) async throws -> Outcome {
    let begun = ContinuousClock.now
    let folder = "\(settings.folder)/\(id)"
    let state = "\(folder)/state"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    let base = "http://127.0.0.1:\(port)/w/\(id)"
    var session = settings.session
    session.seed = seed
    session.plan = plan
    session.notesForks = notesForks
    session.seal = host.seal(for: "trial \(id)")
    session.origin = { [host] in host.origin(of: $0) }
    var own: [String: String] = [:]
    // A server waits for its next request beside all that it does, so that its waits say nothing.
    if session.clock == .virtual, !program.isService {
      let shim = "\(settings.folder)/python"
      try PythonShim.install(in: shim)
      own = PythonShim.variables(shim, before: ProcessInfo.processInfo.environment["PYTHONPATH"])
    }
    own.merge(secure.map { $0.variables(world: id) } ?? SecureDoor.variables(ofPlain: base)) { $1 }
    // Which of several processes asks is told by the address alone, which every client has.
    let areReplicas = setup.scenario.rollout.count > 1 || !setup.scenario.rollout.starts.isEmpty
    let launcher = try Launcher(
      for: program,
      adding: own.merging([
        "FAULTLINE_URL": base, "FAULTLINE_INPUT": JSON(setup.task(seed: seed).input).printed,
        // Whoever else runs trials on this machine: a tree is known by this.
        "FAULTLINE_STATE_DIR": URL(fileURLWithPath: state).path, "FAULTLINE_RUN_ID": UUID().uuidString,
        "FAULTLINE_TRIAL": String(number), "OPENAI_API_KEY": "faultline", "ANTHROPIC_API_KEY": "faultline",
        // AWS's libraries insist on credentials, which nobody checks.
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
      ]) { $1 },
      ofProcess: { process in
        let base = areReplicas ? "\(base)/replica/\(process.index)" : base
        return [
          "FAULTLINE_URL": base, "FAULTLINE_MCP_URL": "\(base)/mcp", "FAULTLINE_REPLICA": String(process.index),
          // Both libraries find the scripted model by these, and a key that is nobody's.
          "OPENAI_BASE_URL": "\(base)/model/v1", "ANTHROPIC_BASE_URL": "\(base)/model", "AWS_ENDPOINT_URL": base,
        ]
      }, output: folder)
    let supervisor = Supervisor(
      program, launcher: launcher, usesControlGroups: settings.usesControlGroups, killLimit: settings.killLimit)
    let world = try Session(
      setup, agent: OutsideAgent(name: Name(program.name)), settings: session, keeper: supervisor)
    await supervisor.attach(world)
    if let reset = settings.reset { try await launcher.reset(with: reset) }
    host.add(world, as: id)
    defer { host.remove(id) }
    let limit = Task {
      try await Task.sleep(for: settings.timeout)
      await supervisor.timeIsUp()
      await world.abandon()
    }
    await world.begin()
    var record = await world.finished()
    limit.cancel()
    await supervisor.killAll()
    let survivors = await supervisor.survivors
    if !survivors.isEmpty {
      record.verdict.reasons.append("These processes could not be killed: \(survivors.joined(separator: ", ")).")
      if record.verdict.result == .pass { record.verdict.result = .inconclusive }
    }
    let wasAsked = await world.wasAsked
    var doubts = await supervisor.doubts
    if let url = program.trigger, let refusal = await supervisor.refusal(of: url) { doubts.append(refusal) }
    if doubts.isEmpty, !wasAsked, program.trigger == nil {
      doubts = Self.complaint(status: await supervisor.lastStatus, lastWords: launcher.lastWords(suffix: ".1"))
    }
    if !doubts.isEmpty {
      if record.verdict.result != .contaminated { record.verdict.result = .inconclusive }
      if !wasAsked { record.verdict.outcome = nil }
      record.verdict.reasons.insert(contentsOf: doubts, at: 0)
    }
    let failure = await supervisor.failure
    if record.verdict.result == .pass, failure == nil { try? FileManager.default.removeItem(atPath: folder) }
    return Outcome(
      record: record, recording: await world.recording, forks: await world.takeForks(), folder: folder,
      survivors: survivors, duration: ContinuousClock.now - begun, failure: failure)
  }

  /// What a process said that ended before it asked for anything, in a way in which interpreters, shells and loaders
  /// end that could not begin: that says nothing about an agent. Nothing where it looks otherwise.
  private static func complaint(status: Int32, lastWords: [String]) -> [String] {
    guard [1, 2, 126, 127].contains(status) || status > 128, !lastWords.isEmpty else { return [] }
    return ["The process did not start: it ended with status \(status) before its first request, and said:"] + lastWords
  }
}
