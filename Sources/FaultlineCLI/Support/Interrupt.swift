// Ctrl-C: the work in hand is finished, the rest is left, and the report says that it is partial.

import Foundation
import Synchronization

/// Notes that the user pressed Ctrl-C; a second press ends the process at once.
struct Interrupt: Sendable {
  private static let flag = Atomic<Bool>(false)

  /// Begins to listen. The process has one keyboard, so all listeners hear the same.
  init() {
    // The flag exists before the handler can need it: a handler must not initialise anything.
    _ = isRaised
    signal(SIGINT) { _ in
      if Interrupt.flag.exchange(true, ordering: .relaxed) { _exit(ExitStatus.interrupted.rawValue) }
    }
  }

  var isRaised: Bool { Interrupt.flag.load(ordering: .relaxed) }
}
