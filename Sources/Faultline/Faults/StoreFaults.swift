// The faults of the agent's own store: what one operation meets, and how the volume comes back from a restart.

import Operations
import Primitives
import Simulation

/// What an operation on the agent's store may meet.
public enum StoreFault: UInt8, ChoiceAnswer {
  case perform
  /// Somebody else holds the store's lock. Caller: busy. Truth: nothing was read or written.
  case busy
  /// The volume is full, and has room again for the next operation. Caller: full. Truth: nothing was written.
  case full
  /// The volume is full and stays so to the end of the run; it can be read. Caller: full, each time. Truth:
  /// nothing is written.
  case fullForGood
  /// The disk fails before it has written. Caller: an I/O error. Truth: nothing was read or written.
  case failsBefore
  /// The disk fails when it has written. Caller: an I/O error. Truth: it is written, and durable.
  case failsAfter

  public static var benign: StoreFault { .perform }

  public var name: Name {
    switch self {
    case .perform: "perform"
    case .busy: "store-busy"
    case .full: "store-full:after-retry"
    case .fullForGood: "store-full:at-end"
    case .failsBefore: "store-io-error:before"
    case .failsAfter: "store-io-error:after"
    }
  }

  /// What the caller is told; nil where all is well.
  var failure: StoreFailure? {
    switch self {
    case .perform: nil
    case .busy: .busy
    case .full, .fullForGood: .full
    case .failsBefore, .failsAfter: .ioError
    }
  }
}

/// How the agent's volume comes back when its process starts again. Nobody tells the process.
public enum VolumeFault: UInt8, ChoiceAnswer {
  case intact
  /// The last write was reported as durable and was not. Truth: the store is as it was before it.
  case lostWrite
  /// The volume was restored from a copy. Truth: the store is as it was after half of its writes.
  case staleRestore
  /// The volume is a new one. Truth: the store is empty.
  case wiped

  public static var benign: VolumeFault { .intact }

  public var name: Name {
    switch self {
    case .intact: "intact"
    case .lostWrite: "store-lost-write"
    case .staleRestore: "store-stale-restore"
    case .wiped: "store-wiped"
    }
  }

  /// How many of so many writes are still there.
  func writes(of all: Int) -> Int {
    switch self {
    case .intact: all
    case .lostWrite: all - 1
    case .staleRestore: all / 2
    case .wiped: 0
    }
  }

  /// What can befall a volume with so many writes; each answer leaves another number of them.
  static func offer(writes: Int) -> Offer<VolumeFault> {
    var offer = Offer<VolumeFault>()
    if writes >= 1 { offer.add(.lostWrite) }
    if writes >= 2 { offer.add(.wiped) }
    if writes >= 3 { offer.add(.staleRestore) }
    return offer
  }
}
