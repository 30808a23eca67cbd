// What is started as an agent, and what it may see of this machine's environment.

import Foundation

/// A command that is an agent.
public struct AgentCommandLine: Sendable {
  public let executable: String
  public let arguments: [String]
  /// Whether it is the reference agent, `faultline agent`: the program that asks this, by whatever link or copy, or
  /// one of that name.
  private let isReference: Bool
  /// Names of variables that are handed on beside the usual ones.
  public var passed: [String]

  /// - Parameter words: the command and its arguments; not empty.
  public init(_ words: [String], passing passed: [String] = []) {
    executable = words.first ?? ""
    arguments = Array(words.dropFirst())
    self.passed = passed
    isReference =
      words.dropFirst().first == "agent" && (Self.fileName(of: executable) == "faultline" || Self.isOwn(executable))
  }

  /// What reports call the agent: the script's name where an interpreter runs one.
  public var name: String {
    if isReference { return "faultline-agent" }
    let script = arguments.first { !$0.hasPrefix("-") && $0.contains(".") }
    return URL(fileURLWithPath: script ?? executable).deletingPathExtension().lastPathComponent
  }

  /// Whether its waits can be seen: it is an interpreter of Python that is started, or the reference agent, which
  /// lives on the time of the world by itself.
  public var declaresWaits: Bool {
    isReference || Self.fileName(of: executable).hasPrefix("python")
  }

  private static func fileName(of executable: String) -> String {
    URL(fileURLWithPath: executable).lastPathComponent
  }

  /// Whether a command starts this very program: the same file by another name, or one with the same contents.
  private static func isOwn(_ executable: String) -> Bool {
    let files = FileManager.default
    guard let own = Bundle.main.executableURL?.resolvingSymlinksInPath().path else { return false }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let paths = executable.contains("/") ? [executable] : folders.map { "\($0)/\(executable)" }
    guard let path = paths.first(where: { files.isExecutableFile(atPath: $0) }) else { return false }
    let other = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    // Of another size in most cases, and then nothing is read.
    return own == other || files.contentsEqual(atPath: own, andPath: other)
  }

  /// What every agent may see.
  static let usual = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "NODE_PATH"]

  /// A variable that must not reach an agent in a test.
  public struct LiveKey: Error, CustomStringConvertible {
    public var variable: String
    public var description: String {
      "\(variable) looks like a key to a real account; an agent under test must not have it"
    }
  }

  /// How keys to real accounts begin.
  private static let livePrefixes = ["sk_live_", "rk_live_", "AKIA", "sk-ant-", "sk-proj-", "ghp_", "xoxb-"]
  /// Variables that choose an account without holding a key.
  private static let accounts = ["AWS_PROFILE", "GOOGLE_APPLICATION_CREDENTIALS", "AZURE_CLIENT_SECRET", "KUBECONFIG"]

  /// Whether a variable holds a key to a real account, or chooses one.
  private static func isLive(_ name: String, _ value: String) -> Bool {
    accounts.contains(name) || livePrefixes.contains { value.hasPrefix($0) }
  }

  /// The variables of an environment that no agent under test may have, in the order of their names.
  public static func liveKeys(
    in machine: [String: String] = ProcessInfo.processInfo.environment
  ) -> [String] {
    machine.filter { isLive($0.key, $0.value) }.keys.sorted()
  }

  /// Complains about a variable that no process of this command may have.
  ///
  /// - Throws: ``LiveKey``.
  public func checkEnvironment() throws(LiveKey) { _ = try environment(adding: [:]) }

  /// The environment of a process: what is allowed of this machine's, and what the run adds.
  ///
  /// - Throws: ``LiveKey`` where a variable that would be handed on is one to a real account.
  func environment(
    adding own: [String: String], from machine: [String: String] = ProcessInfo.processInfo.environment
  ) throws(LiveKey) -> [String: String] {
    var environment: [String: String] = [:]
    for name in Self.usual + passed {
      guard let value = machine[name] else { continue }
      if Self.isLive(name, value) { throw LiveKey(variable: name) }
      environment[name] = value
    }
    // No library finds an account of its own accord.
    environment["AWS_EC2_METADATA_DISABLED"] = "true"
    environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
    environment["AWS_CONFIG_FILE"] = "/dev/null"
    environment["PYTHONUNBUFFERED"] = "1"
    return environment.merging(own) { $1 }
  }
}
