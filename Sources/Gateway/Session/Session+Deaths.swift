// Deaths that no call brings about: after an answer that the process still gets, and after a while.

import Faultline
import Primitives

extension Session {
  /// How long an answer may take to be written before its reader is killed all the same.
  private static let longestWriting = Duration.seconds(2)

  /// Lets a process have its last answer, and kills it then.
  func letAnswerOut(before process: ProcessID) {
    dying.insert(process)
    Task {
      try? await Task.sleep(for: Self.longestWriting)
      await bury(process)
    }
  }

  /// A request has come whose answer is going to be written.
  func answerBegins(to replica: UInt8?) {
    unwritten[replica, default: 0] += 1
    askedCount += 1
  }

  /// Whether anything ever came from a process.
  var wasAsked: Bool { askedCount > 0 }

  /// An answer, or what there was instead, has left this process.
  func answerWasWritten(to replica: UInt8?) async {
    unwritten[replica, default: 0] -= 1
    for process in dying where hasItsAnswers(process) { await bury(process) }
    tellListeners()
  }

  /// Whether every answer to a process is written, those included of which nobody says whose they are.
  func hasItsAnswers(_ process: ProcessID) -> Bool {
    [nil, process.index].allSatisfy { unwritten[$0, default: 0] <= 0 }
  }

  private func bury(_ process: ProcessID) async {
    // Its last answers may be written at one moment, and each of them comes here.
    guard dying.contains(process), burying.insert(process).inserted else { return }
    await keeper?.kill(process)
    dying.remove(process)
    closeArrivals(of: process)
    unfollowedDeaths += 1
    await afterStep()
  }

  /// When the next process dies whose time the plan limits; nil where none does.
  var nextDeath: Instant? { world.nextDeath }

  /// Kills a process when its time is over, though it may ask for nothing then. Where time does not pass by itself, it
  /// dies as soon as its calls and waits have come to that time.
  func awaitDeath() {
    guard clock.now != nil, let death = world.nextDeath else { return }
    // It may have taken longer to start than it is to live.
    let wait = clock.wait(until: death)
    Task {
      if let wait { try? await Task.sleep(for: wait) }
      guard !hasEnded else { return }
      await pass(to: death)
      // Another replica may have a time of its own.
      if world.nextDeath != death { awaitDeath() }
    }
  }
}
