// One machine of a trial: a disk, the agent's store on it, and what the store has promised.

import OpsAgent
import OpsAgentSQLite
import Primitives
import Synchronization

/// Holds the disk of one run, and opens the store on it as often as the agent's process starts.
final class Machine: Sendable {
  /// The database's file on the disk.
  static let file = "/journal.sqlite"

  let vfs = DiskVFS(Disk())
  var disk: Disk { vfs.disk }

  struct State: Sendable {
    var store: SQLiteStore?
    /// The disk's events and reads before each store operation of the first process and after it.
    var operations: [Operation] = []
    /// What was staged and is not committed.
    var staged: [JournalRecord] = []
    /// What the store has said is durable, in order.
    var promised: [JournalRecord] = []
    /// What was being committed when the power failed; it may be there or not, but whole.
    var atStake: [JournalRecord] = []
    var restarts = 0
    /// What the journal lacked of what was promised, or held that nobody wrote.
    var losses: [String] = []
    /// What the store said when it could not be used.
    var refusals: [StoreFailure] = []
  }

  struct Operation: Sendable {
    var events: Range<Int>
    var reads: Range<Int>
    /// The volume after it.
    var copy: Disk.Copy
  }

  /// What is done to the volume while the power is off.
  let whileDown: @Sendable (Disk) -> Void
  private let checkpointInterval: Int
  private let keepsCopies: Bool
  private let dropsWithProcess: Bool
  let state = Mutex(State())

  /// - Parameters:
  ///   - checkpointInterval: After how many pages the log is copied into the database.
  ///   - dropsWithProcess: Whether the power fails when the process dies, if it has not failed before.
  ///   - keepsCopies: Whether a copy of the volume is kept after each operation.
  init(
    _ trouble: Trouble = .none, checkpointInterval: Int, dropsWithProcess: Bool = false, keepsCopies: Bool = false,
    whileDown: @escaping @Sendable (Disk) -> Void = { _ in }
  ) {
    self.checkpointInterval = checkpointInterval
    self.keepsCopies = keepsCopies
    self.dropsWithProcess = dropsWithProcess
    self.whileDown = whileDown
    disk.bring(trouble)
  }

  /// Does something with the store, which is opened where it is not open.
  func use<T: Sendable>(_ isOperation: Bool = true, _ body: (inout SQLiteStore) throws -> T) throws -> T {
    try state.withLock { state in
      let before = disk.counts
      defer {
        if isOperation, state.restarts == 0 {
          let after = disk.counts
          state.operations.append(
            Operation(
              events: before.events..<after.events, reads: before.reads..<after.reads,
              copy: keepsCopies ? disk.copy : Disk.Copy(files: [])))
        }
      }
      do {
        if state.store == nil {
          state.store = try SQLiteStore(path: vfs.uri("journal.sqlite"), checkpointInterval: checkpointInterval)
        }
        guard var store = state.store.take() else { preconditionFailure("a store was opened") }
        defer { state.store = store }
        return try body(&store)
      } catch let failure as StoreFailure {
        state.refusals.append(failure)
        throw failure
      }
    }
  }

  /// The process has died. Where the power failed, the machine starts again with what the disk then holds.
  func processDied() {
    state.withLock { state in
      state.staged = []
      if dropsWithProcess, state.restarts == 0 { disk.cutPower() }
      guard disk.isDown else { return }
      // Closing reads and writes nothing any more.
      state.store = nil
      state.restarts += 1
      disk.restart()
      whileDown(disk)
    }
  }

  /// Starts again after the last word, and reads what is there.
  func readOnceMore() throws {
    processDied()
    let records = try use(false) { store in try store.runs().flatMap { try store.load($0) } }
    check(records)
  }

  /// Holds a journal that was read against what was promised.
  func check(_ records: [JournalRecord]) {
    state.withLock { state in
      guard state.restarts > 0 else { return }
      let promised = state.promised
      if records != promised, records != promised + state.atStake {
        let common = zip(records, promised).prefix { $0 == $1 }.count
        state.losses.append(
          "\(promised.count) records were promised, \(records.count) are there; the first \(common) are the same")
      }
      state.promised = records
      state.atStake = []
    }
  }
}

/// The store of an agent on a machine.
struct MachineStore: RestorableStore, StableHashable {
  let machine: Machine

  mutating func stage(_ records: [JournalRecord], to run: Name, fence: Int64?, by replica: Name) {
    machine.state.withLock { $0.staged += records }
    try? machine.use(false) { $0.stage(records, to: run, fence: fence, by: replica) }
  }

  mutating func commit(by replica: Name) throws -> StoreOutcome {
    machine.state.withLock { $0.atStake = $0.staged }
    defer { machine.state.withLock { $0.staged = [] } }
    let outcome = try machine.use { try $0.commit(by: replica) }
    machine.state.withLock { state in
      if outcome == .stored { state.promised += state.atStake }
      state.atStake = []
    }
    return outcome
  }

  mutating func dropStaged(by replica: Name) {
    machine.processDied()
    try? machine.use(false) { $0.dropStaged(by: replica) }
  }

  func load(_ run: Name) throws -> [JournalRecord] {
    let records = try machine.use { try $0.load(run) }
    machine.check(records)
    return records
  }

  func runs() throws -> [Name] { try machine.use(false) { try $0.runs() } }

  mutating func acquire(_ run: Name, for holder: Name, at now: Instant, span: TimeSpan) throws -> LeaseOutcome {
    try machine.use { try $0.acquire(run, for: holder, at: now, span: span) }
  }
  mutating func renew(_ lease: Lease, at now: Instant, span: TimeSpan) throws -> Lease? {
    try machine.use { try $0.renew(lease, at: now, span: span) }
  }
  mutating func release(_ lease: Lease) throws { try machine.use(false) { try $0.release(lease) } }

  mutating func restore(_ run: Name, to records: [JournalRecord], under lease: Lease?) throws {
    try machine.use(false) { try $0.restore(run, to: records, under: lease) }
  }

  /// The world asks for it between steps; what the disk holds can't be forked, so nothing depends on it.
  func hash(into hasher: inout StableHasher) {}
}
