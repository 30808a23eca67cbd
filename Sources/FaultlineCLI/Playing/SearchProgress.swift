// How far a search is, for a person who watches it.

import Primitives
import Reporting
import Synchronization

/// How far a search is, told by all its jobs. `Sum` is what its units add up to.
final class SearchProgress<Sum: Sendable>: Sendable {
  private struct State {
    var display = Progress()
    var scenario = Name("")
    var runs = 0
    var sum: Sum
    var units: Int?
    var done = 0
    var doneBefore = 0
  }

  private let state: Mutex<State>
  private let isWatched = Console.isWatched
  private let figures: @Sendable (Sum) -> [String]

  /// - Parameter figures: what to tell of the sum, in words.
  init(_ sum: Sum, figures: @escaping @Sendable (Sum) -> [String]) {
    state = Mutex(State(sum: sum))
    self.figures = figures
  }

  var runs: Int { state.withLock { $0.runs } }
  /// Nanoseconds since the search began.
  var elapsed: Int64 { state.withLock { $0.display.elapsed } }

  /// - Parameter units: how many there are; nil where time decides.
  func begin(_ scenario: Name, units: Int?, done: Int) {
    state.withLock { state in
      state.display = Progress()
      state.scenario = scenario
      state.units = units
      state.done = done
      state.doneBefore = done
    }
  }

  func countRun() {
    state.withLock { state in
      state.runs += 1
      if isWatched { show(&state) }
    }
  }

  /// Counts a unit that is done.
  func add(_ merge: (inout Sum) -> Void) {
    state.withLock { state in
      state.done += 1
      merge(&state.sum)
    }
  }

  func finish() { state.withLock { $0.display.finish() } }

  private func show(_ state: inout State) {
    let line = SearchProgressLine(
      scenario: state.scenario, runs: state.runs, elapsed: state.display.elapsed, figures: figures(state.sum),
      done: state.done, units: state.units, played: state.done - state.doneBefore)
    state.display.update(line.text)
  }
}
