// Simulated time: whole nanoseconds, so that no rounding can differ between two machines.

/// A point in simulated time, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// Nothing in the core asks the machine what time it is; instants come from the event queue alone.
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  public var nanoseconds: Int64

  /// A time by its number of nanoseconds.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  @inlinable public static func + (a: Instant, b: TimeSpan) -> Instant {
    Instant(nanoseconds: a.nanoseconds + b.nanoseconds)
  }
  @inlinable public static func - (a: Instant, b: TimeSpan) -> Instant {
    Instant(nanoseconds: a.nanoseconds - b.nanoseconds)
  }
  @inlinable public static func - (a: Instant, b: Instant) -> TimeSpan {
    TimeSpan(nanoseconds: a.nanoseconds - b.nanoseconds)
  }
  @inlinable public static func += (a: inout Instant, b: TimeSpan) { a.nanoseconds += b.nanoseconds }
}

/// A length of simulated time in nanoseconds; may be negative.
public struct TimeSpan: Hashable, Comparable, Sendable {
  /// The length; negative for a span that leads back.
  public var nanoseconds: Int64

  /// A time by its number of nanoseconds.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// A length measured elsewhere, cut to whole nanoseconds.
  public init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  /// No time at all.
  @inlinable public static var zero: TimeSpan { TimeSpan(nanoseconds: 0) }
  @inlinable public static func nanoseconds(_ n: Int64) -> TimeSpan { TimeSpan(nanoseconds: n) }
  @inlinable public static func microseconds(_ n: Int64) -> TimeSpan { TimeSpan(nanoseconds: n * 1_000) }
  @inlinable public static func milliseconds(_ n: Int64) -> TimeSpan { TimeSpan(nanoseconds: n * 1_000_000) }
  @inlinable public static func seconds(_ n: Int64) -> TimeSpan { TimeSpan(nanoseconds: n * 1_000_000_000) }
  @inlinable public static func minutes(_ n: Int64) -> TimeSpan { .seconds(n * 60) }
  @inlinable public static func hours(_ n: Int64) -> TimeSpan { .seconds(n * 3_600) }
  @inlinable public static func days(_ n: Int64) -> TimeSpan { .seconds(n * 86_400) }

  /// Whole milliseconds, rounded toward zero.
  @inlinable public var inMilliseconds: Int64 { nanoseconds / 1_000_000 }

  /// Seconds, as libraries take them.
  @inlinable public var inSeconds: Double { Double(nanoseconds) / 1e9 }

  @inlinable public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.nanoseconds < b.nanoseconds }
  @inlinable public static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: a.nanoseconds + b.nanoseconds)
  }
  @inlinable public static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: a.nanoseconds - b.nanoseconds)
  }
  @inlinable public static func * (a: TimeSpan, n: Int64) -> TimeSpan { TimeSpan(nanoseconds: a.nanoseconds * n) }
  @inlinable public static func / (a: TimeSpan, n: Int64) -> TimeSpan { TimeSpan(nanoseconds: a.nanoseconds / n) }
}

extension TimeSpan: CustomStringConvertible {
  /// The largest unit that divides the span exactly: `2h`, `90s`, `250ms`, `17ns`.
  public var description: String {
    let units: [(Int64, String)] = [
      (86_400_000_000_000, "d"), (3_600_000_000_000, "h"), (60_000_000_000, "m"), (1_000_000_000, "s"),
      (1_000_000, "ms"), (1_000, "us"),
    ]
    if nanoseconds == 0 { return "0s" }
    for (size, unit) in units where nanoseconds % size == 0 { return "\(nanoseconds / size)\(unit)" }
    return "\(nanoseconds)ns"
  }

  /// Reads `2h`, `90s`, `250ms`, `3d`, `5us`, `17ns`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    guard let split = text.firstIndex(where: { !$0.isASCII || !$0.isNumber }), split > text.startIndex,
      let count = Int64(text[..<split])
    else { return nil }
    let size: Int64
    switch text[split...] {
    case "d": size = 86_400_000_000_000
    case "h": size = 3_600_000_000_000
    case "m", "min": size = 60_000_000_000
    case "s": size = 1_000_000_000
    case "ms": size = 1_000_000
    case "us": size = 1_000
    case "ns": size = 1
    default: return nil
    }
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow else { return nil }
    self.init(nanoseconds: product)
  }
}

extension Instant: CustomStringConvertible {
  /// ISO 8601 in UTC with milliseconds, `2026-11-20T09:00:00.000Z`.
  public var description: String {
    let (day, inDay) = nanoseconds.flooredQuotientAndRemainder(by: 86_400_000_000_000)
    let (year, month, dayOfMonth) = CivilDate.from(daysSinceEpoch: day)
    let ms = inDay / 1_000_000
    func pad(_ n: Int64, _ width: Int) -> String {
      let digits = String(n)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(dayOfMonth, 2))T\(pad(ms / 3_600_000, 2)):"
      + "\(pad(ms / 60_000 % 60, 2)):\(pad(ms / 1_000 % 60, 2)).\(pad(ms % 1_000, 3))Z"
  }

  /// RFC 3339 with as many digits as it takes: versions are compared to the nanosecond.
  public var exact: String {
    let text = description
    let rest = nanoseconds.flooredQuotientAndRemainder(by: 1_000_000).1
    guard rest != 0 else { return text }
    let digits = String(rest)
    return text.dropLast() + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
  }

  /// Midnight UTC of a civil date.
  public init(year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0) {
    let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
    self.init(nanoseconds: ((days * 24 + hour) * 60 + minute) * 60_000_000_000 + second * 1_000_000_000)
  }
}

/// Days and civil dates of the proleptic Gregorian calendar, in integers.
///
/// The algorithm is the one described by Howard Hinnant in "chrono-Compatible Low-Level Date
/// Algorithms"; Foundation's calendars read the machine's time zone and are not used in the core.
public enum CivilDate {
  /// Days from 1970-01-01 to the date; negative before it.
  public static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// How many days a month has.
  public static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    let next = month == 12 ? (year: year + 1, month: Int64(1)) : (year: year, month: month + 1)
    return daysSinceEpoch(year: next.year, month: next.month, day: 1)
      - daysSinceEpoch(year: year, month: month, day: 1)
  }

  /// The date so many days after 1970-01-01.
  public static func from(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * mp + 2) / 5 + 1)
  }
}

extension Int64 {
  fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (Int64, Int64) {
    let (q, r) = quotientAndRemainder(dividingBy: divisor)
    return r < 0 ? (q - 1, r + divisor) : (q, r)
  }
}
