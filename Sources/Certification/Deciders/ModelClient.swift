// HTTP to model providers: time-outs, few retries, and no secret in anything that is kept.

import Foundation
import Primitives

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends JSON to a provider.
public struct ModelClient: Sendable {
  public var base: URL
  public var timeout: TimeSpan
  /// Attempts in all, for time-outs, 429 and 5xx.
  public var attempts: Int
  let secret: Secret?
  private let session: URLSession

  /// - Throws: ``CertificateError`` where the address is none that can be asked.
  public init(base: String, timeout: TimeSpan = .seconds(60), attempts: Int = 3, secret: Secret?) throws {
    guard let url = URL(string: base), let scheme = url.scheme, ["http", "https"].contains(scheme), let host = url.host
    else {
      throw CertificateError(
        "'\(base)' is no address of a model", remedy: "write it in full, such as https://api.example.com/v1")
    }
    guard url.user == nil, url.password == nil, url.query == nil else {
      throw CertificateError(
        "the address of the model holds a credential or a query", remedy: "give the key by --key-env NAME")
    }
    // A key in clear over a network is a key that somebody else has.
    guard scheme == "https" || secret == nil || ["localhost", "127.0.0.1", "::1"].contains(host) else {
      throw CertificateError("the key would go to \(host) in clear", remedy: "use https")
    }
    self.base = url
    self.timeout = timeout
    self.attempts = max(1, attempts)
    self.secret = secret
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = timeout.inSeconds
    configuration.timeoutIntervalForResource = timeout.inSeconds
    configuration.httpCookieAcceptPolicy = .never
    session = URLSession(configuration: configuration)
  }

  /// Scheme, host and port: what certificates say of where a model was asked.
  public var host: String {
    "\(base.scheme ?? "")://\(base.host ?? "")" + (base.port.map { ":\($0)" } ?? "")
  }

  enum Outcome: Sendable {
    case body(JSONValue)
    case failed(String, isTimeout: Bool)
  }

  /// Sends one question and reads the answer, with no secret in what is kept of it.
  ///
  /// - Parameters:
  ///   - part: What the answer calls the part that `content` finds, for people.
  ///   - tokens: Where the provider counts them, in its `usage`.
  func ask(
    _ path: String, _ body: JSONValue, headers: [String: String], part: String,
    in content: (JSONValue) -> String?, counting tokens: (JSONValue) -> (input: JSONValue?, output: JSONValue?)
  ) async -> ModelReply {
    var (outcome, usage) = await post(path, body, headers: headers)
    switch outcome {
    case .failed(let why, let isTimeout):
      return ModelReply(content: nil, failure: why, isTimeout: isTimeout, usage: usage)
    case .body(let value):
      let counted = value["usage"].map(tokens)
      usage.inputTokens = counted?.input?.int ?? 0
      usage.outputTokens = counted?.output?.int ?? 0
      let content = content(value)
      return ModelReply(
        content: content.map(scrubbed), failure: content == nil ? "the answer has no \(part)" : nil,
        model: scrubbed(value["model"]?.text ?? ""), fingerprint: scrubbed(value["system_fingerprint"]?.text ?? ""),
        usage: usage)
    }
  }

  /// Sends one body, again where that may help, and says how it went.
  private func post(
    _ path: String, _ body: JSONValue, headers: [String: String]
  ) async -> (Outcome, CampaignRecord.Usage) {
    var request = URLRequest(url: base.appending(path: path))
    request.httpMethod = "POST"
    request.httpBody = CanonicalJSON.data(body)
    request.setValue("application/json", forHTTPHeaderField: "content-type")
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    var usage = CampaignRecord.Usage()
    let start = ContinuousClock.now
    var outcome = Outcome.failed("was not asked", isTimeout: false)
    for attempt in 1...attempts {
      usage.calls += 1
      let (said, pause) = await send(request, attempt)
      outcome = said
      guard let pause, attempt < attempts else { break }
      try? await Task.sleep(for: .nanoseconds(pause.nanoseconds))
    }
    usage.milliseconds = Int(TimeSpan(ContinuousClock.now - start).inMilliseconds)
    return (outcome, usage)
  }

  /// One attempt; with the pause after which another may help, nil where none would.
  private func send(_ request: URLRequest, _ attempt: Int) async -> (Outcome, TimeSpan?) {
    let backoff = TimeSpan.milliseconds(200) * Int64(1 << attempt)
    do {
      let (data, response) = try await session.data(for: request)
      guard let response = response as? HTTPURLResponse else {
        return (.failed("spoke no HTTP", isTimeout: false), nil)
      }
      let text = scrubbed(String(decoding: data.prefix(300), as: UTF8.self))
      switch response.statusCode {
      case 200..<300:
        guard let value = JSONValue(data) else {
          return (.failed("answered with no JSON: \(text)", isTimeout: false), nil)
        }
        return (.body(value), nil)
      case 429, 500...:
        let asked = response.value(forHTTPHeaderField: "retry-after").flatMap { Int64($0) }.map {
          TimeSpan.seconds(min(30, max(0, $0)))
        }
        return (.failed("status \(response.statusCode): \(text)", isTimeout: false), asked ?? backoff)
      default: return (.failed("status \(response.statusCode): \(text)", isTimeout: false), nil)
      }
    } catch let error as URLError where error.code == .timedOut {
      return (.failed("gave no answer within \(timeout)", isTimeout: true), backoff)
    } catch let error as URLError {
      return (.failed(scrubbed("could not be reached (\(error.code.rawValue))"), isTimeout: false), backoff)
    } catch {
      return (.failed(scrubbed("could not be reached: \(type(of: error))"), isTimeout: false), backoff)
    }
  }

  func scrubbed(_ text: String) -> String { secret?.scrubbed(text) ?? text }
}
