// What can happen to a disk, and what a power failure leaves of what was not synced.

import Primitives

/// What goes wrong at a disk, once.
public enum Trouble: Sendable {
  case none
  /// The power fails at this event. Where `liesAboutSync`, no sync before it made anything durable either.
  case powerFailure(atEvent: Int, Survival, liesAboutSync: Bool)
  /// This event reports an error and is not done.
  case failure(atEvent: Int, DiskError)
  /// From this event on there is no room: writes that make a file longer are refused, all others are done.
  case full(fromEvent: Int)
  /// This read, counted from 1, reports an error.
  case unreadable(atRead: Int, DiskError)

  var liesAboutSync: Bool { if case .powerFailure(_, _, true) = self { true } else { false } }
}

/// SQLite's codes for what a disk reports.
public enum DiskError: Int32, Sendable, CaseIterable {
  case full = 13
  case read = 266
  case shortRead = 522
  case write = 778
  case sync = 1_034
}

/// What a power failure leaves of the changes that were not synced, in the order in which they were made.
public enum Survival: Sendable, Hashable {
  case nothing, everything
  /// The first so many.
  case first(Int)
  case only(Int)
  case allBut(Int)
  /// The changes before this one, and of this one the first half of its sectors, or the second.
  case torn(Int, isSecondHalf: Bool)
  /// Each or not, as drawn.
  case drawn(UInt64)

  /// All ways in which so many changes can survive that are worth trying: all subsets where there are few; else none,
  /// all, each beginning, each one alone, all but each, each one torn, and some that are drawn.
  public static func all(of changes: Int, drawn: Int) -> [Survival] {
    var all: [Survival] = [.nothing]
    guard changes > 0 else { return all }
    all.append(.everything)
    for index in 0..<changes {
      if index > 0 { all.append(.first(index)) }
      if changes > 1 { all += [.only(index), .allBut(index)] }
      all += [.torn(index, isSecondHalf: false), .torn(index, isSecondHalf: true)]
    }
    if changes > 2 { all += (0..<drawn).map { .drawn(UInt64($0)) } }
    return all
  }

  /// What is left of a change; nil where nothing is.
  func kept(of change: Disk.Change, at index: Int, of count: Int) -> Disk.Change? {
    switch self {
    case .nothing: nil
    case .everything: change
    case .first(let number): index < number ? change : nil
    case .only(let number): index == number ? change : nil
    case .allBut(let number): index == number ? nil : change
    case .drawn(let seed): Draw(seed: seed, key: UInt64(index)).below(2) == 0 ? change : nil
    case .torn(let number, let isSecondHalf):
      index == number ? half(of: change, isSecond: isSecondHalf) : index < number ? change : nil
    }
  }

  /// Half of a write's sectors; a write within one sector is done whole or not at all.
  private func half(of change: Disk.Change, isSecond: Bool) -> Disk.Change? {
    guard let bytes = change.bytes, bytes.count >= 2 * Disk.sector else { return isSecond ? change : nil }
    let middle = bytes.count / Disk.sector / 2 * Disk.sector
    var kept = change
    kept.bytes = Array(isSecond ? bytes[middle...] : bytes[..<middle])
    if isSecond { kept.offset += middle }
    return kept
  }
}
