// Starts what belongs to one trial: each command with the environment of the agent, what it says on file.

import Faultline
import Foundation
import Subprocess
import Synchronization

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

/// The commands of one trial.
struct Launcher: Sendable {
  /// What all of them see.
  private let environment: [String: String]
  /// Variables that differ between the processes of one trial.
  private let ofProcess: @Sendable (ProcessID) -> [String: String]
  /// The names of the variables that the run adds and that are nobody else's.
  private let own: Set<String>
  /// `FAULTLINE_RUN_ID`: unlike any other trial's.
  let run: String
  /// Where output goes, `stdout.1`, `stderr.1`, by incarnation; of a second replica `stdout-1.1`.
  let folder: String

  /// - Parameters:
  ///   - own: variables that the run adds, among them `FAULTLINE_RUN_ID`.
  ///   - ofProcess: variables that each process has besides.
  ///   - folder: exists.
  /// - Throws: `AgentCommandLine.LiveKey`.
  init(
    for program: AgentProgram, adding own: [String: String],
    ofProcess: @escaping @Sendable (ProcessID) -> [String: String], output folder: String
  ) throws {
    environment = try program.environment(adding: own)
    self.own = Set(own.keys).subtracting(AgentCommandLine.usual)
    self.ofProcess = ofProcess
    run = own["FAULTLINE_RUN_ID"] ?? ""
    self.folder = folder
  }

  // MARK: Environments

  /// The environment of a process.
  ///
  /// - Parameter resumptions: how often a person has ordered that the work goes on.
  func environment(of process: ProcessID, resumptions: Int) -> [String: String] {
    var environment = environment.merging(ofProcess(process)) { $1 }
    environment["FAULTLINE_PROCESS_ID"] = mark(of: process)
    environment["FAULTLINE_START"] = String(process.incarnation)
    if resumptions > 0 { environment["FAULTLINE_RESUMPTIONS"] = String(resumptions) }
    return environment
  }

  /// What of an environment the run has made, without what is this machine's.
  func variables(of process: ProcessID, in environment: [String: String]) -> [String: String] {
    let names = own.union(ofProcess(process).keys)
    return environment.filter { names.contains($0.key) || $0.key.hasPrefix("FAULTLINE_") }
  }

  /// What the tree of one process is known by: its death is not that of other replicas, nor of its successor.
  func mark(of process: ProcessID) -> String { "\(run)/\(process.index)/\(process.incarnation)/" }

  /// How the names of a process's files end.
  func number(of process: ProcessID) -> String {
    process.index == 0 ? ".\(process.incarnation)" : "-\(process.index).\(process.incarnation)"
  }

  /// Writes what a container needs of an environment into a file that `docker run --env-file` takes.
  ///
  /// - Returns: its path.
  func writeEnvironment(_ environment: [String: String], of process: ProcessID) throws -> String {
    let lines = environment.filter { !AgentCommandLine.usual.contains($0.key) && !$0.value.contains("\n") }
      .map { "\($0)=\($1)\n" }.sorted()
    let file = URL(fileURLWithPath: "\(folder)/environment\(number(of: process))")
    try Data(lines.joined().utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    return file.path
  }

  // MARK: Commands

  /// Starts a command in a session of its own and waits for its end.
  ///
  /// - Parameters:
  ///   - suffix: how the names of the files end that its output goes to.
  ///   - group: what it is to enter; nil for none.
  ///   - onStart: is told the number of the process.
  /// - Returns: its status; of one that a signal ended, 128 and the signal.
  func run(
    _ command: AgentCommandLine, environment: [String: String], suffix: String, in group: ControlGroup? = nil,
    onStart: @escaping @Sendable (pid_t) async -> Void
  ) async throws -> Int32 {
    let (out, err) = (try file("stdout\(suffix)"), try file("stderr\(suffix)"))
    let started = Mutex<pid_t?>(nil)
    defer { started.withLock { $0 }.map(Orphanage.shared.hasEnded) }
    let result = try await Subprocess.run(
      configuration(of: command, with: environment, in: group), input: .none,
      output: .fileDescriptor(out, closeAfterSpawningProcess: true),
      error: .fileDescriptor(err, closeAfterSpawningProcess: true)
    ) { execution in
      let id = execution.processIdentifier.value
      Orphanage.shared.expectEnd(of: id)
      started.withLock { $0 = id }
      await onStart(id)
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

  /// The last lines that a command wrote to its standard error; none where it wrote nothing.
  func lastWords(suffix: String, atMost count: Int = 5) -> [String] {
    let data = FileManager.default.contents(atPath: "\(folder)/stderr\(suffix)") ?? Data()
    return String(decoding: data.suffix(4_096), as: UTF8.self).split(separator: "\n").suffix(count).map(String.init)
  }

  private func configuration(
    of command: AgentCommandLine, with environment: [String: String], in group: ControlGroup?
  ) -> Configuration {
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
}
