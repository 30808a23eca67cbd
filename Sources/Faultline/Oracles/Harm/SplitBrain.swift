// Two processes at work on one run, each as if it were alone.

import Operations
import Primitives

/// A process went on with a run that another one had gone on with, and knew nothing of it.
///
/// Fires where a call changed something although another process, that was at work at the same time, had sent a call
/// that changed something too, and the second sender had neither read the store since nor been shown that object:
/// what it did, it did by what was true before. Also where the store took the write of a process after it had granted
/// the run to another. Silent about a take-over: who reads the journal first knows what is done. Silent about a process
/// that wakes up and whose calls and writes are refused, or recognised by their key: they change nothing. Silent about
/// a dead process's request that arrives late, and about the later holder of two fences, which does nothing wrong. Silent
/// about what a hand-over had said may still happen: the other stopped because of it, and a person knows.
/// Source: https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
public struct SplitBrain: Oracle {
  public static let name: Name = "split-brain"
  public static let summary = "Two processes went on with one run, and one did not know what the other had done."
  public static let interests: EventKinds = [.processes, .sent, .effects, .answered, .stored]

  /// A mutation that was sent while more than one process was at work.
  private struct Act: Hashable, Sendable {
    var call: CallID
    var name: Name
    var fence: Int64?
    var index: Int
    /// What it changed first, once it has changed something.
    var object: String?
    var kind: Name?
    /// Processes at work when it was sent that have not learned of it.
    var unseenBy: [ProcessID]
    /// Earlier acts of others that its sender knew nothing of.
    var unaware: [CallID] = []

    var process: ProcessID { ProcessID(index: call.process, incarnation: call.incarnation) }
  }

  /// A write that the store took from a process that had lost the run.
  private struct Overrun: Hashable, Sendable {
    var process: ProcessID
    var label: Name
    var index: Int
  }

  private var live: [ProcessID] = []
  private var acts: [Act] = []
  private var overruns: [Overrun] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    switch event {
    case .processStarted(let process, _): live.append(process)
    case .processCrashed(let process):
      live.removeAll { $0 == process }
      learn(process) { _ in true }
    case .sent(let wire, let request, _, _):
      guard live.count > 1, let number = facts.begun(at: index), facts.calls[number].isMutation else { return }
      send(wire.call, request, index: index)
    case .effect(let effect):
      guard !acts.isEmpty, let cause = effect.cause else { return }
      for number in acts.indices where acts[number].call == cause && acts[number].object == nil {
        acts[number].object = effect.object
        acts[number].kind = effect.kind
      }
    case .answered(let call, _, .response(let response)) where response.isSuccess:
      guard !acts.isEmpty else { return }
      learn(ProcessID(index: call.process, incarnation: call.incarnation)) { object in
        object.map { response.shows($0) } ?? false
      }
    case .stored(let process, _, isWrite: false): learn(process) { _ in true }
    case .staleWrite(let process, let label, .accepted):
      overruns.append(Overrun(process: process, label: label, index: index))
    default: break
    }
  }

  private mutating func send(_ call: CallID, _ request: Request, index: Int) {
    let process = ProcessID(index: call.process, incarnation: call.incarnation)
    var act = Act(
      call: call, name: request.operation, fence: request.fence, index: index, unseenBy: live.filter { $0 != process })
    for earlier in acts where earlier.unseenBy.contains(process) {
      if let own = request.fence, let other = earlier.fence, own > other { continue }
      act.unaware.append(earlier.call)
    }
    acts.append(act)
  }

  /// Notes that a process knows of the acts that changed these objects.
  private mutating func learn(_ process: ProcessID, of knows: (String?) -> Bool) {
    guard !acts.isEmpty else { return }
    for number in acts.indices where acts[number].unseenBy.contains(process) && knows(acts[number].object) {
      acts[number].unseenBy.removeAll { $0 == process }
    }
    let acts = acts
    // What everybody knows, and nobody was unaware of when it mattered, is over.
    self.acts.removeAll { act in
      act.unseenBy.isEmpty && act.unaware.isEmpty && !acts.contains { $0.unaware.contains(act.call) }
    }
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var found: [Violation] = []
    var pairs: [Set<ProcessID>] = []
    for act in acts where act.object != nil && !isForeseen(act, facts) {
      for call in act.unaware {
        guard let earlier = acts.first(where: { $0.call == call }), let object = earlier.object else { continue }
        let pair: Set = [act.process, earlier.process]
        guard !pairs.contains(pair) else { continue }
        pairs.append(pair)
        found.append(
          Violation(
            Self.name, expected: 1, observed: 2,
            message: "\(Phrase.process(act.process)) sent \(act.name) and knew nothing of what "
              + "\(Phrase.process(earlier.process)) had done by \(earlier.name): both were at work on one run.",
            objects: [object, act.object].compactMap { $0 }, evidence: [earlier.index, act.index]))
      }
    }
    for process in Set(overruns.map(\.process)).sorted(by: { ($0.index, $0.incarnation) < ($1.index, $1.incarnation) }) {
      let own = overruns.filter { $0.process == process }
      found.append(
        Violation(
          Self.name, expected: 0, observed: own.count,
          message: "\(Phrase.process(process)) had lost the run to another process, and the store took its "
            + "\(own[0].label) all the same.",
          evidence: own.map(\.index)))
    }
    return found
  }

  /// Whether another process had stopped and handed over that something of that kind may still come about.
  private func isForeseen(_ act: Act, _ facts: Facts) -> Bool {
    facts.claims.contains { word in
      word.process != act.process && word.index < act.index && word.claim.ending == .escalated
        && word.claim.possibly.contains { $0.kind == act.kind }
    }
  }

  public func hash(into hasher: inout StableHasher) {
    combineState(into: &hasher)
    for act in acts { hasher.combine(act.index) }
    for overrun in overruns { hasher.combine(overrun.index) }
  }

  /// All but the indices of events, by which nothing is decided.
  func combineState(into hasher: inout StableHasher) {
    hasher.combine(live)
    hasher.combine(acts.count)
    for act in acts {
      hasher.combine(act.call)
      hasher.combine(act.name)
      hasher.combine(act.fence ?? -1)
      hasher.combine(act.object)
      hasher.combine(act.kind?.hash ?? 0)
      hasher.combine(act.unseenBy)
      hasher.combine(act.unaware)
    }
    hasher.combine(overruns.count)
    for overrun in overruns {
      hasher.combine(overrun.process)
      hasher.combine(overrun.label)
    }
  }
}

extension Response {
  /// Whether the body is that object, or lists it.
  func shows(_ object: String) -> Bool {
    // A system that has renamed the field still shows the thing.
    func isIt(_ fields: Fields) -> Bool { fields.text("id") == object || fields.text(World.newName) == object }
    if isIt(body) { return true }
    for entry in body.entries {
      guard case .list(let list) = entry.value else { continue }
      for case .record(let record) in list where isIt(record) { return true }
    }
    return false
  }
}
