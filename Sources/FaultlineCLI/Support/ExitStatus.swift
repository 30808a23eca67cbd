// The exit statuses of the command line, decided in this one place.

import ArgumentParser
import Exploration
import Faultline
import Reporting

/// What the command tells its caller.
enum ExitStatus: Int32 {
  /// All as expected.
  case asExpected = 0
  /// A violation, an unmet expectation, or a run that decides nothing.
  case notAsExpected = 1
  /// Bad input; nothing was run.
  case badInput = 2
  /// A defect of Faultline itself: one input, two hashes.
  case defect = 3
  /// Stopped by Ctrl-C, as shells count it: 128 + SIGINT.
  case interrupted = 130
}

/// An end of the command before its time, with what to tell the reader.
struct Refusal: Error, CustomStringConvertible {
  let status: ExitStatus
  /// What is wrong and what to do, without a newline at its end.
  let description: String

  /// Bad input: one sentence on what is wrong, one on what to do.
  static func badInput(_ problem: String, remedy: String) -> Refusal {
    Refusal(status: .badInput, description: "error: \(problem)\n    \(remedy)")
  }

  /// Several mistakes of input, each told in full.
  static func badInput(_ problems: [String]) -> Refusal {
    Refusal(status: .badInput, description: problems.joined(separator: "\n"))
  }

  static func defect(_ text: String) -> Refusal {
    Refusal(status: .defect, description: "defect of Faultline: \(text)\n    Please report it with this output.")
  }
}

extension ExitStatus {
  /// The status and message for whatever ended a command: help is no error, every kind of bad input is one
  /// status, and the parser's own is no exception.
  static func outcome(of error: any Error) -> (status: Int32, message: String, isError: Bool) {
    switch error {
    case let refusal as Refusal: return (refusal.status.rawValue, refusal.description, true)
    case let mismatch as Mismatch: return outcome(of: Refusal.defect(text(of: mismatch)))
    case let errors as ScenarioErrors: return (ExitStatus.badInput.rawValue, errors.description, true)
    case let code as ExitCode: return (code.rawValue, "", code.rawValue != 0)
    default: break
    }
    let code = FaultlineCommand.exitCode(for: error)
    let message = FaultlineCommand.fullMessage(for: error)
    return code == .success
      ? (0, message, false) : (ExitStatus.badInput.rawValue, message, true)
  }

  /// What differs, with the first event at which it does.
  private static func text(of mismatch: Mismatch) -> String {
    guard case .hashes(_, _, let first, let second) = mismatch else { return "\(mismatch)." }
    let difference = TraceDifference.text(first, second) ?? "both traces are equal when they are recorded"
    return "\(mismatch); \(difference)"
  }
}

extension ExitCode {
  init(_ status: ExitStatus) { self.init(status.rawValue) }
}
