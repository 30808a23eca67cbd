// DSSE: a signature over bytes and their type, and over nothing that a parser may read in two ways.

import Crypto
import Foundation

/// A Dead Simple Signing Envelope, version 1.0.2 (github.com/secure-systems-lab/dsse).
public struct Envelope: Hashable, Sendable, Codable {
  public var payloadType: String
  /// Base64.
  public var payload: String
  public var signatures: [Signature]

  public struct Signature: Hashable, Sendable, Codable {
    public var keyid: String
    /// Base64.
    public var sig: String
  }

  public static let inToto = "application/vnd.in-toto+json"

  /// An unsigned envelope: a draft.
  public init(payload: Data, type: String = Envelope.inToto) {
    payloadType = type
    self.payload = payload.base64EncodedString()
    signatures = []
  }

  /// The bytes that were signed; nil where they are no Base64.
  public var body: Data? { Data(base64Encoded: payload) }

  /// What is signed: type and body, each with its length.
  static func preAuthentication(_ type: String, _ body: Data) -> Data {
    Data("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
  }

  /// Adds a signature. The same key signs the same bytes the same way wherever the library is BoringSSL's.
  public mutating func sign(with key: SigningKey) throws {
    guard let body else { throw CertificateError("the payload is not Base64", remedy: "issue the certificate anew") }
    let signature = try key.key.signature(for: Self.preAuthentication(payloadType, body))
    signatures.append(Signature(keyid: key.id, sig: signature.base64EncodedString()))
  }

  /// The first of these keys that signed it; nil where none did.
  public func signer(among keys: [TrustedKey]) -> TrustedKey? {
    guard let body else { return nil }
    let signed = Self.preAuthentication(payloadType, body)
    return keys.first { key in
      signatures.contains { signature in
        guard let bytes = Data(base64Encoded: signature.sig) else { return false }
        // The key's id is a hint and never proof.
        return key.key?.isValidSignature(bytes, for: signed) ?? false
      }
    }
  }
}

/// What is wrong with a certificate, a key or a record, and what to do.
public struct CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
  public var message: String
  public var remedy: String

  public init(_ message: String, remedy: String) {
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "error: \(message)\n    \(remedy)" }
}
