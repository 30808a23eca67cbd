// The sites that a run has met. Every choice asks, so it is made for keys that are digests already.

/// A set of 64-bit digests: an open table, half empty at most, in which a key stands at its low bits or after.
///
/// `Set` would hash each key once more, which costs as much as all the rest of a choice.
@usableFromInline struct KeySet: Sendable {
  /// Zero marks an empty place; its own key is kept apart.
  @usableFromInline var table: ContiguousArray<UInt64>
  @usableFromInline var count = 0
  @usableFromInline var hasZero = false

  @usableFromInline init() { table = KeySet.places }

  /// Copied by the first insertion: each run needs one, and to fill it anew takes longer.
  private static let places = ContiguousArray<UInt64>(repeating: 0, count: 512)

  /// - Returns: whether the key is new.
  @inlinable mutating func insert(_ key: UInt64) -> Bool {
    guard key != 0 else {
      defer { hasZero = true }
      return !hasZero
    }
    if (count + 1) * 2 > table.count { grow() }
    let place = place(of: key)
    guard table[place] == 0 else { return false }
    table[place] = key
    count += 1
    return true
  }

  /// Where the key stands, or where it would.
  @inlinable func place(of key: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: key) & (table.count - 1)
    while table[place] != 0, table[place] != key { place = (place + 1) & (table.count - 1) }
    return place
  }

  @usableFromInline mutating func grow() {
    let keys = table
    table = ContiguousArray(repeating: 0, count: keys.count * 2)
    for key in keys where key != 0 { table[place(of: key)] = key }
  }
}
