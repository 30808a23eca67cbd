// The agent deployed once for each of several workflows: each with a queue, a store and processes of its own.

import Operations
import Primitives

/// The deployments of workflows that are under way at once, as one.
///
/// They share the systems of the world and nothing else. Each numbers its processes from 0.
struct DeploymentsTogether: AgentDeployment {
  private var parts: [any AgentDeployment]
  /// Whose turn it was last: what is asked without a process is asked of that one.
  private var current = 0

  init(_ parts: [any AgentDeployment]) { self.parts = parts }

  var isForkable: Bool { parts.allSatisfy(\.isForkable) }
  var hasNextRelease: Bool { parts[current].hasNextRelease }
  var staleWrite: StaleWrite? { parts[current].staleWrite }
  var takesStoreFailures: Bool { parts[current].takesStoreFailures }
  var storeWrites: Int { parts[current].storeWrites }

  mutating func attend(to process: ProcessID) { current = process.workflow }

  mutating func restoreStore(writes: Int) { parts[current].restoreStore(writes: writes) }

  mutating func start(_ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]) {
    current = process.workflow
    parts[current].start(process.seated, trigger: trigger, at: now, into: &commands)
  }

  mutating func resume(_ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]) {
    current = process.workflow
    parts[current].resume(process.seated, input, at: now, into: &commands)
  }

  mutating func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {
    current = process.workflow
    parts[current].perform(store, of: process.seated, at: now)
  }

  mutating func crash(_ process: ProcessID) {
    current = process.workflow
    parts[current].crash(process.seated)
  }

  func explanation() -> [String] { parts.flatMap { $0.explanation() } }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(parts.count)
    for part in parts { part.hash(into: &hasher) }
  }
}

extension ProcessID {
  /// How many numbers each workflow has for its processes, and for whoever stands in for them.
  static let seats = 16

  /// Which of the workflows that are under way at once it works on, from 0.
  public var workflow: Int { Int(index) / ProcessID.seats }

  /// The same process as its own deployment numbers it.
  fileprivate var seated: ProcessID {
    ProcessID(index: UInt8(Int(index) % ProcessID.seats), incarnation: incarnation)
  }
}

extension CallID {
  /// Which of the workflows that are under way at once made the call, from 0.
  var workflow: Int { Int(process) / ProcessID.seats }
}
