// A disk in memory that knows what a power failure may take: everything that was written and not synced since.

import Primitives
import Synchronization

/// The files of one SQLite database, as a disk holds them: what is durable, and what is only written.
///
/// A write and a sync are events, counted from 1. At any of them the power can fail or an error be reported; see
/// ``Trouble``. After a power failure nothing is read or written until ``restart()``.
public final class Disk: Sendable {
  /// The size below which nothing tears.
  static let sector = 512

  /// A write or a cut that no sync has made durable.
  struct Change: Sendable {
    var file: String
    var offset: Int
    /// Nil where the file was cut to `offset` bytes.
    var bytes: [UInt8]?
  }

  struct State: Sendable {
    /// What is read: durable and unsynced changes together.
    var files: [(name: String, bytes: [UInt8])] = []
    var durable: [(name: String, bytes: [UInt8])] = []
    var unsynced: [Change] = []
    var counts = Counts()
    var trouble = Trouble.none
    var isDown = false
    /// How many changes were not synced at each event.
    var atStake: [Int] = []
    var temporaryFiles = 0
    var randomWords: UInt64 = 0
  }

  /// How often the disk was used; a test asserts by these that it really was.
  public struct Counts: Hashable, Sendable {
    public var opens = 0
    public var reads = 0
    public var writes = 0
    public var syncs = 0
    /// Writes and syncs together: the moments at which the power can fail.
    public var events: Int { writes + syncs }
  }

  let state = Mutex(State())

  public init() {}

  public var counts: Counts { state.withLock { $0.counts } }
  public var isDown: Bool { state.withLock { $0.isDown } }
  /// How many changes a power failure could have taken at each event, in order.
  public var atStake: [Int] { state.withLock { $0.atStake } }

  /// What goes wrong from here on.
  public func bring(_ trouble: Trouble) { state.withLock { $0.trouble = trouble } }

  /// The power fails between two events.
  public func cutPower() { state.withLock { $0.isDown = true } }

  /// The power comes back: the disk holds what survived, and what it holds is durable.
  public func restart() {
    state.withLock { state in
      guard state.isDown else { return }
      if case .powerFailure(_, let survival, _) = state.trouble { state.lose(survival) } else { state.lose(.nothing) }
      state.isDown = false
      state.trouble = .none
    }
  }

  // MARK: Copies

  /// What a copy of the volume holds that is taken while nobody writes.
  public struct Copy: Sendable {
    var files: [(name: String, bytes: [UInt8])]
    /// The names of its files.
    public var names: [String] { files.map(\.name) }
    public func size(of name: String) -> Int { files.first { $0.name == name }?.bytes.count ?? 0 }
  }

  public var copy: Copy { state.withLock { Copy(files: $0.files) } }

  /// Puts a copy in the place of what is there.
  public func restore(_ copy: Copy) {
    state.withLock { state in
      state.files = copy.files
      state.durable = copy.files
      state.unsynced = []
    }
  }

  /// Puts an empty volume in the place of what is there.
  public func wipe() { restore(Copy(files: [])) }

  /// Damages a file, where it is there.
  public func damage(_ name: String, _ body: (inout [UInt8]) -> Void) {
    state.withLock { state in
      guard var bytes = state.bytes(of: name) else { return }
      body(&bytes)
      state.set(bytes, of: name)
      state.durable = state.files
      state.unsynced = []
    }
  }
}

extension Disk.State {
  func bytes(of name: String) -> [UInt8]? { files.first { $0.name == name }?.bytes }

  mutating func set(_ bytes: [UInt8], of name: String) { Disk.State.set(bytes, of: name, in: &files) }

  private static func set(_ bytes: [UInt8], of name: String, in files: inout [(name: String, bytes: [UInt8])]) {
    if let index = files.firstIndex(where: { $0.name == name }) {
      files[index].bytes = bytes
    } else {
      files.append((name, bytes))
    }
  }

  mutating func apply(_ change: Disk.Change) {
    unsynced.append(change)
    Disk.State.apply(change, to: &files)
  }

  fileprivate static func apply(_ change: Disk.Change, to files: inout [(name: String, bytes: [UInt8])]) {
    var index = files.firstIndex { $0.name == change.file }
    if index == nil {
      files.append((change.file, []))
      index = files.count - 1
    }
    guard let index else { return }
    guard let bytes = change.bytes else {
      files[index].bytes.removeLast(max(files[index].bytes.count - change.offset, 0))
      return
    }
    let missing = change.offset + bytes.count - files[index].bytes.count
    if missing > 0 { files[index].bytes.append(contentsOf: repeatElement(0, count: missing)) }
    files[index].bytes.replaceSubrange(change.offset..<change.offset + bytes.count, with: bytes)
  }

  /// Makes all changes of a file durable.
  mutating func sync(_ name: String) {
    for change in unsynced where change.file == name { Disk.State.apply(change, to: &durable) }
    unsynced.removeAll { $0.file == name }
  }

  /// The file is gone at once: file systems keep their directories by a journal of their own.
  mutating func delete(_ name: String) {
    files.removeAll { $0.name == name }
    durable.removeAll { $0.name == name }
    unsynced.removeAll { $0.file == name }
  }

  /// The power has failed: of what was not synced, only this is there.
  mutating func lose(_ survival: Survival) {
    for index in unsynced.indices {
      guard let kept = survival.kept(of: unsynced[index], at: index, of: unsynced.count) else { continue }
      Disk.State.apply(kept, to: &durable)
    }
    files = durable
    unsynced = []
  }
}
