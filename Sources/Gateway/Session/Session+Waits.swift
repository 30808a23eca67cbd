// Time that passes only as the agent says: it jumps while all that the agent is at are declared waits.

import Faultline
import Primitives

/// What an agent is at, as far as a session knows.
struct Pace {
  /// A wait that was declared, and is not over.
  struct Wait {
    /// Who waits; nil where nobody said.
    let process: ProcessID?
    let end: Instant
    let continuation: CheckedContinuation<Void, Never>
  }

  /// Calls that have not been answered.
  var callsUnderWay = 0
  /// How many calls and waits there were.
  var count: UInt64 = 0
  var waits: [Wait] = []
  /// Whether the agent ever was at two things at once: then the end of one says nothing about the others.
  var isConcurrent = false
  /// When the agent was last answered; nil before its first call.
  var lastAnswer: ContinuousClock.Instant?

  /// Notes that the agent begins something.
  mutating func begin() {
    count += 1
    if callsUnderWay > 0 || !waits.isEmpty { isConcurrent = true }
  }
}

extension Session {
  /// Waits until so much time has passed in the world, which others may let pass as well.
  func declareWait(of span: TimeSpan) async {
    guard !hasEnded else { return }
    await letThinkingPass()
    pace.begin()
    let end = now + span
    let process = process(of: Self.replica)
    await withCheckedContinuation { continuation in
      pace.waits.append(Pace.Wait(process: process, end: end, continuation: continuation))
      Task { await letTimePass() }
    }
    pace.lastAnswer = .now
  }

  /// Notes a call that came in.
  func beginCall() async {
    await letThinkingPass()
    pace.begin()
    pace.callsUnderWay += 1
  }

  /// Notes that a call has been answered, or never will be.
  func endCall() {
    pace.callsUnderWay -= 1
    pace.lastAnswer = .now
    lookAtWaits()
  }

  /// Whoever waited is dead.
  func endWaits(of dead: [ProcessID]) {
    endWaits { wait in wait.process.map(dead.contains) ?? true }
    // What the dead were at holds up nobody.
    lookAtWaits()
  }

  /// The run is over.
  func endWaits() { endWaits { _ in true } }

  private func endWaits(where isOver: (Pace.Wait) -> Bool) {
    let over = pace.waits.filter(isOver)
    pace.waits.removeAll(where: isOver)
    for wait in over { wait.continuation.resume() }
  }

  /// Whether each of several processes is in a wait; a single one's own threads are its business.
  private var allWait: Bool {
    running.count <= 1 || running.allSatisfy { process in pace.waits.contains { $0.process == process } }
  }

  /// Looks again whether those that wait can go on.
  func lookAtWaits() { if !pace.waits.isEmpty { Task { await letTimePass() } } }

  /// Jumps to the end of the nearest wait, unless the agent is at something else.
  private func letTimePass() async {
    let count = pace.count
    if pace.isConcurrent, settings.quiet > .zero { try? await Task.sleep(for: settings.quiet) }
    guard pace.callsUnderWay == 0, allWait, pace.count == count, let end = pace.waits.map(\.end).min() else { return }
    await pass(to: max(end, now))
    let over = pace.waits.filter { $0.end <= now }
    pace.waits.removeAll { $0.end <= now }
    for wait in over { wait.continuation.resume() }
    if over.isEmpty { lookAtWaits() }
  }

  /// Lets pass in the world what the agent took for itself since it was last answered.
  private func letThinkingPass() async {
    guard let most = settings.thinking, settings.clock == .virtual, pace.callsUnderWay == 0, pace.waits.isEmpty,
      let last = pace.lastAnswer
    else { return }
    await pass(to: now + TimeSpan(min(most, ContinuousClock.now - last)))
  }
}
