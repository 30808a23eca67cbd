// Every write and every sync of a whole run, as the moment at which the disk or the power fails.

import Agents
import Faultline
import OpsAgent
import Operations
import Primitives
import Simulation
import Synchronization

/// Plays one scenario with the reference agent, whose store stands on a disk that fails.
///
/// First an undisturbed run is played, which tells at which writes and syncs of the disk something can happen and to
/// which store operation each belongs. Then each is tried: the process dies in that operation, the disk keeps what the
/// trial says, and the agent's next incarnation opens the file and goes on.
public struct DiskTrial: Sendable {
  public let scenario: Scenario
  /// After how many pages SQLite copies the log into the database.
  public let checkpointInterval: Int
  /// The store operations of the undisturbed run, in order.
  let operations: [Machine.Operation]
  /// The place of each, which is where the process dies.
  private let places: [SitePattern]
  /// How the undisturbed run ended.
  public let ending: Ending?
  public let counts: Disk.Counts
  /// How many changes are not synced at each event.
  let atStake: [Int]

  /// - Throws: what the scenario's world says, and ``TrialError`` where the undisturbed run fails.
  public init(_ scenario: Scenario, checkpointInterval: Int = 1_000) throws {
    self.scenario = scenario
    self.checkpointInterval = checkpointInterval
    let machine = Machine(checkpointInterval: checkpointInterval, keepsCopies: true)
    let run = try DiskTrial.play(scenario, on: machine, Plan())
    let all = machine.state.withLock { $0.operations }
    counts = machine.disk.counts
    ending = run.verdict.outcome
    var passages: [(label: Name, count: Int)] = []
    var places: [SitePattern] = []
    for entry in run.trace.entries {
      guard case .stored(_, let label, _) = entry.event else { continue }
      let index = passages.firstIndex { $0.label == label } ?? passages.count
      if index == passages.count { passages.append((label, 0)) }
      passages[index].count += 1
      places.append(
        SitePattern(incarnation: 1, point: label, call: passages[index].count, aspect: .crash))
    }
    self.places = places
    // What follows the last is the record of the run, which reads the journal to explain itself.
    operations = Array(all.prefix(places.count))
    guard places.count == operations.count, run.verdict.violations.isEmpty, counts.opens > 0 else {
      throw TrialError(
        "the undisturbed run of \(scenario.name) is no ground for a trial: \(operations.count) store operations, "
          + "\(places.count) in the trace, \(counts.opens) opened files, ends as \(ending?.rawValue ?? "nothing"), "
          + "\(run.verdict.violations.map(\.message)), \(machine.state.withLock { $0.refusals })")
    }
    atStake = machine.disk.atStake
  }

  // MARK: Cases

  /// The operation of the first process in which an event or a read falls; nil after the last word.
  func operation(ofEvent event: Int) -> Int? { operations.firstIndex { $0.events.contains(event - 1) } }

  /// A power failure at each event, with so many of the ways in which the unsynced changes can survive.
  public func powerFailures(_ survivals: (Int) -> [Survival], liesAboutSync: Bool = false) -> [Case] {
    (1...counts.events).flatMap { event in
      // Where no sync was true, whatever was written so far is at stake.
      let changes = liesAboutSync ? event : atStake[event - 1]
      return survivals(changes).map { survival in
        Case(
          trouble: .powerFailure(atEvent: event, survival, liesAboutSync: liesAboutSync),
          operation: operation(ofEvent: event), mayLose: liesAboutSync,
          title: "power failure at write or sync \(event), kept of \(changes) changes: \(survival)"
            + (liesAboutSync ? ", no sync before it was true" : ""))
      }
    }
  }

  /// Each event reports an error, each read does, and from each event on there is no room.
  public func errors() -> [Case] {
    var cases: [Case] = []
    for event in 1...counts.events {
      for error in [DiskError.write, .full] {
        cases.append(Case(trouble: .failure(atEvent: event, error), title: "\(error) at write or sync \(event)"))
      }
      cases.append(Case(trouble: .full(fromEvent: event), title: "full from write or sync \(event) on"))
    }
    for read in 1...counts.reads {
      for error in [DiskError.read, .shortRead] {
        cases.append(Case(trouble: .unreadable(atRead: read, error), title: "\(error) at read \(read)"))
      }
    }
    return cases
  }

  /// After each operation the process dies and its volume comes back as each earlier copy of it, or empty.
  public func copies() -> [Case] {
    operations.indices.flatMap { operation in
      (-1..<operation).map { earlier in
        let copy = earlier < 0 ? Disk.Copy(files: []) : operations[earlier].copy
        return Case(
          operation: operation, dropsPower: true, mayLose: true,
          title: "after operation \(operation) the volume of operation \(earlier)",
          whileDown: { $0.restore(copy) })
      }
    }
  }

  /// The operations after which damage is tried: one in the middle and the last.
  public var damagedOperations: [Int] { [operations.count / 2, operations.count - 1] }

  /// After an operation, the process dies and a file of its volume is damaged.
  public func damages(afterOperation operation: Int, step: Int) -> [Case] {
    let copy = operations[operation].copy
    var cases: [Case] = []
    func add(_ name: String, _ what: String, _ body: @escaping @Sendable (inout [UInt8]) -> Void) {
      cases.append(
        Case(
          operation: operation, dropsPower: true, mayLose: true,
          title: "after operation \(operation) \(name) \(what)",
          whileDown: { disk in
            disk.restore(copy)
            disk.damage(name, body)
          }))
    }
    for name in copy.names where copy.size(of: name) > 0 {
      let size = copy.size(of: name)
      for offset in stride(from: 0, to: size, by: step) {
        add(name, "has a flipped bit in byte \(offset)") { $0[offset] ^= 1 << UInt8(offset & 7) }
        add(name, "is cut to \(offset) bytes") { $0.removeLast($0.count - offset) }
      }
      add(name, "is text") { $0 = Array("This is no database, and never was one.\n".utf8) }
      add(name, "is all zeros") { $0 = Array(repeating: 0, count: $0.count) }
      for page in stride(from: 0, to: size, by: 4_096) {
        add(name, "has zeros for the page at \(page)") { bytes in
          for index in page..<min(page + 4_096, bytes.count) { bytes[index] = 0 }
        }
      }
    }
    return cases
  }

  // MARK: Playing

  static func play(
    _ scenario: Scenario, on machine: Machine, _ plan: Plan, without removed: [Safeguard] = []
  ) throws -> RunRecord {
    let agent = ReferenceAgent(without: removed, on: { MachineStore(machine: machine) })
    return try Runner.run(
      RunInput(scenario: scenario, agent: agent, seed: 1, chance: .plan(plan), isRecording: true))
  }

  /// Plays one case and judges it.
  public func outcome(of trial: Case, without removed: [Safeguard] = []) throws -> Outcome {
    let machine = Machine(
      trial.trouble, checkpointInterval: checkpointInterval, dropsWithProcess: trial.dropsPower,
      whileDown: trial.whileDown)
    let crash = trial.operation.map { Plan.Entry(at: places[$0], choose: "crash:after") }
    let run = try DiskTrial.play(scenario, on: machine, Plan(crash.map { [$0] } ?? []), without: removed)
    do {
      if machine.disk.isDown { try machine.readOnceMore() }
    } catch let failure as OpsAgent.StoreFailure where trial.mayLose && !failure.isPassing {
      // The last word was given; that a disk which lied is refused afterwards, and not believed, is as it should be.
    }
    return Outcome(trial, run, machine, expected: ending)
  }
}
