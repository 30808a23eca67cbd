// A suite that nobody may see can still be held to: its digests are published, its words are not.

import Crypto
import Faultline
import Foundation
import Primitives

/// The public half of a private suite.
public struct SuiteSeal: Hashable, Sendable, Codable {
  public var schema = "faultline.suite-seal/1"
  public var suite: String
  public var version: Int
  public var cases: Int
  /// For each case, in the order of the digests themselves, SHA-256 of salt and case: neither the text nor the order
  /// gives anything away, and two equal cases can't be told apart from two others.
  public var digests: [String]
  /// SHA-256 over the digests.
  public var root: String

  /// - Parameter salt: at least 16 random bytes, kept with the suite and shown to nobody.
  public init(_ suite: Suite, salt: [UInt8]) {
    precondition(salt.count >= 16, "a short salt can be guessed, and the cases with it")
    self.suite = suite.name
    version = suite.version
    cases = suite.cases.count
    digests = suite.cases.map { item in
      SHA256.hash(data: Data(salt) + Data(item.sealedText.utf8)).hexadecimal
    }.sorted()
    root = SHA256.hash(data: Data(digests.joined(separator: "\n").utf8)).hexadecimal
  }

  /// Whether a suite is the one that was sealed.
  public func holds(_ suite: Suite, salt: [UInt8]) -> Bool { SuiteSeal(suite, salt: salt) == self }
}

extension SuiteCase {
  /// All that the exam reads of it, each part with its length so that none runs into another.
  var sealedText: String {
    var parts = [id, kind.rawValue, workflow.text, "\(fork)", step.text, text]
    parts += options.map(\.text) + paraphrases
    parts += facts.map { "\($0.name)=\($0.text)" }
    parts += admissible.map { answer in "\(answer.transition):\(answer.fields.map { "\($0.name)=\($0.text)" })" }
    parts += variables.map { "\($0.name)=\($0.values)" }
    return parts.map { "\($0.utf8.count):\($0)" }.joined()
  }
}
