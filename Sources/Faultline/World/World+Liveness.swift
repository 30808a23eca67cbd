// The two phases of a run: while faults may begin, nothing bad may happen; once they have stopped, something good must.

import Operations
import Primitives
import Simulation

/// When a run that goes on counts as going nowhere.
///
/// Progress is what can't be made for ever: a place that a process passes for the first time in its incarnation
/// (an operation on a subject, a journal record, a decision), a process that starts or ends, a fault. Asking the same
/// again is none, whatever is answered, and neither is writing the same record again. The run is looked at once in a
/// while and only when something happens, so a long sleep is no sign of anything; it is given up after several looks
/// between which nothing was new.
enum Liveness {
  /// How often a run is looked at.
  static let window = TimeSpan.minutes(10)
  /// How many looks in a row may show nothing new: half an hour of activity, longer than any pause, back-off or
  /// bound of the profiles.
  static let patience = 4
}

extension World {
  /// What is known about the progress of a run.
  struct Watch: Sendable {
    /// When the run is looked at next; first when its safety phase is over.
    var next: Instant
    var isCalm = false
    /// What was new by the last look that showed anything, and how many have shown nothing since.
    var novelty: UInt64 = 0
    var fruitless = 0
  }

  /// Looks at the run; false where it leads nowhere.
  mutating func review(at now: Instant) -> Bool {
    if !watch.isCalm {
      watch.isCalm = true
      simulation.calmDown()
    }
    watch.next = now + Liveness.window
    let novelty = self.novelty
    guard novelty == watch.novelty else {
      watch.novelty = novelty
      watch.fruitless = 0
      return true
    }
    watch.fruitless += 1
    return watch.fruitless < Liveness.patience
  }

  /// When the run is looked at next, and how many looks in a row show nothing new if that one does not either.
  /// What was new by an earlier look never comes back, so it does not matter what it was.
  func combineWatch(into hasher: inout StableHasher) {
    hasher.combine(watch.next)
    hasher.combine(watch.isCalm)
    hasher.combine(novelty == watch.novelty ? watch.fruitless + 1 : 0)
  }

  /// A digest of everything that can't be added to for ever.
  private var novelty: UInt64 {
    var hasher = StableHasher()
    hasher.combine(faults.count)
    hasher.combine(claims.count)
    for process in processes {
      hasher.combine(process.id)
      hasher.combine(process.isAlive)
      hasher.combine(process.hasFinished)
      hasher.combine(process.pausedUntil == nil)
      hasher.combine(process.passages.count)
    }
    return hasher.digest
  }

  // MARK: What a process was doing

  /// Says of each process that has not ended what it was doing, before the run is ended.
  mutating func recordLeftOpen() {
    for index in processes.indices where !processes[index].hasFinished {
      record(.leftOpen(processes[index].id, doing: "\(processes[index].name) \(doing(index))"))
    }
  }

  /// `waits for the answer to cloud.create_cluster[acme]`
  private func doing(_ index: Int) -> String {
    let process = processes[index]
    guard process.isAlive else { return "is dead and does not start again" }
    if let landmark = process.pausedUntil { return "is stopped until \(landmark.rawValue)" }
    var words: [String] = []
    if let most = process.passages.max(by: { $0.count < $1.count }), most.count >= World.repetition {
      words.append(repeating(most.place, most.count, of: process.id))
    }
    if let call = calls.last(where: { $0.isOpen && $0.process == process.id }) {
      words.append("waits for the answer to \(World.place(call.request.operation, call.subject))")
    }
    for coming in simulation.queue.upcoming {
      switch coming.event {
      case .wake(process.id, _): words.append("sleeps until \(coming.at)")
      case .store(process.id, let store, _, _): words.append("waits for its store to do \(store.label)")
      case .decision(process.id, _, _): words.append("waits for a decision")
      case .retry(let call) where calls[call].process == process.id:
        words.append("is about to send \(calls[call].request.operation) again")
      default: break
      }
    }
    return words.isEmpty ? "waits for nothing that could still come" : words.joined(separator: " and ")
  }

  /// Passages of one place that are worth telling.
  private static let repetition = 10

  private func repeating(_ place: Site.Place, _ count: Int, of process: ProcessID) -> String {
    let name = World.place(place.point, place.subject)
    guard setup.route(place.point) != nil else { return "has done \(name) at its store \(count) times" }
    let first = bench(of: process.workflow).facts.calls.first { $0.process == process && $0.name == place.point }
    let span = first.map { " in \(World.rounded(now - $0.sentAt))" } ?? ""
    return "has asked \(name) \(count) times\(span) without anything changing"
  }

  private static func place(_ point: Name, _ subject: Name?) -> String {
    "\(point)\(subject.map { "[\($0)]" } ?? "")"
  }

  /// A span as people say it, `41 min`.
  private static func rounded(_ span: TimeSpan) -> String {
    let seconds = span.inMilliseconds / 1_000
    return seconds < 600 ? "\(seconds) s" : seconds < 36_000 ? "\(seconds / 60) min" : "\(seconds / 3_600) h"
  }
}
