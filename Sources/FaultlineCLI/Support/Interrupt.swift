// Ctrl-C: the work in hand is finished, the rest is left, and the report says that it is partial.

import Foundation
import Synchronization

/// Notes that the user pressed Ctrl-C; a second press ends the process at once.
struct Interrupt: Sendable {
  private static let flag = Atomic<Bool>(false)

  /// Begins to listen. The process has one keyboard, so all listeners hear the same.
  ///
  /// - Parameter alsoTerminate: whether SIGTERM counts as Ctrl-C, as it does for what is left running.
  init(alsoTerminate: Bool = false) {
    // The flag exists before the handler can need it: a handler must not initialise anything.
    _ = isRaised
    signal(SIGINT) { _ in
      if Interrupt.flag.exchange(true, ordering: .relaxed) { _exit(ExitStatus.interrupted.rawValue) }
    }
    if alsoTerminate { signal(SIGTERM) { _ in Interrupt.flag.store(true, ordering: .relaxed) } }
  }

  var isRaised: Bool { Interrupt.flag.load(ordering: .relaxed) }
}
