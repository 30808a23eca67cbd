// The disk under the agent's store: operations that fail, and volumes that come back older than they were.

import Operations
import Primitives
import Simulation

extension World {
  /// The point of a process's start at which it finds its volume as it is.
  static let restartPoint: Name = "restart"

  private static let loadFaults = Offer<StoreFault>(of: .busy, .failsBefore)
  private static let writeFaults = Offer<StoreFault>(of: .busy, .failsBefore, .full, .fullForGood, .failsAfter)

  /// Asks what a store operation meets.
  mutating func chooseStoreFault(_ store: StoreCall, _ site: Site) -> StoreFault {
    // Where every write is refused already, nothing else can come of one.
    guard deployment.takesStoreFailures, !(isStoreFull && store.isWrite) else { return .perform }
    let fault = simulation.choose(store.isWrite ? World.writeFaults : World.loadFaults, at: site)
    if fault != .perform { tookEffect(note(fault.name, at: site)) }
    return fault
  }

  /// Tells a process that its store operation failed, after doing it where the disk failed too late.
  mutating func fail(_ store: StoreCall, of process: ProcessID, _ failure: StoreFailure, isDone: Bool) {
    if isDone { deployment.perform(store, of: process, at: now) }
    record(.storeFailed(process, label: store.label, failure))
    resume(process, .storeFailed(store.ticket, failure))
  }

  /// Asks how the volume comes back to a process that starts again.
  ///
  /// A volume that others have in use is not exchanged under them, and none after the last word: that the word was
  /// given stood in the store alone.
  mutating func remount(for process: ProcessID) {
    deployment.attend(to: process)
    let writes = deployment.storeWrites
    guard writes > 0, bench(of: process.workflow).facts.claims.isEmpty,
      processes.allSatisfy({
        $0.id == process || !$0.isAlive || $0.hasFinished || $0.id.workflow != process.workflow
      })
    else { return }
    let site = passage(process, point: World.restartPoint, subject: nil, aspect: .store)
    let fault = simulation.choose(VolumeFault.offer(writes: writes), at: site)
    guard fault != .intact else { return }
    tookEffect(note(fault.name, at: site))
    deployment.restoreStore(writes: fault.writes(of: writes))
  }
}
