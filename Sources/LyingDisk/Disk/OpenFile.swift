// A file that SQLite has open, and the functions by which it uses it.

import GRDBSQLite

/// An open file of a disk. SQLite keeps it in memory of its own, behind the pointer to the functions.
final class OpenFile {
  /// What SQLite allocates for each file.
  struct Slot {
    var base: sqlite3_file
    var file: UnsafeMutableRawPointer?
  }

  /// Keeps the file system registered for as long as SQLite has a file of it open.
  private let vfs: DiskVFS
  var disk: Disk { vfs.disk }
  let name: String
  /// The write-ahead log's index, shared by nobody else.
  private var regions: [UnsafeMutableRawPointer] = []

  init(_ vfs: DiskVFS, _ name: String) {
    self.vfs = vfs
    self.name = name
  }

  deinit { for region in regions { region.deallocate() } }

  /// Moves into SQLite's memory, until ``xClose``.
  func put(into file: UnsafeMutablePointer<sqlite3_file>) {
    let slot = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Slot.self)
    slot.pointee.file = Unmanaged.passRetained(self).toOpaque()
    file.pointee.pMethods = UnsafePointer(OpenFile.methods)
  }

  private static func at(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile {
    guard let file, let pointer = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Slot.self).pointee.file else {
      preconditionFailure("SQLite uses a file that is not open")
    }
    return Unmanaged<OpenFile>.fromOpaque(pointer).takeUnretainedValue()
  }

  private func region(_ index: Int, size: Int) -> UnsafeMutableRawPointer {
    while regions.count <= index {
      let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
      region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      regions.append(region)
    }
    return regions[index]
  }

  private func forgetRegions() {
    for region in regions { region.deallocate() }
    regions = []
  }

  /// Written here, once, and only read from then on.
  private nonisolated(unsafe) static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    methods.initialize(to: sqlite3_io_methods())
    methods.pointee.iVersion = 2
    methods.pointee.xClose = { file in
      guard let file else { return SQLITE_OK }
      let slot = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Slot.self)
      if let pointer = slot.pointee.file { Unmanaged<OpenFile>.fromOpaque(pointer).release() }
      slot.pointee.file = nil
      return SQLITE_OK
    }
    methods.pointee.xRead = { file, buffer, count, offset in
      let open = OpenFile.at(file)
      return open.disk.read(
        open.name, UnsafeMutableRawBufferPointer(start: buffer, count: Int(count)), at: Int(offset))
    }
    methods.pointee.xWrite = { file, bytes, count, offset in
      let open = OpenFile.at(file)
      return open.disk.write(open.name, UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset))
    }
    methods.pointee.xTruncate = { file, size in
      let open = OpenFile.at(file)
      return open.disk.truncate(open.name, to: Int(size))
    }
    methods.pointee.xSync = { file, _ in
      let open = OpenFile.at(file)
      return open.disk.sync(open.name)
    }
    methods.pointee.xFileSize = { file, size in
      let open = OpenFile.at(file)
      size?.pointee = Int64(open.disk.size(open.name))
      return SQLITE_OK
    }
    methods.pointee.xLock = { _, _ in SQLITE_OK }
    methods.pointee.xUnlock = { _, _ in SQLITE_OK }
    methods.pointee.xCheckReservedLock = { _, result in
      result?.pointee = 0
      return SQLITE_OK
    }
    methods.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    methods.pointee.xSectorSize = { _ in Int32(Disk.sector) }
    // A write to a part of a sector leaves the rest of it alone, as SQLite takes for granted of all disks.
    methods.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
    methods.pointee.xShmMap = { file, index, size, _, out in
      out?.pointee = OpenFile.at(file).region(Int(index), size: Int(size))
      return SQLITE_OK
    }
    methods.pointee.xShmLock = { _, _, _, _ in SQLITE_OK }
    methods.pointee.xShmBarrier = { _ in }
    methods.pointee.xShmUnmap = { file, _ in
      OpenFile.at(file).forgetRegions()
      return SQLITE_OK
    }
    return methods
  }()
}
