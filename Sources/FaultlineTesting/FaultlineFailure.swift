// What a failed search tells, as an error that tools can recognise among a test's issues.

import Faultline

/// Why a test that puts an agent into a scenario failed.
public struct FaultlineFailure: Error, Sendable {
  /// The verdict on the run that the text tells; nil where nothing could be played.
  public var verdict: Verdict?
  /// How many runs failed, and how many were played.
  public var failed: Int
  public var played: Int
  /// The story for people, with the commands that play it again.
  public var text: String

  init(_ text: String, verdict: Verdict? = nil, failed: Int = 0, played: Int = 0) {
    self.text = text
    self.verdict = verdict
    self.failed = failed
    self.played = played
  }
}

extension FaultlineFailure: CustomStringConvertible {
  public var description: String { text }
}
