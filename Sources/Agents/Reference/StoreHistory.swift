// What a store held after each of its writes, so that a volume can come back as it was.

import OpsAgent
import Primitives

/// The sizes that one run's journal had and the leases that were given out on it, write by write.
///
/// What the journal said is in the store itself: a copy is a beginning of it.
struct StoreHistory: Sendable {
  /// How many records there were after each write.
  private var sizes: [UInt32] = []
  /// The lease as it became, with the number of the write, from 1.
  private var leases: [(write: Int, lease: Lease)] = []
  /// Of all that is kept here, so that a state's hash need not go through it.
  private var digest = StableHasher().digest

  /// How many writes there were.
  var writes: Int { sizes.count }

  private var size: UInt32 { sizes.last ?? 0 }

  /// Notes what a store operation has written; many write nothing.
  mutating func note(_ command: Command, _ outcome: Event) {
    switch (command, outcome) {
    case (.store(let records, _), .stored(.stored)): note(size: size + UInt32(records.count), nil)
    case (_, .leased(.granted(let lease))), (_, .renewed(let lease?)): note(size: size, lease)
    default: break
    }
  }

  /// Notes that the lease was given back.
  mutating func noteRelease(of lease: Lease) {
    var released = lease
    released.until = Instant(nanoseconds: .min)
    note(size: size, released)
  }

  private mutating func note(size: UInt32, _ lease: Lease?) {
    sizes.append(size)
    if let lease { leases.append((sizes.count, lease)) }
    var hasher = StableHasher(seed: digest)
    hasher.combine(UInt64(size))
    hasher.combine(lease)
    digest = hasher.digest
  }

  /// Puts a store back to what it was after so many writes, and forgets the others.
  mutating func restore(_ store: inout some RestorableStore, _ run: Name, writes: Int) throws {
    let kept = sizes.prefix(writes)
    leases.removeAll { $0.write > writes }
    let records = try store.load(run).prefix(Int(kept.last ?? 0))
    try store.restore(run, to: Array(records), under: leases.last?.lease)
    sizes = Array(kept)
    // No two histories that were cut are taken for one that was not.
    var hasher = StableHasher(seed: digest)
    hasher.combine(UInt64(writes) | 1 << 63)
    digest = hasher.digest
  }
}

extension StoreHistory: StableHashable {
  func hash(into hasher: inout StableHasher) { hasher.combine(digest) }
}
