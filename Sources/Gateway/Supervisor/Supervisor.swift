// Starts an agent's processes, kills them where the world says that they die, and notes how they ended.

import Faultline
import Foundation
import Primitives
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// What was to clear an agent's state did not.
public struct ResetFailure: Error, CustomStringConvertible {
  public var command: String
  public var reason: String
  public var description: String { "--reset '\(command)' failed: \(reason)" }
}

/// Looks after the processes of one trial.
public actor Supervisor: ProcessKeeper {
  private struct Child {
    var tree: ProcessTree?
    var task: Task<Void, Never>?
    var isKilled = false
  }

  private let command: AgentCommandLine
  private let environment: [String: String]
  private let run: String
  /// Variables that differ between the processes of one trial.
  private let ofProcess: @Sendable (ProcessID) -> [String: String]
  /// Where the processes' output goes, `stdout.1`, `stderr.1`, by incarnation; of a second replica `stdout-1.1`.
  private let folder: String
  /// Whether a process gets a control group where one can be had.
  private let usesControlGroups: Bool
  private var children: [ProcessID: Child] = [:]
  private var session: Session?
  /// How often a person has ordered that the work goes on.
  private var resumptions = 0
  private(set) var survivors: [String] = []
  /// How the last process ended that ended by itself.
  private(set) var lastStatus: Int32 = 0
  /// Why a process could not be started; nil where all could.
  private(set) var failure: String?

  /// - Parameters:
  ///   - own: variables that the run adds, among them `FAULTLINE_RUN_ID`.
  ///   - ofProcess: variables that each process has besides.
  ///   - folder: exists.
  /// - Throws: `AgentCommandLine.LiveKey`.
  init(
    _ command: AgentCommandLine, adding own: [String: String],
    ofProcess: @escaping @Sendable (ProcessID) -> [String: String], output folder: String, usesControlGroups: Bool
  ) throws {
    self.ofProcess = ofProcess
    self.command = command
    self.usesControlGroups = usesControlGroups
    environment = try command.environment(adding: own)
    run = own["FAULTLINE_RUN_ID"] ?? ""
    self.folder = folder
  }

  func attach(_ session: Session) { self.session = session }

  public func start(_ process: ProcessID, trigger: Trigger) async {
    var environment = environment.merging(ofProcess(process)) { $1 }
    environment["FAULTLINE_PROCESS_ID"] = mark(of: process)
    environment["FAULTLINE_START"] = String(process.incarnation)
    if case .resume = trigger { resumptions += 1 }
    if resumptions > 0 { environment["FAULTLINE_RESUMPTIONS"] = String(resumptions) }
    let number = process.index == 0 ? ".\(process.incarnation)" : "-\(process.index).\(process.incarnation)"
    let group = usesControlGroups ? ControlGroup(named: "\(getpid())-\(run)\(number)") : nil
    let configuration = configuration(with: environment, in: group)
    // The run's own task waits for the end; the world goes on when the process has a number.
    await withCheckedContinuation { (hasStarted: CheckedContinuation<Void, Never>) in
      let task = Task {
        var status: Int32 = 127
        do {
          status = try await run(configuration, number: number) { id in
            await self.note(id, of: process, in: group)
            hasStarted.resume()
          }
        } catch {
          self.fail("\(error)", hasStarted, process)
        }
        await self.ended(process, status: status)
      }
      children[process, default: Child()].task = task
    }
  }

  private func run(
    _ configuration: Configuration, number: String, onStart: @escaping @Sendable (pid_t) async -> Void
  ) async throws -> Int32 {
    let (out, err) = (try file("stdout\(number)"), try file("stderr\(number)"))
    let result = try await Subprocess.run(
      configuration, input: .none, output: .fileDescriptor(out, closeAfterSpawningProcess: true),
      error: .fileDescriptor(err, closeAfterSpawningProcess: true)
    ) { execution in
      await onStart(execution.processIdentifier.value)
    }
    switch result.terminationStatus {
    case .exited(let status): return status
    case .signaled(let signal): return 128 + signal
    }
  }

  /// Clears what the agent keeps elsewhere.
  ///
  /// - Throws: ``ResetFailure``; a trial on the state of another one would say nothing.
  func reset(with text: String) async throws {
    // As the first process will have it.
    let own = environment.merging(ofProcess(ProcessID(index: 0, incarnation: 1))) { $1 }
    let result = try await Subprocess.run(
      .name("sh"), arguments: ["-c", text], environment: Self.variables(own),
      output: .discarded, error: .string(limit: 4_096))
    guard case .exited(0) = result.terminationStatus else {
      throw ResetFailure(command: text, reason: "\(result.terminationStatus) \(result.standardError)")
    }
  }

  private func configuration(with environment: [String: String], in group: ControlGroup?) -> Configuration {
    var options = PlatformOptions()
    options.createSession = true
    let own = (command.executable, command.arguments)
    let (name, arguments) = group?.entering(own.0, own.1) ?? own
    let executable: Executable = name.contains("/") ? .path(FilePath(name)) : .name(name)
    return Configuration(
      executable: executable, arguments: Arguments(arguments), environment: Self.variables(environment),
      platformOptions: options)
  }

  private static func variables(_ texts: [String: String]) -> Environment {
    .custom(Dictionary(uniqueKeysWithValues: texts.map { (Environment.Key(stringLiteral: $0), $1) }))
  }

  private func file(_ name: String) throws -> FileDescriptor {
    try FileDescriptor.open(
      FilePath("\(folder)/\(name)"), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite])
  }

  private func note(_ id: pid_t, of process: ProcessID, in group: ControlGroup?) {
    children[process, default: Child()].tree = ProcessTree(
      root: id, mark: "FAULTLINE_PROCESS_ID=\(mark(of: process))", group: group)
  }

  /// What the tree of one process is known by: its death is not that of other replicas, nor of its successor.
  private func mark(of process: ProcessID) -> String { "\(run)/\(process.index)/\(process.incarnation)/" }

  private func fail(_ reason: String, _ hasStarted: CheckedContinuation<Void, Never>, _ process: ProcessID) {
    guard children[process]?.tree == nil else { return }
    failure = reason
    hasStarted.resume()
  }

  private func ended(_ process: ProcessID, status: Int32) async {
    guard let child = children[process], !child.isKilled else { return }
    // What it left behind would act on after its end.
    lastStatus = status
    if let tree = child.tree { note(await tree.kill()) }
    await session?.processEnded(process, status: status)
  }

  public func kill(_ process: ProcessID) async {
    guard let tree = children[process]?.tree else { return }
    children[process]?.isKilled = true
    note(await tree.kill())
    await children[process]?.task?.value
  }

  /// Notes who could not be killed, each once.
  private func note(_ survivors: [String]) {
    self.survivors += survivors.filter { !self.survivors.contains($0) }
  }

  /// Kills whoever is left.
  func killAll() async { for process in children.keys { await kill(process) } }
}
