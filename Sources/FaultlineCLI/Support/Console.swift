// The terminal: what goes to people, what goes to programs, and whether colour is welcome.

import Foundation
import Primitives
import Reporting

/// Standard output and error.
enum Console {
  /// The look of text on standard output: colour on a terminal only, and never under `NO_COLOR`.
  static var style: Style {
    let environment = ProcessInfo.processInfo.environment
    let isWelcome = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    return Style(isColoured: isWelcome && isatty(STDOUT_FILENO) == 1)
  }

  /// Whether a person watches standard error.
  static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

  static func write(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  /// Shows how far something is, in place; nothing where nobody watches.
  static func showProgress(_ text: String) {
    guard isWatched else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }

  static func clearProgress() { showProgress("") }
}

/// What the machine has.
enum Machine {
  static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }
}

/// Tells a person how far a long piece of work is: nothing in the first second, then five times a second.
struct Progress {
  private let start = ContinuousClock.now
  private var last = ContinuousClock.now
  private var isShown = false

  mutating func update(_ text: @autoclosure () -> String) {
    let now = ContinuousClock.now
    guard now - start > .seconds(1), now - last > .milliseconds(200) else { return }
    last = now
    isShown = true
    Console.showProgress(text())
  }

  /// Removes what was shown.
  func finish() { if isShown { Console.clearProgress() } }

  /// Nanoseconds since the work began.
  var elapsed: Int64 { TimeSpan(ContinuousClock.now - start).nanoseconds }
}
