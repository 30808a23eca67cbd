// Wall clocks: what a clock on a wall shows in a zone, from rules that are written here and not from the machine.

/// What calendar and clock of some place show, to the second.
public struct CivilTime: Hashable, Comparable, Sendable {
  public var year: Int64
  /// 1 to 12.
  public var month: Int64
  /// 1 to 31.
  public var day: Int64
  public var hour: Int64
  public var minute: Int64
  public var second: Int64

  public init(year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// Seconds since 1970-01-01T00:00:00 of the same wall clock: what it would be in UTC.
  public var secondsSinceEpoch: Int64 {
    ((CivilDate.daysSinceEpoch(year: year, month: month, day: day) * 24 + hour) * 60 + minute) * 60 + second
  }

  /// The time that a wall clock shows so many seconds after it showed 1970-01-01T00:00:00.
  public init(secondsSinceEpoch seconds: Int64) {
    let (days, inDay) = seconds.flooredQuotientAndRemainder(by: 86_400)
    let (year, month, day) = CivilDate.from(daysSinceEpoch: days)
    self.init(year: year, month: month, day: day, hour: inDay / 3_600, minute: inDay / 60 % 60, second: inDay % 60)
  }

  public static func < (a: CivilTime, b: CivilTime) -> Bool { a.secondsSinceEpoch < b.secondsSinceEpoch }

  public var weekday: Weekday {
    // 1970-01-01 was a Thursday.
    let (_, index) = (CivilDate.daysSinceEpoch(year: year, month: month, day: day) + 3).flooredQuotientAndRemainder(by: 7)
    return Weekday.allCases[Int(index)]
  }
}

extension CivilTime: CustomStringConvertible {
  /// `2026-11-30T23:58:00`
  public var description: String {
    Instant(nanoseconds: secondsSinceEpoch * 1_000_000_000).description.prefix(19).description
  }
}

/// The days of a week, from Monday.
public enum Weekday: String, Hashable, Sendable, CaseIterable {
  case mon, tue, wed, thu, fri, sat, sun

  /// 0 for Monday.
  public var index: Int64 { Int64(Weekday.allCases.firstIndex(of: self) ?? 0) }
}

/// A month of the calendar, `2026-11`: what is billed, and what books are closed for.
public struct CivilMonth: Hashable, Comparable, Sendable {
  public var year: Int64
  public var month: Int64

  public init(year: Int64, month: Int64) {
    self.year = year
    self.month = month
  }

  /// Reads `2026-11`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 }), let year = Int64(parts[0]),
      let month = Int64(parts[1]), (1...12).contains(month)
    else { return nil }
    self.init(year: year, month: month)
  }

  public var next: CivilMonth {
    month == 12 ? CivilMonth(year: year + 1, month: 1) : CivilMonth(year: year, month: month + 1)
  }

  /// The first moment of the month on a wall clock.
  public var start: CivilTime { CivilTime(year: year, month: month, day: 1) }

  public static func < (a: CivilMonth, b: CivilMonth) -> Bool { (a.year, a.month) < (b.year, b.month) }
}

/// A zone of time: how far its clocks are ahead of UTC, and when they are put forward and back.
///
/// A small table of rules and no database of history: right for the years in which the rules have been in force, which
/// for the European ones is from 1996 and for the American ones from 2007. The machine's own zone data are never read,
/// since they differ from machine to machine and a run must not.
public struct CivilZone: Hashable, Sendable {
  /// When clocks are put forward and back.
  enum Summer: Hashable, Sendable {
    case none
    /// From 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October, in all zones at once:
    /// Directive 2000/84/EC, https://eur-lex.europa.eu/eli/dir/2000/84/oj
    case european
    /// From 02:00 of the local clock on the second Sunday of March to 02:00 on the first Sunday of November:
    /// Energy Policy Act of 2005, section 110, https://www.congress.gov/109/plaws/publ58/PLAW-109publ58.pdf
    case american
  }

  /// The name in the IANA database, `Europe/Berlin`, or an offset, `+01:00`.
  public let name: String
  /// How far its clocks are ahead of UTC in winter.
  public let standard: TimeSpan
  let summer: Summer

  public static let utc = CivilZone(name: "UTC", standard: .zero, summer: .none)

  /// The zones that have a name here.
  public static let named: [CivilZone] = [
    utc,
    CivilZone(name: "Europe/London", standard: .zero, summer: .european),
    CivilZone(name: "Europe/Berlin", standard: .hours(1), summer: .european),
    CivilZone(name: "Europe/Paris", standard: .hours(1), summer: .european),
    CivilZone(name: "Europe/Helsinki", standard: .hours(2), summer: .european),
    CivilZone(name: "America/New_York", standard: .hours(-5), summer: .american),
    CivilZone(name: "America/Chicago", standard: .hours(-6), summer: .american),
    CivilZone(name: "America/Los_Angeles", standard: .hours(-8), summer: .american),
    CivilZone(name: "Asia/Kolkata", standard: .minutes(330), summer: .none),
    CivilZone(name: "Asia/Singapore", standard: .hours(8), summer: .none),
    CivilZone(name: "Asia/Tokyo", standard: .hours(9), summer: .none),
  ]

  private init(name: String, standard: TimeSpan, summer: Summer) {
    self.name = name
    self.standard = standard
    self.summer = summer
  }

  /// A named zone, or one of a fixed offset such as `+05:30`; nil for anything else.
  public init?(_ name: String) {
    if let known = CivilZone.named.first(where: { $0.name == name }) {
      self = known
      return
    }
    guard let offset = CivilZone.offset(name) else { return nil }
    self.init(name: name, standard: offset, summer: .none)
  }

  /// Reads `+01:00`, as far as clocks on earth go; nil for anything else.
  public static func offset(_ text: some StringProtocol) -> TimeSpan? {
    let bytes = Array(text.utf8)
    guard bytes.count == 6, bytes[0] == 43 || bytes[0] == 45, bytes[3] == 58 else { return nil }
    var digits: [Int64] = []
    for index in [1, 2, 4, 5] {
      guard (48...57).contains(bytes[index]) else { return nil }
      digits.append(Int64(bytes[index]) - 48)
    }
    let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
    guard hours <= 14, minutes < 60 else { return nil }
    return TimeSpan.minutes((hours * 60 + minutes) * (bytes[0] == 45 ? -1 : 1))
  }

  /// How far its clocks are ahead of UTC at an instant.
  public func offset(at instant: Instant) -> TimeSpan {
    guard summer != .none else { return standard }
    let year = CivilTime(secondsSinceEpoch: (instant + standard).wholeSeconds).year
    let (begins, ends) = summerTime(of: year)
    return instant >= begins && instant < ends ? standard + .hours(1) : standard
  }

  /// What its clocks show at an instant.
  public func civil(at instant: Instant) -> CivilTime {
    CivilTime(secondsSinceEpoch: (instant + offset(at: instant)).wholeSeconds)
  }

  /// When its clocks show a time. A time that they show twice in autumn is the earlier one; one that they leave out in
  /// spring is as long after midnight as if they had not been put forward.
  public func instant(of time: CivilTime) -> Instant {
    let local = Instant(nanoseconds: time.secondsSinceEpoch * 1_000_000_000)
    let inSummer = local - (standard + .hours(1))
    if summer != .none, offset(at: inSummer) != standard { return inSummer }
    return local - standard
  }

  /// The month that its calendar shows at an instant.
  public func month(at instant: Instant) -> CivilMonth {
    let time = civil(at: instant)
    return CivilMonth(year: time.year, month: time.month)
  }

  /// When a month is over there.
  public func end(of month: CivilMonth) -> Instant { instant(of: month.next.start) }

  private func summerTime(of year: Int64) -> (begins: Instant, ends: Instant) {
    switch summer {
    case .none: (Instant(nanoseconds: 0), Instant(nanoseconds: 0))
    case .european:
      (
        Instant(year: year, month: 3, day: CivilZone.lastSunday(of: 3, in: year), hour: 1),
        Instant(year: year, month: 10, day: CivilZone.lastSunday(of: 10, in: year), hour: 1)
      )
    case .american:
      (
        Instant(year: year, month: 3, day: CivilZone.firstSunday(of: 3, in: year) + 7, hour: 2) - standard,
        Instant(year: year, month: 11, day: CivilZone.firstSunday(of: 11, in: year), hour: 1) - standard
      )
    }
  }

  private static func firstSunday(of month: Int64, in year: Int64) -> Int64 {
    7 - CivilTime(year: year, month: month, day: 1).weekday.index
  }

  /// The last Sunday of a month of 31 days.
  private static func lastSunday(of month: Int64, in year: Int64) -> Int64 {
    31 - (CivilTime(year: year, month: month, day: 31).weekday.index + 1) % 7
  }
}

extension CivilZone: CustomStringConvertible {
  public var description: String { name }
}

extension CivilZone: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(name) }
}

extension Instant {
  fileprivate var wholeSeconds: Int64 { nanoseconds.flooredQuotientAndRemainder(by: 1_000_000_000).0 }
}

extension Int64 {
  fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (Int64, Int64) {
    let (q, r) = quotientAndRemainder(dividingBy: divisor)
    return r < 0 ? (q - 1, r + divisor) : (q, r)
  }
}
