// A call's answer as server-sent events: what was said on the way, then the result.

import Operations

/// How MCP answers a request with a stream: a word that the call was taken, then the response, then the end.
///
/// A stream can break between its events and inside one. Either way the client has seen that the call was taken, and
/// has no answer. The protocol has it ask again under a new id.
/// Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports, "Sending Messages to the Server"
struct MCPStream {
  private let events: [[UInt8]]

  /// Whether a client takes events: both forms have to be named in `Accept`, and this one counts.
  static func isWanted(_ accept: String) -> Bool { accept.contains("text/event-stream") }

  /// - Parameter answer: nil where it never comes.
  init(_ message: MCPMessage, tool: String, answer: WireResponse?) {
    var events: [[UInt8]] = []
    if let token = message.params["_meta"]?["progressToken"] {
      let progress: JSON = [
        "jsonrpc": "2.0", "method": "notifications/progress",
        "params": ["progressToken": token, "progress": 0, "message": .text("\(tool) was taken")],
      ]
      events.append(ServerSentEvent(event: "message", data: progress.printed).bytes)
    } else {
      // Progress goes to those who gave a token for it; a comment says nothing to anybody.
      events.append(Array(": \(tool) was taken\n\n".utf8))
    }
    if let answer {
      events.append(ServerSentEvent(event: "message", data: String(decoding: answer.body, as: UTF8.self)).bytes)
    }
    self.events = events
  }

  /// A lost answer breaks the stream between two events, or before the first; a truncated one inside the second.
  func reply(to reply: Reply) -> WireReply {
    var stream = EventStream(events)
    switch reply {
    case .respond: break
    case .cutOff(_, .head): stream.ending = .closed(after: 0)
    case .cutOff(_, .middle): stream.ending = .cutOff(after: 1)
    case .close: stream.ending = .closed(after: 1)
    }
    return .events(stream)
  }
}
