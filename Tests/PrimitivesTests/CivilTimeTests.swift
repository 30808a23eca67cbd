// Wall clocks of zones, against what `TZ=… date` and Python's zoneinfo say of the same instants.

import Primitives
import Testing

@Suite struct CivilZoneTests {
  /// UTC in days and seconds of the day, for short tables.
  private func utc(_ text: String) throws -> Instant {
    let parts = text.split { !$0.isNumber }.compactMap { Int64($0) }
    let time = parts + [0, 0, 0]
    return Instant(
      year: time[0], month: time[1], day: time[2], hour: time[3], minute: time[4], second: parts.count > 5 ? time[5] : 0)
  }

  @Test(arguments: [
    ("Europe/Berlin", "2026-11-30 23:30:00", "2026-12-01T00:30:00", Weekday.tue),
    ("Europe/Berlin", "2026-03-29 00:59:59", "2026-03-29T01:59:59", .sun),
    ("Europe/Berlin", "2026-03-29 01:00:00", "2026-03-29T03:00:00", .sun),
    ("Europe/Berlin", "2026-10-25 00:59:59", "2026-10-25T02:59:59", .sun),
    ("Europe/Berlin", "2026-10-25 01:00:00", "2026-10-25T02:00:00", .sun),
    ("Europe/London", "2026-03-29 01:00:00", "2026-03-29T02:00:00", .sun),
    ("Europe/London", "2026-10-25 01:00:00", "2026-10-25T01:00:00", .sun),
    ("America/New_York", "2026-12-01 04:59:00", "2026-11-30T23:59:00", .mon),
    ("America/New_York", "2026-03-08 06:59:59", "2026-03-08T01:59:59", .sun),
    ("America/New_York", "2026-03-08 07:00:00", "2026-03-08T03:00:00", .sun),
    ("America/New_York", "2026-11-01 05:59:59", "2026-11-01T01:59:59", .sun),
    ("America/New_York", "2026-11-01 06:00:00", "2026-11-01T01:00:00", .sun),
    ("America/Los_Angeles", "2026-07-01 12:00:00", "2026-07-01T05:00:00", .wed),
    ("Asia/Kolkata", "2026-07-01 12:00:00", "2026-07-01T17:30:00", .wed),
    ("UTC", "1969-12-31 23:59:59", "1969-12-31T23:59:59", .wed),
    ("+05:45", "2026-07-01 20:00:00", "2026-07-02T01:45:00", .thu),
  ] as [(String, String, String, Weekday)])
  func clocksShowWhatTheyShow(zone: String, at: String, shown: String, weekday: Weekday) throws {
    let time = try #require(CivilZone(zone)).civil(at: utc(at))
    #expect(time.description == shown)
    #expect(time.weekday == weekday)
  }

  /// The transitions of years with Sundays on all dates, as zoneinfo has them.
  @Test(arguments: [
    ("Europe/Berlin", "2019-03-31 01:00", "2019-10-27 01:00"), ("Europe/Berlin", "2024-03-31 01:00", "2024-10-27 01:00"),
    ("Europe/Berlin", "2027-03-28 01:00", "2027-10-31 01:00"), ("Europe/Berlin", "2032-03-28 01:00", "2032-10-31 01:00"),
    ("Europe/Berlin", "2037-03-29 01:00", "2037-10-25 01:00"),
    ("America/New_York", "2019-03-10 07:00", "2019-11-03 06:00"),
    ("America/New_York", "2024-03-10 07:00", "2024-11-03 06:00"),
    ("America/New_York", "2027-03-14 07:00", "2027-11-07 06:00"),
    ("America/New_York", "2032-03-14 07:00", "2032-11-07 06:00"),
    ("America/New_York", "2037-03-08 07:00", "2037-11-01 06:00"),
  ] as [(String, String, String)])
  func clocksArePutForwardAndBack(zone: String, begins: String, ends: String) throws {
    let zone = try #require(CivilZone(zone))
    let (begins, ends) = (try utc(begins), try utc(ends))
    #expect(zone.offset(at: begins - .seconds(1)) == zone.standard)
    #expect(zone.offset(at: begins) == zone.standard + .hours(1))
    #expect(zone.offset(at: ends - .seconds(1)) == zone.standard + .hours(1))
    #expect(zone.offset(at: ends) == zone.standard)
  }

  @Test func anInstantIsFoundBackFromWhatAClockShows() throws {
    for zone in CivilZone.named {
      for day in 0..<800 as Range<Int64> {
        let instant = Instant(year: 2026, month: 1, day: 1, hour: 12) + .days(day)
        #expect(zone.instant(of: zone.civil(at: instant)) == instant)
      }
    }
  }

  @Test func aTimeThatIsThereTwiceIsTheEarlierAndOneThatIsLeftOutIsMovedOn() throws {
    let berlin = try #require(CivilZone("Europe/Berlin"))
    let twice = CivilTime(year: 2026, month: 10, day: 25, hour: 2, minute: 30)
    #expect(berlin.instant(of: twice) == Instant(year: 2026, month: 10, day: 25, hour: 0, minute: 30))
    let never = CivilTime(year: 2026, month: 3, day: 29, hour: 2, minute: 30)
    #expect(berlin.civil(at: berlin.instant(of: never)).description == "2026-03-29T03:30:00")
  }

  @Test func amonthEndsWhenItEndsThere() throws {
    let november = try #require(CivilMonth("2026-11"))
    #expect(CivilZone("Europe/Berlin")?.end(of: november) == Instant(year: 2026, month: 11, day: 30, hour: 23))
    #expect(CivilZone("America/New_York")?.end(of: november) == Instant(year: 2026, month: 12, day: 1, hour: 5))
    #expect(CivilMonth("2026-12")?.next == CivilMonth(year: 2027, month: 1))
    #expect(CivilZone("Asia/Tokyo")?.month(at: Instant(year: 2026, month: 11, day: 30, hour: 15)) == CivilMonth("2026-12"))
  }

  @Test(arguments: ["", "Europe/Bonn", "+1:00", "+01:60", "+15:00", "01:00", "2026", "UTC+1"])
  func refusesZones(name: String) {
    #expect(CivilZone(name) == nil)
  }

  @Test(arguments: ["", "2026", "2026-13", "2026-00", "26-11", "2026-1", "2026-11-01", "２０２６-11"])
  func refusesMonths(text: String) {
    #expect(CivilMonth(text) == nil)
  }
}

@Suite struct CalendarWindowTests {
  private let berlin = CivilZone("Europe/Berlin") ?? .utc

  @Test func aWeekendFreezeLastsFromFridayToMonday() throws {
    let window = try #require(CalendarWindow(weekly: "fri 18:00..mon 08:00", in: berlin))
    let monday = Instant(year: 2026, month: 11, day: 30, hour: 7)
    #expect(window.end(at: Instant(year: 2026, month: 11, day: 27, hour: 16, minute: 59)) == nil)
    #expect(window.end(at: Instant(year: 2026, month: 11, day: 27, hour: 17)) == monday)
    #expect(window.end(at: Instant(year: 2026, month: 11, day: 29, hour: 12)) == monday)
    #expect(window.end(at: monday - .seconds(1)) == monday)
    #expect(window.end(at: monday) == nil)
    #expect(window.description == "fri 18:00 to mon 08:00 in Europe/Berlin")
  }

  @Test func aWeekendWithAnHourMoreIsLongerByThatHour() throws {
    let window = try #require(CalendarWindow(weekly: "Sat 00:00..Mon 00:00", in: berlin))
    let saturday = Instant(year: 2026, month: 10, day: 23, hour: 22)
    #expect(window.end(at: saturday) == saturday + .hours(49))
  }

  @Test func onceIsOnce() throws {
    let window = CalendarWindow(
      .once(
        from: CivilTime(year: 2026, month: 10, day: 25, hour: 2), until: CivilTime(year: 2026, month: 10, day: 25, hour: 3)),
      in: berlin)
    // Two o'clock is there twice: the freeze lasts two hours.
    let begins = Instant(year: 2026, month: 10, day: 25)
    #expect(!window.contains(begins - .seconds(1)))
    #expect(window.contains(begins))
    #expect(window.contains(begins + .minutes(90)))
    #expect(window.end(at: begins + .minutes(90)) == begins + .hours(2))
    #expect(!window.contains(begins + .hours(2)))
  }

  @Test(arguments: ["", "fri..mon", "fri 18:00", "fri 24:00..mon 08:00", "fri 18:00..fri 18:00", "friday 18:00..mon 08:00"])
  func refuses(text: String) {
    #expect(CalendarWindow(weekly: text, in: .utc) == nil)
  }

  @Test func everyPartIsInItsHash() throws {
    let windows = [
      CalendarWindow(weekly: "fri 18:00..mon 08:00", in: berlin), CalendarWindow(weekly: "fri 18:01..mon 08:00", in: berlin),
      CalendarWindow(weekly: "fri 18:00..mon 08:01", in: berlin), CalendarWindow(weekly: "fri 18:00..mon 08:00", in: .utc),
      CalendarWindow(
        .once(from: CivilTime(year: 2026, month: 1, day: 1), until: CivilTime(year: 2026, month: 1, day: 2)), in: .utc),
    ].compactMap { $0?.stableDigest }
    #expect(Set(windows).count == 5)
  }
}
