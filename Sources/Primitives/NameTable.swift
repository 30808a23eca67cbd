// Values by name, for tables that are made once and asked with every call.

/// A dictionary that never changes: binary search over the names' numbers, which are hashes already. `Dictionary`
/// would hash each of them once more, under a key of the process.
public struct NameTable<Value> {
  @usableFromInline let hashes: ContiguousArray<UInt64>
  @usableFromInline let values: ContiguousArray<Value>

  /// - Parameter entries: each name once.
  public init(_ entries: [(Name, Value)]) {
    let sorted = entries.sorted { $0.0.hash < $1.0.hash }
    hashes = ContiguousArray(sorted.map(\.0.hash))
    values = ContiguousArray(sorted.map(\.1))
  }

  /// The value of that name, if it has one.
  @inlinable public subscript(name: Name) -> Value? { self[hash: name.hash] }

  /// The value of the name that these bytes spell, if it has one: looked up without a name being made.
  @inlinable public subscript(bytes: UnsafeBufferPointer<UInt8>) -> Value? { self[hash: Name.hash(of: bytes)] }

  @inlinable subscript(hash hash: UInt64) -> Value? {
    var low = 0
    var high = hashes.count
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < hashes.count && hashes[low] == hash ? values[low] : nil
  }
}

extension NameTable: Sendable where Value: Sendable {}
