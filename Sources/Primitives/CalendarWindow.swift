// Windows of calendar time: a weekend, the days of a release freeze.

/// A stretch of calendar time in one zone, once or every week.
public struct CalendarWindow: Hashable, Sendable {
  public enum Extent: Hashable, Sendable {
    /// From one time of the wall clock to another, which is no longer in it.
    case once(from: CivilTime, until: CivilTime)
    /// From one moment of every week to another, each in seconds since Monday 00:00; it may lead over the weekend.
    case weekly(from: Int64, until: Int64)
  }

  public var extent: Extent
  public var zone: CivilZone

  public init(_ extent: Extent, in zone: CivilZone) {
    self.extent = extent
    self.zone = zone
  }

  static let week: Int64 = 7 * 86_400

  /// When the window that an instant is in ends; nil where it is in none.
  public func end(at instant: Instant) -> Instant? {
    let local = zone.civil(at: instant)
    switch extent {
    case .once(let from, let until):
      return local >= from && local < until ? zone.instant(of: until) : nil
    case .weekly(let from, let until):
      let into = local.weekday.index * 86_400 + local.hour * 3_600 + local.minute * 60 + local.second
      let monday = local.secondsSinceEpoch - into
      let length = (until - from + CalendarWindow.week) % CalendarWindow.week
      let since = (into - from + CalendarWindow.week) % CalendarWindow.week
      guard since < length else { return nil }
      // The end may lie in the next week.
      let ends = monday + into - since + length
      return zone.instant(of: CivilTime(secondsSinceEpoch: ends))
    }
  }

  /// Whether an instant is in it.
  public func contains(_ instant: Instant) -> Bool { end(at: instant) != nil }
}

extension CalendarWindow {
  /// Reads `fri 18:00..mon 08:00`, a moment of the week to another; nil for anything else.
  public init?(weekly text: String, in zone: CivilZone) {
    guard let dots = text.firstRange(of: ".."), let from = CalendarWindow.moment(text[..<dots.lowerBound]),
      let until = CalendarWindow.moment(text[dots.upperBound...]), from != until
    else { return nil }
    self.init(.weekly(from: from, until: until), in: zone)
  }

  private static func moment(_ text: Substring) -> Int64? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, let day = Weekday(rawValue: parts[0].lowercased()) else { return nil }
    let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
    guard clock.count == 2, clock.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let hour = Int64(clock[0]), let minute = Int64(clock[1]), hour < 24, minute < 60
    else { return nil }
    return day.index * 86_400 + hour * 3_600 + minute * 60
  }
}

extension CalendarWindow: CustomStringConvertible {
  /// `fri 18:00 to mon 08:00 in Europe/Berlin`
  public var description: String {
    switch extent {
    case .once(let from, let until):
      return "\(from.description.prefix(16)) to \(until.description.prefix(16)) in \(zone)"
    case .weekly(let from, let until):
      func moment(_ seconds: Int64) -> String {
        let time = CivilTime(secondsSinceEpoch: seconds).description
        return "\(Weekday.allCases[Int(seconds / 86_400)].rawValue) \(time.dropFirst(11).prefix(5))"
      }
      return "\(moment(from)) to \(moment(until)) in \(zone)"
    }
  }
}

extension CalendarWindow: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    switch extent {
    case .once(let from, let until):
      hasher.combine(1 as UInt64)
      hasher.combine(UInt64(bitPattern: from.secondsSinceEpoch))
      hasher.combine(UInt64(bitPattern: until.secondsSinceEpoch))
    case .weekly(let from, let until):
      hasher.combine(2 as UInt64)
      hasher.combine(UInt64(bitPattern: from))
      hasher.combine(UInt64(bitPattern: until))
    }
    hasher.combine(zone)
  }
}
