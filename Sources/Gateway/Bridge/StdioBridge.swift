// MCP over stdio: lines in, lines out, and nothing kept in between. The world is in the serving process, since clients
// start a new server for every call when they like.

import Synchronization

/// Carries messages between a client's pipes and a serving process.
public struct StdioBridge: Sendable {
  /// What the client sees of an answer that is lost on the way.
  public enum Loss: String, Sendable, CaseIterable {
    /// The server is gone: as much as had come is written, and the process ends.
    case exit
    /// Nothing, until the client gives up.
    case silent
  }

  /// How it ended.
  public enum End: Hashable, Sendable {
    /// The client closed its end, and everything was answered.
    case closed
    /// An answer was lost, and with it the connection.
    case lost
  }

  private let url: ServiceURL
  private let token: String?
  private let loss: Loss
  private let write: @Sendable ([UInt8]) -> Void

  /// - Parameters:
  ///   - url: the MCP endpoint of a world, `http://127.0.0.1:8080/w/1/mcp`.
  ///   - token: what the server asks for; nil where it asks for nothing.
  ///   - write: takes whole lines, or a part of one before the end.
  public init(
    _ url: ServiceURL, token: String? = nil, loss: Loss = .exit, write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.url = url
    self.token = token
    self.loss = loss
    self.write = write
  }

  /// Carries messages until the client has no more, or until an answer is lost.
  ///
  /// - Parameter lines: one message each. Several may be under way at once.
  public func run(_ lines: AsyncStream<String>) async -> End {
    // The lock keeps lines whole where two answers come at once.
    let output = Output(write)
    return await withTaskGroup(of: End?.self) { group in
      group.addTask {
        await withTaskGroup(of: Bool.self) { calls in
          for await line in lines where line.contains(where: { !$0.isWhitespace }) {
            calls.addTask {
              guard await !carry(line, to: output) else { return true }
              output.close()
              return false
            }
          }
          for await isCarried in calls where !isCarried { return .lost }
          return .closed
        }
      }
      group.addTask {
        await output.closed()
        return Task.isCancelled ? nil : .lost
      }
      while let end = await group.next() {
        group.cancelAll()
        output.close()
        if let end { return end }
      }
      return .closed
    }
  }

  /// - Returns: false where the answer was lost, and the connection with it.
  private func carry(_ line: String, to output: Output) async -> Bool {
    let document = JSON(bytes: Array(line.utf8))
    let request = OneRequest(url: url, headers: headers(for: document), body: Array(line.utf8))
    // What has no id is a notification, and gets no answer also where something is wrong with it.
    let isRequest = document == nil || document?["id"] != nil
    switch await request.send() {
    case .whole(let status, let body):
      if let answer = JSON(bytes: body), answer["jsonrpc"] != nil {
        if let answer = Self.addressed(answer, to: document) { output.line(answer) }
      } else if isRequest {
        let detail = JSON(bytes: body)?["detail"]?.text ?? "The server answered with status \(status)."
        output.line(MCPRefusal(.internalError, detail).message(id: document?["id"]))
      }
      return true
    case .broken(let part):
      guard loss == .exit else { return true }
      output.part(part)
      return false
    case .unreachable(let reason):
      let refusal = MCPRefusal(.internalError, "No world is served at \(url): \(reason)")
      if isRequest { output.line(refusal.message(id: document?["id"])) }
      return true
    }
  }

  /// An answer under the id of its message. A server that keeps a message out reads no id from it, and the client
  /// would wait for one with its own.
  ///
  /// - Returns: nil for a notification that was kept out.
  private static func addressed(_ answer: JSON, to message: JSON?) -> JSON? {
    guard answer["id"] == .null, var members = answer.object else { return answer }
    switch message?["id"] {
    case .text, .int: members["id"] = message?["id"]
    case nil where message?["method"] != nil: return nil
    default: break
    }
    return .object(members)
  }

  /// What a stateless request says in its body it says in headers, too.
  private func headers(for document: JSON?) -> [(name: String, value: String)] {
    var headers = [("content-type", "application/json"), ("accept", "application/json")]
    if let token { headers.append(("x-faultline-token", token)) }
    let params = document?["params"]
    if let revision = params?["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.text {
      headers.append(("mcp-protocol-version", revision))
      if let method = document?["method"]?.text { headers.append(("mcp-method", method)) }
      if document?["method"] == "tools/call", let name = params?["name"]?.text { headers.append(("mcp-name", name)) }
    }
    // A header is one line of ASCII; what can't stand there the server misses, and says so.
    return headers.filter { $0.1.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }.map { (name: $0.0, value: $0.1) }
  }

  /// The client's end: whole lines, one after the other, until it is closed.
  private final class Output: Sendable {
    private let write: @Sendable ([UInt8]) -> Void
    private let isClosed = Mutex(false)
    private let (stream, continuation) = AsyncStream.makeStream(of: Never.self)

    init(_ write: @escaping @Sendable ([UInt8]) -> Void) { self.write = write }

    func line(_ document: JSON) { part(document.bytes + [0x0A]) }

    func part(_ bytes: [UInt8]) {
      isClosed.withLock { isClosed in
        if !isClosed, !bytes.isEmpty { write(bytes) }
      }
    }

    func close() {
      isClosed.withLock { $0 = true }
      continuation.finish()
    }

    /// Returns once it is closed.
    func closed() async { for await _ in stream {} }
  }
}
