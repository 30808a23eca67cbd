// What lies behind one state, counted by how many faults more it takes.

import Faultline
import Simulation

/// The totals of a part of the tree of schedules, for each number of further answers.
///
/// Kept apart by that number, so that a part that was finished with some budget answers for every smaller one.
struct Subtree {
  /// Sites met with budget left, by the number of further answers at which they were met.
  var sites: [Int]
  private(set) var schedules: [Int]
  private(set) var verdicts: [Residue]
  /// Whether nothing in it failed or was undecided. What was found is never answered for by a twin: each
  /// plan found is played and shown with its own path.
  private(set) var isClean = true
  /// The number of the last event of its longest run; less those before the state, once that is finished.
  private var events = 0

  init(budget: Int) {
    sites = Array(repeating: 0, count: budget + 1)
    schedules = sites
    verdicts = Array(repeating: .zero, count: budget + 1)
  }

  /// Adds the run that takes no further answer.
  mutating func add(_ said: Residue, events: Int, isClean: Bool) {
    schedules[0] += 1
    verdicts[0] += said
    self.events = max(self.events, events)
    if !isClean { self.isClean = false }
  }

  /// Adds what lies below one more answer.
  mutating func add(_ other: Subtree, below entry: Residue) {
    for depth in other.schedules.indices {
      sites[depth + 1] += other.sites[depth]
      schedules[depth + 1] += other.schedules[depth]
      verdicts[depth + 1] += entry * other.verdicts[depth]
    }
    events = max(events, other.events)
    if !other.isClean { isClean = false }
  }

  /// Adds what a twin's state has behind it, met at the event with this number.
  mutating func add(_ twin: Subtree, of budget: Int, metAt event: Int) {
    for depth in 0...budget {
      if depth < budget { sites[depth] += twin.sites[depth] }
      schedules[depth] += twin.schedules[depth]
      verdicts[depth] += twin.verdicts[depth]
    }
    events = max(events, twin.events + event)
  }

  /// What of it takes no further answer.
  var withoutBranches: Subtree {
    var copy = Subtree(budget: 0)
    copy.schedules[0] = schedules[0]
    copy.verdicts[0] = verdicts[0]
    copy.isClean = isClean
    copy.events = events
    return copy
  }

  /// The same, with events counted from the state on.
  func seen(from event: Int) -> Subtree {
    var copy = self
    copy.events -= event
    return copy
  }

  /// Whether it says all about what a world in this state has before it with this budget. A twin that
  /// comes later in its run must not meet the limit of events that the first one did not meet.
  func covers(_ budget: Int, at world: World) -> Bool {
    budget < schedules.count && world.trace.count + events < world.eventLimit
  }

  func total(of budget: Int) -> (sites: Int, schedules: Int, verdicts: Residue) {
    (
      sites[..<budget].reduce(0, +), schedules[...budget].reduce(0, +),
      verdicts[...budget].reduce(.zero, +)
    )
  }
}
