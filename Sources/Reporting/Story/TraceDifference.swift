// The first event at which two traces of one input differ: a defect of Faultline, shown so that it can be found.

import Faultline
import Primitives
import Simulation

/// Compares two recorded traces.
public enum TraceDifference {
  /// Where the two part, in lines for people; nil where they are equal event by event.
  public static func text(_ first: Trace<WorldEvent>, _ second: Trace<WorldEvent>) -> String? {
    let shared = min(first.entries.count, second.entries.count)
    for position in 0..<shared {
      let (a, b) = (first.entries[position], second.entries[position])
      guard a.at != b.at || a.event.stableDigest != b.event.stableDigest else { continue }
      return text(position + 1, a, b)
    }
    guard first.entries.count != second.entries.count else { return nil }
    return text(shared + 1, first.entries.dropFirst(shared).first, second.entries.dropFirst(shared).first)
  }

  private static func text(
    _ number: Int, _ a: Trace<WorldEvent>.Entry?, _ b: Trace<WorldEvent>.Entry?
  ) -> String {
    func line(_ entry: Trace<WorldEvent>.Entry?) -> String {
      entry.map { "\($0.at)  \(EventText.line($0.event))" } ?? "no such event"
    }
    return "the first difference is event #\(number)\n  first run   \(line(a))\n  second run  \(line(b))"
  }
}
