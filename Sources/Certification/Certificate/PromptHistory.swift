// Prompts that passed the gate are kept, so that going back to the last good one is one command.

import Crypto
import Foundation

/// A folder of prompts with the certificates under which they were deployed, in the order of their deployment.
public struct PromptHistory: Sendable {
  public var folder: String

  public init(_ folder: String) { self.folder = folder }

  public struct Entry: Hashable, Sendable, Codable {
    public var schema = "faultline.deployed-prompt/1"
    public var at: String
    public var name: String
    public var sha256: String
    public var text: String
    public var certificate: Envelope
  }

  private func files() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }

  /// In the order of their deployment.
  public func entries() throws -> [Entry] {
    try files().map { file in
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)"),
        let entry = try? JSONDecoder().decode(Entry.self, from: data),
        entry.sha256 == CanonicalJSON.digest(ofText: entry.text)
      else { throw CertificateError("\(folder)/\(file) is no deployed prompt", remedy: "restore it or remove it") }
      return entry
    }
  }

  /// Keeps a prompt that passed; one that passes again under the same certificate is kept once.
  public func keep(_ prompt: Prompt, text: String, certificate: ModelCertificate, at: String) throws {
    if let last = try entries().last, last.sha256 == prompt.digest, last.certificate == certificate.envelope { return }
    let number = (files().last.flatMap { Int($0.prefix(6)) } ?? 0) + 1
    let entry = Entry(at: at, name: prompt.name, sha256: prompt.digest, text: text, certificate: certificate.envelope)
    let digits = String(number)
    let name = String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".json"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(CanonicalJSON.pretty(entry).utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"), options: .atomic)
  }

  /// The last prompt that passed, is another than the current one, and whose certificate still holds: signed by a key
  /// that is trusted today, for this very prompt, and not withdrawn.
  public func lastGood(
    otherThan current: String, keys: [TrustedKey], withdrawals: [KeyRing.Withdrawal]
  ) throws -> Entry? {
    try entries().last { entry in
      guard entry.sha256 != current, let signer = entry.certificate.signer(among: keys), signer.revoked == nil else {
        return false
      }
      guard let certificate = try? ModelCertificate(text: CanonicalJSON.pretty(entry.certificate), path: folder),
        certificate.body.isCertified
      else { return false }
      let isAboutIt = certificate.body.subject.parts.contains {
        $0.name.hasPrefix("prompt:") && $0.sha256 == entry.sha256
      }
      return isAboutIt && !withdrawals.contains { $0.certificate == certificate.digest }
    }
  }
}
