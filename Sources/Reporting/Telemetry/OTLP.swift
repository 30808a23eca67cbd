// Telemetry of a run as OTLP JSON lines: one object a run and a line, traces in one file, the log in another.

import Faultline
import Operations
import Primitives
import Simulation

/// Writes recorded runs as OpenTelemetry data.
///
/// One line is one run, as the OTLP file format asks for: a `TracesData` or a `LogsData`, with ids in hexadecimal and
/// 64-bit numbers as decimal strings. All of it follows from the run, so the same seed gives the same bytes. The times
/// are the world's: nanoseconds since 1970 on the clock that starts when the scenario says.
/// https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
public struct OTLP: Sendable {
  /// How a file of either kind begins when Faultline wrote it.
  public static let marks = ["resourceSpans", "resourceLogs"].map { signal in
    "{\"\(signal)\":[{\"resource\":{\"attributes\":[{\"key\":\"\(TelemetryNames.sdkName)\","
      + "\"value\":{\"stringValue\":\"faultline\"}}"
  }

  private let story: Story
  /// Thirty-two hexadecimal digits: a draw of the seed at the whole run, since two runs may have one seed.
  let trace: String

  /// - Parameters:
  ///   - record: a run that recorded its trace.
  ///   - catalogue: the operations of the scenario's world.
  public init(_ record: RunRecord, of scenario: Scenario, catalogue: Catalogue) {
    story = Story(record, of: scenario, catalogue: catalogue)
    let verdict = record.verdict
    var hasher = StableHasher()
    hasher.combine(verdict.scenario)
    hasher.combine(verdict.agent)
    hasher.combine(verdict.without)
    hasher.combine(verdict.traceHash)
    let draw = Draw(seed: verdict.seed, key: hasher.digest)
    trace = draw.word.hexadecimal + draw.derived(1).word.hexadecimal
  }

  /// The run's spans as one `TracesData`, without a newline at its end.
  public var traces: String {
    let spans = RunSpans(story).spans
    return grouped(spans.map { ($0.service, $0.json(trace: trace)) }, as: "Spans")
  }

  /// The run's events as one `LogsData`, without a newline at its end.
  public var logs: String {
    let spans = RunSpans(story)
    let entries = zip(story.record.trace.entries, spans.places).map { entry, place in
      let span = spans.spans[place]
      return (
        entry.event.isOfItsSystem ? span.service : nil,
        RunLog.json(of: entry, in: story, trace: trace, span: span.id)
      )
    }
    let end = spans.spans[0].end
    let findings = story.verdict.violations.map { violation in
      (nil as Name?, RunLog.json(of: violation, at: end, trace: trace, span: spans.spans[0].id))
    }
    return grouped(entries + findings, as: "Logs")
  }

  /// One resource for the agent's side and one for each system, in the order in which they had something to say.
  private func grouped(_ items: [(service: Name?, json: JSON)], as signal: String) -> String {
    var services: [Name?] = []
    for item in items where !services.contains(item.service) { services.append(item.service) }
    let list = signal == "Spans" ? "spans" : "logRecords"
    let resources = services.map { service -> JSON in
      [
        "resource": ["attributes": resource(service).json],
        "scope\(signal)": [
          [
            "scope": ["name": "faultline", "version": .text(FaultlineVersion.current)],
            list: .array(items.filter { $0.service == service }.map(\.json)),
          ]
        ],
      ]
    }
    return (["resource\(signal)": .array(resources)] as JSON).line
  }

  private func resource(_ service: Name?) -> Attributes {
    [
      TelemetryNames.sdkName: .text("faultline"), TelemetryNames.sdkLanguage: .text("swift"),
      TelemetryNames.sdkVersion: .text(FaultlineVersion.current),
      TelemetryNames.serviceName: .text(service ?? story.verdict.agent),
      TelemetryNames.serviceNamespace: .text("faultline"),
      TelemetryNames.serviceVersion: .text(
        service.flatMap { name in story.scenario.systems.first { $0.system == name }?.profile.text }
          ?? FaultlineVersion.current),
    ]
  }
}

extension WorldEvent {
  /// Whether a system tells this and not the agent.
  fileprivate var isOfItsSystem: Bool {
    switch self {
    case .handled, .effect: true
    default: false
    }
  }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(stringLiteral text: String) { self = .text(text) }
}
