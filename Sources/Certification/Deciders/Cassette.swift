// Answers that were recorded: a campaign plays again without the model, to the same record.

import Faultline
import Foundation
import Synchronization

/// A file of answers, one JSON object a line, each under the digest of its request.
public struct Cassette: Hashable, Sendable {
  public var path: String
  public private(set) var identity: ModelIdentity
  public private(set) var replies: [String: ModelReply]

  private struct Head: Codable {
    var schema = "faultline.cassette/1"
    var model: ModelIdentity
  }

  private struct Entry: Codable {
    var request: String
    var reply: ModelReply
  }

  public init(path: String, identity: ModelIdentity) {
    self.path = path
    self.identity = identity
    replies = [:]
  }

  /// - Throws: ``ScenarioErrors`` with the line that can't be read.
  public static func read(_ path: String) throws(ScenarioErrors) -> Cassette {
    let lines = try TextFile.read(path).split(separator: "\n", omittingEmptySubsequences: false)
    func fail(_ line: Int, _ message: String, _ remedy: String) -> ScenarioErrors {
      ScenarioErrors([Diagnostic(path: path, line: line, column: 1, message: message, remedy: remedy)])
    }
    guard let first = lines.first, let head = try? JSONDecoder().decode(Head.self, from: Data(first.utf8)),
      head.schema == "faultline.cassette/1"
    else { throw fail(1, "this is no cassette", "'faultline certify … --record FILE' writes one") }
    var cassette = Cassette(path: path, identity: head.model)
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line.utf8)) else {
        throw fail(index + 1, "this line is no recorded answer", "record the cassette again; it is not written by hand")
      }
      guard cassette.replies.updateValue(entry.reply, forKey: entry.request) == nil else {
        throw fail(index + 1, "this request has two answers", "keep one of them")
      }
    }
    return cassette
  }

  public mutating func add(_ reply: ModelReply, for digest: String) { replies[digest] = reply }

  /// In the order of the digests, so that the same answers are the same file.
  public var text: String {
    let head = String(decoding: CanonicalJSON.data(Head(model: identity)), as: UTF8.self)
    let entries = replies.sorted { $0.key < $1.key }.map { request, reply in
      String(decoding: CanonicalJSON.data(Entry(request: request, reply: reply)), as: UTF8.self)
    }
    return ([head] + entries).joined(separator: "\n") + "\n"
  }
}

/// A decider that plays a cassette.
public struct RecordedModel: DecisionModel {
  public let cassette: Cassette
  public var identity: ModelIdentity { cassette.identity }
  public var evidence: Evidence { .replayed }

  public init(_ cassette: Cassette) { self.cassette = cassette }

  public func answer(_ request: ModelRequest) throws -> ModelReply {
    guard let reply = cassette.replies[request.digest] else {
      throw CertificateError(
        "the cassette \(cassette.path) has no answer to request \(request.digest.prefix(12))…, trial \(request.trial): "
          + "'\(request.user.prefix(60).replacing("\n", with: " "))…'",
        remedy: "the prompt, the suite, the model or the seed has changed since; record again with --record")
    }
    return reply
  }
}

/// A decider that keeps what another one answers.
public final class RecordingModel: DecisionModel {
  private let model: any DecisionModel
  private let kept: Mutex<Cassette>

  public init(_ model: any DecisionModel, path: String) {
    self.model = model
    kept = Mutex(Cassette(path: path, identity: model.identity))
  }

  public var identity: ModelIdentity { model.identity }
  public var evidence: Evidence { model.evidence }
  public var cassette: Cassette { kept.withLock { $0 } }

  public func answer(_ request: ModelRequest) async throws -> ModelReply {
    let reply = try await model.answer(request)
    kept.withLock { $0.add(reply, for: request.digest) }
    return reply
  }
}
