// What a controller may do with a run that an agent may not.

import Faultline
import Primitives
import Simulation

extension Session {
  /// Sets the world's time forward: what is due until then happens now.
  func advanceClock(_ span: TimeSpan) async {
    guard !hasEnded else { return }
    let until = now + span
    clock.advance(by: span)
    await pass(to: until)
  }

  /// A part of what has happened so far.
  ///
  /// - Returns: the events, and the number of the next one where there are more.
  func events(from: Int, atMost limit: Int) -> (events: [Trace<WorldEvent>.Entry], next: Int?) {
    let entries = (recordSoFar?.trace ?? world.trace).entries
    let start = entries.firstIndex { $0.index >= from } ?? entries.endIndex
    let end = min(start + limit, entries.endIndex)
    return (Array(entries[start..<end]), end < entries.endIndex ? entries[end].index : nil)
  }
}
