// How an agent outside is brought up, given its work and ended: a process of ours, or a service of somebody's.

import Foundation

/// An agent outside, as whoever plays it says.
///
/// A process is started, works, and ends; it is killed with all that it started. A service may be brought up and ended
/// by commands, such as those of a container's engine, and may get its work by a request to a URL.
public struct AgentProgram: Sendable {
  /// What brings up an incarnation; nil where somebody else does.
  ///
  /// Without ``trigger`` the work is over when it ends. With one it may return and leave the service behind, or stay;
  /// only another status than 0 means something.
  public var start: AgentCommandLine?
  /// What `sh` runs where an incarnation has to die, with the environment of its start; what ``start`` started on this
  /// machine dies anyhow.
  public var kill: String?
  /// Where each incarnation is handed its work; nil where it begins by itself.
  public var trigger: ServiceURL?
  /// What reports call it.
  public var name: String
  /// Names of variables that are handed on beside the usual ones.
  public var passed: [String]

  /// A process that this machine starts and kills.
  ///
  /// - Parameter trigger: where it is handed its work; nil where it begins by itself.
  public init(_ command: AgentCommandLine, trigger: ServiceURL? = nil) {
    start = command
    name = command.name
    passed = command.passed
    self.trigger = trigger
  }

  /// A service with commands of its own.
  ///
  /// - Parameters:
  ///   - start: what `sh` runs; nil where the service is up, or comes up by itself.
  ///   - passed: names of variables that are handed on beside the usual ones.
  public init(start: String?, kill: String?, trigger: ServiceURL?, passing passed: [String] = []) {
    self.start = start.map { AgentCommandLine(["/bin/sh", "-c", $0], passing: passed) }
    self.kill = kill
    self.trigger = trigger
    self.passed = passed
    name = "service"
  }

  /// Whether it is more than a process that begins to work by itself.
  public var isService: Bool { kill != nil || trigger != nil || start == nil }
  /// Whether it can be killed at all.
  public var canDie: Bool { kill != nil || start != nil }
  /// Whether its waits can be seen. A server always waits for the next request beside what it works at.
  public var declaresWaits: Bool { !isService && start?.declaresWaits == true }

  /// Complains about a variable that nothing of it may have.
  ///
  /// - Throws: `AgentCommandLine.LiveKey`.
  public func checkEnvironment() throws(AgentCommandLine.LiveKey) { _ = try environment(adding: [:]) }

  /// The environment of everything that is started for it.
  func environment(adding own: [String: String]) throws(AgentCommandLine.LiveKey) -> [String: String] {
    try AgentCommandLine([], passing: passed).environment(adding: own)
  }
}
