// Tells whether a process that claimed work still lives. The kernel knows, and forgets no dead one.

import Foundation

/// A byte of a file beside the database that a living process keeps locked.
///
/// The kernel takes the lock away when the process ends, however it ends; so nobody guesses from heartbeats or from
/// process ids that another process may have by now. A process sees only the locks of others: it opens a database
/// once.
final class ClaimantLock: Sendable {
  private let descriptor: Int32

  /// Opens the file and makes it where there is none.
  ///
  /// - Throws: `POSIXError` where it can't be opened.
  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }

  deinit { close(descriptor) }

  /// Locks a claimant's byte until this process ends.
  ///
  /// - Throws: `POSIXError` where the file system has no locks, or another process holds this one.
  func hold(_ claimant: Int64) throws {
    var request = Self.range(of: claimant)
    guard fcntl(descriptor, F_SETLK, &request) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }

  /// Whether another process holds the claimant's byte.
  func isHeldElsewhere(_ claimant: Int64) -> Bool {
    var request = Self.range(of: claimant)
    guard fcntl(descriptor, F_GETLK, &request) == 0 else { return false }
    return request.l_type != Int16(F_UNLCK)
  }

  /// Does something while no other process does it: those that come at the same time wait for their turn.
  ///
  /// - Throws: `POSIXError` where the file system has no locks, and what `body` throws.
  func alone<Result>(_ body: () throws -> Result) throws -> Result {
    // No claimant has this number.
    var request = Self.range(of: 0)
    while fcntl(descriptor, F_SETLKW, &request) != 0 {
      guard errno == EINTR else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
    defer {
      var end = Self.range(of: 0, type: CInt(F_UNLCK))
      _ = fcntl(descriptor, F_SETLK, &end)
    }
    return try body()
  }

  private static func range(of claimant: Int64, type: CInt = CInt(F_WRLCK)) -> flock {
    var range = flock()
    range.l_type = Int16(type)
    range.l_whence = Int16(SEEK_SET)
    range.l_start = off_t(claimant)
    range.l_len = 1
    return range
  }
}
