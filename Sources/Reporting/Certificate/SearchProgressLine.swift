// How far a long search is, in one line of a terminal.

import Exploration
import Primitives

/// The line that is shown while units are played.
public struct SearchProgressLine: Sendable {
  public var scenario: Name
  /// Runs that this process played.
  public var runs: Int
  /// Nanoseconds since it began.
  public var elapsed: Int64
  /// What the units that are done came to, in words.
  public var figures: [String]
  /// Units that are done, by whomever, and how many there are; nil where time decides.
  public var done: Int
  public var units: Int?
  /// Units that this process has done.
  public var played: Int

  public init(
    scenario: Name, runs: Int, elapsed: Int64, figures: [String], done: Int, units: Int?, played: Int
  ) {
    self.scenario = scenario
    self.runs = runs
    self.elapsed = elapsed
    self.figures = figures
    self.done = done
    self.units = units
    self.played = played
  }

  /// `happy-path  12 of 48 units  1,234 runs/s  5,678 sites  41% pruned  0 violations  3 s left`
  public var text: String {
    let rate = elapsed > 0 ? Int(Int64(runs) * 1_000_000_000 / elapsed) : 0
    let progress = units.map { "\(Words.grouped(done)) of \(Words.count($0, "unit"))" } ?? Words.count(done, "unit")
    var parts = [scenario.text, progress, "\(Words.grouped(rate)) runs/s"] + figures
    if played > 0, let units {
      let left = elapsed / Int64(played) * Int64(max(0, units - done))
      parts.append("\(Words.brief(milliseconds: left / 1_000_000)) left")
    }
    return parts.joined(separator: "  ")
  }
}

extension Coverage {
  /// What a search shows while it is under way.
  public var figures: [String] {
    [
      Words.count(sites, "site"), "\(schedules > 0 ? pruned * 100 / schedules : 0)% pruned",
      Words.count(violations, "violation"),
    ]
  }
}

extension RandomCoverage {
  /// What a search shows while it is under way.
  public var figures: [String] {
    [Words.count(effectiveFaults, "effective fault"), Words.count(failed, "violation")]
  }
}
