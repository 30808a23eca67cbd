// The systems behind HTTP: one POST for each call, and no second one of its own accord.

import Foundation
import Operations
import OpsAgent
import Primitives

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Systems that are reached by `POST {url}/v1/{system}/{operation}`.
///
/// Each call has a connection of its own. A library that keeps connections sends a request again when one that it
/// kept turns out to be closed, without a word to its caller: such a call would be made twice and counted once.
public struct HTTPSystems: Sendable {
  /// The systems' address, without a slash at its end.
  public let url: URL
  /// How long a call waits for its answer before its outcome counts as unknown.
  public let patience: TimeSpan
  /// What the address asks for as `X-Faultline-Token`; nil where it asks for nothing.
  private let token: String?
  /// For what may be asked twice: its connections are kept.
  private let session: URLSession

  public init(_ url: URL, patience: TimeSpan = .seconds(30), token: String? = nil) {
    self.url = url
    self.patience = patience
    self.token = token
    session = HTTPSystems.session()
  }

  private static func session() -> URLSession {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    return URLSession(configuration: configuration)
  }

  // MARK: Calls

  /// Sends a call once and says what came back.
  public func answer(to request: Operations.Request) async -> Answer {
    let path = request.operation.text.split(separator: ".", maxSplits: 1).joined(separator: "/")
    var headers = [("authorization", "Bearer \(request.principal)")]
    if let key = request.idempotencyKey { headers.append(("idempotency-key", key)) }
    if let fence = request.fence { headers.append(("fencing-token", String(fence))) }
    let session = Self.session()
    defer { session.finishTasksAndInvalidate() }
    let body = try? JSONEncoder().encode(request.arguments)
    switch await send("POST", "v1/\(path)", body, headers: headers, by: session) {
    case .failure(let absence): return .none(absence)
    case .success(let message): return Self.answer(in: message)
    }
  }

  /// Reads an answer. A success that can't be read says nothing, and a failure says at least its status.
  static func answer(in message: Message) -> Answer {
    var headers = Fields()
    for name in ["retry-after", "idempotent-replayed"] {
      guard let text = message.headers[name] else { continue }
      headers[Name(name)] = Int64(text).map(Value.int) ?? .text(text)
    }
    guard message.status >= 400 else {
      guard let body = try? JSONDecoder().decode(Fields.self, from: message.body) else { return .none(.unreadable) }
      return .response(Response(status: message.status, body: body, headers: headers))
    }
    let problem = (try? JSONDecoder().decode(Fields.self, from: message.body)) ?? Fields()
    return .response(
      Response(
        status: message.status, headers: headers,
        error: Response.ErrorBody(
          Name(problem.text("code") ?? "http-\(message.status)"), problem.text("detail") ?? problem.text("title") ?? "")))
  }

  // MARK: What a served world has beside its systems

  /// The document that an agent is configured by.
  ///
  /// - Throws: what is wrong with the address or the document, in words for people.
  public func deployment() async throws(ProcessFailure) -> Deployment {
    switch await send("GET", "deployment") {
    case .failure(let absence): throw ProcessFailure("\(url) does not answer: \(absence.rawValue)")
    case .success(let message):
      guard message.status == 200 else { throw ProcessFailure("\(url)/deployment answers with status \(message.status)") }
      return try Deployment(reading: message.body, from: "\(url)/deployment")
    }
  }

  /// The systems' time.
  struct Time: Decodable {
    let nanoseconds: Int64
    let passes: String

    var now: Instant { Instant(nanoseconds: nanoseconds) }
    /// Whether a second there is a second here.
    var passesAsReal: Bool { passes == "real" }
  }

  /// The time there; nil where nobody tells it.
  func time() async -> Time? {
    guard case .success(let message) = await send("GET", "clock"), message.status == 200 else { return nil }
    return try? JSONDecoder().decode(Time.self, from: message.body)
  }

  /// Waits until so much time has passed there.
  ///
  /// - Returns: false where nobody lets it pass any more.
  func letPass(_ span: TimeSpan) async -> Bool {
    // At most a week at a time, and rather a microsecond too long than too short.
    let seconds = min((Double(span.nanoseconds) / 1_000).rounded(.up) / 1_000_000, 604_800)
    let body = Data(#"{"seconds": \#(seconds)}"#.utf8)
    guard case .success(let message) = await send("POST", "clock/sleep", body, patience: .days(7)) else { return false }
    return message.status == 200
  }

  /// Tells the outcome, as often as it takes; it is no call to a system and harms nobody twice.
  ///
  /// - Returns: false where nobody takes it.
  public func report(_ outcome: Fields) async -> Bool {
    let body = try? JSONEncoder().encode(outcome)
    for _ in 0..<3 {
      if case .success(let message) = await send("POST", "outcome", body), message.status < 500 {
        return message.status == 200
      }
    }
    return false
  }

  // MARK: HTTP

  /// A response as it came.
  struct Message: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body = Data()
  }

  private func send(
    _ method: String, _ path: String, _ body: Data? = nil, headers: [(String, String)] = [], patience: TimeSpan? = nil,
    by session: URLSession? = nil
  ) async -> Result<Message, Answer.Absence> {
    var request = URLRequest(url: url.appending(path: path))
    request.timeoutInterval = (patience ?? self.patience).inSeconds
    request.httpMethod = method
    request.httpBody = body
    request.setValue("application/json", forHTTPHeaderField: "content-type")
    if let token { request.setValue(token, forHTTPHeaderField: "x-faultline-token") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    do {
      let (data, response) = try await (session ?? self.session).data(for: request)
      guard let response = response as? HTTPURLResponse else { return .failure(.unreadable) }
      var message = Message(status: response.statusCode, body: data)
      for (name, value) in response.allHeaderFields {
        message.headers["\(name)".lowercased()] = "\(value)"
      }
      return .success(message)
    } catch let error as URLError where error.code == .timedOut {
      return .failure(.timedOut)
    } catch {
      return .failure(.connectionLost)
    }
  }
}

extension Answer.Absence: Error {}

/// Why a process of the agent can't do its work at all, in words for people.
public struct ProcessFailure: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

extension Deployment {
  /// Reads the document.
  ///
  /// - Parameter place: where it came from, for people.
  public init(reading data: Data, from place: String) throws(ProcessFailure) {
    do {
      self = try JSONDecoder().decode(Deployment.self, from: data)
    } catch let error as DecodingError {
      throw ProcessFailure("\(place) is no deployment: \(error.told)")
    } catch {
      throw ProcessFailure("\(place) is no deployment: \(error)")
    }
  }
}

extension DecodingError {
  /// Where in a document it happened and what was expected.
  var told: String {
    func place(_ context: Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
      return path.isEmpty ? "" : "at \(path.trimmingPrefix(".")), "
    }
    switch self {
    case .keyNotFound(let key, let context): return "\(place(context))'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return place(context) + context.debugDescription
    @unknown default: return "\(self)"
    }
  }
}
