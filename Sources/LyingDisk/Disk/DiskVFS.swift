// The disk as one of SQLite's file systems: registered by a name of its own, opened by a URI that names it.

import GRDBSQLite
import Synchronization

/// Makes a ``Disk`` known to the process's SQLite, for as long as this value lives or SQLite has a file of it open.
///
/// Each has a name of its own, so that tests can run side by side. A disk is used by one connection at a time: its
/// locks are always free, and its shared memory is one process's.
public final class DiskVFS: Sendable {
  public let disk: Disk
  /// The name that it is registered under, `disk-7`.
  public let name: String
  /// SQLite holds this pointer and reads it; it is written before it is registered, and freed after it is not any more.
  private nonisolated(unsafe) let registration: UnsafeMutablePointer<sqlite3_vfs>

  private static let count = Mutex(0)

  public init(_ disk: Disk) {
    self.disk = disk
    let number = DiskVFS.count.withLock { count in
      count += 1
      return count
    }
    name = "disk-\(number)"
    registration = .allocate(capacity: 1)
    registration.initialize(to: sqlite3_vfs())
    registration.pointee.iVersion = 2
    registration.pointee.szOsFile = Int32(MemoryLayout<OpenFile.Slot>.size)
    registration.pointee.mxPathname = 512
    registration.pointee.zName = UnsafePointer(DiskVFS.copy(of: name))
    registration.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
    DiskVFS.fill(registration)
    let code = sqlite3_vfs_register(registration, 0)
    precondition(code == SQLITE_OK, "SQLite takes no file system: \(code)")
  }

  deinit {
    sqlite3_vfs_unregister(registration)
    registration.pointee.zName.deallocate()
    registration.deallocate()
  }

  /// The URI by which a database on the disk is opened.
  public func uri(_ file: String) -> String { "file:/\(file)?vfs=\(name)" }

  private static func copy(of text: String) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8CString
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { copy[index] = byte }
    return copy
  }

  private static func at(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> DiskVFS {
    guard let data = vfs?.pointee.pAppData else { preconditionFailure("SQLite calls a file system without its data") }
    return Unmanaged<DiskVFS>.fromOpaque(data).takeUnretainedValue()
  }

  private static func fill(_ vfs: UnsafeMutablePointer<sqlite3_vfs>) {
    vfs.pointee.xOpen = { vfs, path, file, flags, outFlags in
      let vfs = DiskVFS.at(vfs)
      let disk = vfs.disk
      guard let file else { return SQLITE_CANTOPEN }
      let path = path.map { String(cString: $0) }
      if let path, flags & SQLITE_OPEN_CREATE != 0 { disk.create(path) }
      if let path, flags & SQLITE_OPEN_CREATE == 0, !disk.exists(path) {
        file.pointee.pMethods = nil
        return SQLITE_CANTOPEN
      }
      OpenFile(vfs, disk.open(path)).put(into: file)
      outFlags?.pointee = flags
      return SQLITE_OK
    }
    vfs.pointee.xDelete = { vfs, path, _ in
      path.map { DiskVFS.at(vfs).disk.delete(String(cString: $0)) } ?? SQLITE_OK
    }
    vfs.pointee.xAccess = { vfs, path, _, result in
      result?.pointee = path.map { DiskVFS.at(vfs).disk.exists(String(cString: $0)) } ?? false ? 1 : 0
      return SQLITE_OK
    }
    vfs.pointee.xFullPathname = { _, path, capacity, out in
      guard let path, let out else { return SQLITE_CANTOPEN }
      let bytes = Array(String(cString: path).utf8CString)
      guard bytes.count <= Int(capacity) else { return SQLITE_CANTOPEN }
      for (index, byte) in bytes.enumerated() { out[index] = byte }
      return SQLITE_OK
    }
    vfs.pointee.xRandomness = { vfs, count, out in
      guard let out else { return 0 }
      DiskVFS.at(vfs).disk.fillRandomly(UnsafeMutableRawBufferPointer(start: out, count: Int(count)))
      return count
    }
    // Nothing waits and nothing here may depend on the time: it stands still on 1 January 2000.
    vfs.pointee.xSleep = { _, microseconds in microseconds }
    vfs.pointee.xCurrentTime = { _, out in
      out?.pointee = 2_451_544.5
      return SQLITE_OK
    }
    vfs.pointee.xCurrentTimeInt64 = { _, out in
      out?.pointee = 211_813_444_800_000
      return SQLITE_OK
    }
    vfs.pointee.xGetLastError = { _, _, _ in 0 }
  }
}
