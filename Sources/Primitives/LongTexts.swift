// Long names that are made at run time: their texts, each kept once, so that a name is a plain number to everybody else.

import Synchronization

/// The texts of names that are neither literals nor short, by the names' hashes.
///
/// What is kept is never changed and never let go: it is a few dozen operations, checkpoints and subjects, however
/// many runs name them. No run can tell whether another one named the same before, so nothing is shared that a
/// result could depend on; the lock is taken only where a long name is made.
enum LongTexts {
  private static let kept = Mutex<[UInt64: (address: UInt, count: UInt32)]>([:])

  static func letters(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Letters {
    kept.withLock { kept in
      if let known = kept[hash] { return .lasting(known.address, known.count) }
      // Never deallocated: names hold its address without counting references.
      let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
      _ = copy.initialize(from: bytes)
      kept[hash] = (UInt(bitPattern: copy.baseAddress), UInt32(bytes.count))
      return .lasting(UInt(bitPattern: copy.baseAddress), UInt32(bytes.count))
    }
  }
}
