// What SQLite does with the disk: opening, reading, writing, syncing, and what it is told.

import Primitives
import Synchronization

extension Disk {
  private static let ok: Int32 = 0
  private static let failed: Int32 = 10

  func open(_ name: String?) -> String {
    state.withLock { state in
      state.counts.opens += 1
      guard let name else {
        state.temporaryFiles += 1
        return "temporary-\(state.temporaryFiles)"
      }
      return name
    }
  }

  func exists(_ name: String) -> Bool { state.withLock { $0.bytes(of: name) != nil } }
  func size(_ name: String) -> Int { state.withLock { $0.bytes(of: name)?.count ?? 0 } }

  /// Makes an empty file where none is there.
  func create(_ name: String) {
    state.withLock { state in
      guard !state.isDown, state.bytes(of: name) == nil else { return }
      state.set([], of: name)
    }
  }

  func delete(_ name: String) -> Int32 {
    state.withLock { state in
      guard !state.isDown else { return Disk.failed }
      state.delete(name)
      return Disk.ok
    }
  }

  /// Fills the buffer; what the file does not have is zero.
  func read(_ name: String, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int32 {
    state.withLock { state in
      state.counts.reads += 1
      guard !state.isDown else { return DiskError.read.rawValue }
      if case .unreadable(state.counts.reads, let error) = state.trouble {
        state.trouble = .none
        if error == .shortRead { buffer.initializeMemory(as: UInt8.self, repeating: 0) }
        return error.rawValue
      }
      let bytes = state.bytes(of: name) ?? []
      let available = max(min(bytes.count - offset, buffer.count), 0)
      if available > 0 {
        bytes.withUnsafeBytes { all in
          buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<offset + available]))
        }
      }
      for index in available..<buffer.count { buffer[index] = 0 }
      return available < buffer.count ? DiskError.shortRead.rawValue : Disk.ok
    }
  }

  func write(_ name: String, _ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
    state.withLock { state in
      guard !state.isDown else { return DiskError.write.rawValue }
      state.counts.writes += 1
      if case .full(let first) = state.trouble, state.counts.events >= first,
        offset + bytes.count > state.bytes(of: name)?.count ?? 0
      {
        return DiskError.full.rawValue
      }
      if let error = state.failure() { return error.rawValue }
      state.apply(Change(file: name, offset: offset, bytes: Array(bytes)))
      return state.fails() ? DiskError.write.rawValue : Disk.ok
    }
  }

  func truncate(_ name: String, to size: Int) -> Int32 {
    state.withLock { state in
      guard !state.isDown else { return DiskError.write.rawValue }
      state.counts.writes += 1
      if let error = state.failure() { return error.rawValue }
      state.apply(Change(file: name, offset: size, bytes: nil))
      return state.fails() ? DiskError.write.rawValue : Disk.ok
    }
  }

  func sync(_ name: String) -> Int32 {
    state.withLock { state in
      guard !state.isDown else { return DiskError.sync.rawValue }
      state.counts.syncs += 1
      if let error = state.failure() { return error == .full ? error.rawValue : DiskError.sync.rawValue }
      // Whether it made anything durable before the power failed is what the survival says.
      if state.fails() { return DiskError.sync.rawValue }
      if !state.trouble.liesAboutSync { state.sync(name) }
      return Disk.ok
    }
  }

  /// SQLite salts its logs by it; equal runs have equal salts.
  func fillRandomly(_ buffer: UnsafeMutableRawBufferPointer) {
    state.withLock { state in
      for index in buffer.indices {
        state.randomWords += 1
        buffer[index] = UInt8(truncatingIfNeeded: Draw(seed: 0xD15C, key: state.randomWords).word)
      }
    }
  }
}

extension Disk.State {
  /// The error that the event under way reports; once.
  fileprivate mutating func failure() -> DiskError? {
    guard case .failure(counts.events, let error) = trouble else { return nil }
    atStake.append(unsynced.count)
    trouble = .none
    return error
  }

  /// Whether the power fails at the event under way.
  fileprivate mutating func fails() -> Bool {
    atStake.append(unsynced.count)
    guard case .powerFailure(counts.events, _, _) = trouble else { return false }
    isDown = true
    return true
  }
}
