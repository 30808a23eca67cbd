// One span and its place in a trace, in the JSON encoding of OTLP.

import Primitives

/// A span's id: a draw of the run's seed at what the span stands for, so that it is the same in every run in which
/// that happens, whatever else does.
struct SpanID: Hashable, Sendable {
  let word: UInt64

  /// - Parameter what: what the span stands for, unique in a run.
  init(seed: UInt64, _ what: String) {
    let drawn = Draw(seed: seed, key: what.stableDigest).word
    // Sixteen zeros would stand for "no span".
    word = drawn == 0 ? 1 : drawn
  }

  var hexadecimal: String { word.hexadecimal }
}

/// Something that took its time.
struct TelemetrySpan {
  /// The numbers of OTLP's enumeration.
  enum Kind: Int {
    case `internal` = 1
    case server = 2
    case client = 3
  }

  /// Something that happened in it, with its number in the run.
  struct Moment {
    var index: Int
    var at: Instant
    var event: TelemetryEvent
  }

  let id: SpanID
  let parent: SpanID?
  let name: String
  let kind: Kind
  /// The system that the span tells of; nil for the agent's side.
  let service: Name?
  let start: Instant
  var end: Instant
  var attributes: Attributes
  var moments: [Moment] = []
  /// Earlier spans that asked for the same thing.
  var links: [(id: SpanID, attributes: Attributes)] = []
  /// What went wrong, for people; nil where nothing did. Empty where the attributes say it all.
  var error: String?

  init(
    _ id: SpanID, in parent: SpanID?, _ name: String, _ kind: Kind, of service: Name? = nil, at start: Instant,
    _ attributes: Attributes
  ) {
    self.id = id
    self.parent = parent
    self.name = name
    self.kind = kind
    self.service = service
    self.start = start
    end = start
    self.attributes = attributes
  }

  func json(trace: String) -> JSON {
    var members: [JSON.Member] = [.init("traceId", .text(trace)), .init("spanId", .text(id.hexadecimal))]
    if let parent { members.append(.init("parentSpanId", .text(parent.hexadecimal))) }
    members += [
      .init("name", .text(name)), .init("kind", .int(kind.rawValue)), .init("startTimeUnixNano", start.unixNanoseconds),
      .init("endTimeUnixNano", end.unixNanoseconds), .init("attributes", attributes.json),
    ]
    if !moments.isEmpty {
      members.append(
        .init(
          "events",
          .array(
            moments.map { moment in
              [
                "timeUnixNano": moment.at.unixNanoseconds, "name": .text(moment.event.name),
                "attributes": moment.event.attributes.with(
                  TelemetryNames.eventIndex, .int(Int64(moment.index))
                ).json,
              ]
            })))
    }
    if !links.isEmpty {
      members.append(
        .init(
          "links",
          .array(
            links.map {
              ["traceId": .text(trace), "spanId": .text($0.id.hexadecimal), "attributes": $0.attributes.json]
            })))
    }
    if let error {
      members.append(.init("status", error.isEmpty ? ["code": .int(2)] : ["message": .text(error), "code": .int(2)]))
    }
    return .object(members)
  }
}

extension Instant {
  /// Simulated time since 1970, as OTLP writes 64-bit numbers. The scenario says when its world begins.
  var unixNanoseconds: JSON { .text(String(nanoseconds)) }
}
