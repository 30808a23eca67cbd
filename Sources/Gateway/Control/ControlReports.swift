// How runs are told to whoever controls them. The words are reporting's, which no door imports.

import Faultline

/// Puts verdicts and events into words.
public struct ControlReports: Sendable {
  /// A verdict as one JSON document, in the form that commands print.
  public var verdict: @Sendable (Verdict) -> String
  /// An event in one line.
  public var event: @Sendable (WorldEvent) -> String

  public init(
    verdict: @escaping @Sendable (Verdict) -> String, event: @escaping @Sendable (WorldEvent) -> String
  ) {
    self.verdict = verdict
    self.event = event
  }
}
