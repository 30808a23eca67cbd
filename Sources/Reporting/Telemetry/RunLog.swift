// The structured log of a run: one record for each event, with the span that it belongs to.

import Faultline
import Operations
import Primitives
import Simulation

/// Writes events as log records of OTLP.
enum RunLog {
  /// How much an event matters to whoever watches; the numbers are OTLP's.
  enum Severity: Int {
    case debug = 5
    case info = 9
    case warning = 13
    case error = 17

    var text: String {
      switch self {
      case .debug: "DEBUG"
      case .info: "INFO"
      case .warning: "WARN"
      case .error: "ERROR"
      }
    }
  }

  static func json(
    of entry: Trace<WorldEvent>.Entry, in story: Story, trace: String, span: SpanID
  ) -> JSON {
    var event = TelemetryEvent(entry.event, in: story)
    event.attributes[TelemetryNames.process] = entry.event.process.map { .text(EventText.name($0)) }
    event.attributes[TelemetryNames.toolCallID] = entry.event.call.map { .text(EventText.name($0)) }
    event.attributes[TelemetryNames.eventIndex] = .int(Int64(entry.index))
    return record(
      event, text: EventText.line(entry.event), at: entry.at, severity(of: entry.event, in: story), trace, span)
  }

  /// What an oracle found is said after everything that happened.
  static func json(of violation: Violation, at end: Instant, trace: String, span: SpanID) -> JSON {
    let event = TelemetryEvent(
      "violation",
      [
        TelemetryNames.violations: .list([.text(violation.oracle)]),
        TelemetryNames.errorType: .text(violation.oracle),
        TelemetryNames.object: violation.objects.isEmpty ? nil : .texts(violation.objects),
      ])
    return record(event, text: Words.printable(violation.message), at: end, .error, trace, span)
  }

  private static func record(
    _ event: TelemetryEvent, text: String, at: Instant, _ severity: Severity, _ trace: String, _ span: SpanID
  ) -> JSON {
    [
      "timeUnixNano": at.unixNanoseconds, "observedTimeUnixNano": at.unixNanoseconds,
      "severityNumber": .int(severity.rawValue), "severityText": .text(severity.text),
      "eventName": .text(event.name), "body": ["stringValue": .text(text)], "attributes": event.attributes.json,
      "flags": 1, "traceId": .text(trace), "spanId": .text(span.hexadecimal),
    ]
  }

  private static func severity(of event: WorldEvent, in story: Story) -> Severity {
    switch event {
    case .processCrashed, .leftOpen: .error
    case .processPaused, .fault, .attemptEnded, .storeFailed: .warning
    case .staleWrite(_, _, let outcome): outcome == .refused ? .warning : .error
    case .answered(_, _, let answer):
      switch story.catalogue.outcome(of: answer) {
      case .succeeded: .info
      case .notNow, .unknown: .warning
      case .failed: .error
      }
    case .claimed(_, let claim): claim.ending == .completed ? .info : .warning
    case .observed(_, .transition(_, _, isAllowed: false)): .error
    case .observed(_, .guardChecked(_, holds: false)): .warning
    case .observed(_, .compensating): .warning
    case .ended(let reason): reason == .quiet ? .info : .error
    case .stored, .handled, .observed(_, .audited), .observed(_, .mark), .observed(_, .guardChecked): .debug
    case .processStarted, .processResumed, .sent, .effect, .decided, .observed, .delivered, .stoodDown, .acted,
      .desk:
      .info
    }
  }
}

extension JSON: ExpressibleByIntegerLiteral {
  public init(integerLiteral int: Int64) { self = .int(int) }
}
