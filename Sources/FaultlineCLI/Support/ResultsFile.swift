// Where results of campaigns are kept, and what is known of their failures.

import Agents
import Exploration
import Faultline
import Foundation
import Primitives
import Reporting

/// The results file.
enum ResultsFile {
  static let description = "$XDG_STATE_HOME/faultline/results.sqlite, or ~/.local/state/faultline/results.sqlite"

  /// The file for all campaigns of this user (XDG Base Directory Specification 0.8).
  static var path: String {
    let environment = ProcessInfo.processInfo.environment
    let state = environment["XDG_STATE_HOME", default: ""]
    // A relative path there is to be ignored, says the specification.
    let base = state.hasPrefix("/") ? state : environment["HOME", default: NSHomeDirectory()] + "/.local/state"
    return base + "/faultline/results.sqlite"
  }

  /// - Throws: a refusal that says what is wrong with the file.
  static func open(_ path: String?) throws -> ResultsDatabase {
    let path = path ?? Self.path
    do {
      return try ResultsDatabase(path: path)
    } catch {
      throw Refusal.badInput(
        "the results file '\(path)' can't be used: \(error)",
        remedy: "choose another one with --results FILE; what is no results file is never changed")
    }
  }
}

/// The file of known failures.
enum KnownFile {
  static let path = "\(Files.state)/known.yaml"

  /// - Parameter chosen: what the user named; the usual file, if there is one, where that is nothing.
  static func read(_ chosen: String?) throws -> KnownFailures {
    guard let path = chosen ?? (Files.exists(Self.path) ? Self.path : nil) else { return KnownFailures() }
    return try KnownFailures.read(path: path, vocabulary: Vocabulary.standard())
  }

  /// The moment that the days in the file are compared with.
  static var now: Instant { Instant(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000) }
}
