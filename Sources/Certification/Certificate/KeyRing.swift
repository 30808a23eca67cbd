// Keys that sign certificates, and those that are trusted: in a folder of the operator's, never in the repository
// that is being judged.

import Crypto
import Foundation

/// A private key, by which certificates are signed.
public struct SigningKey: Sendable {
  public var name: String
  let key: Curve25519.Signing.PrivateKey

  /// - Parameter seed: 32 bytes; a new random key where none are given.
  public init(name: String, seed: Data? = nil) throws {
    self.name = name
    guard let seed else {
      key = Curve25519.Signing.PrivateKey()
      return
    }
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw CertificateError(
        "the private key '\(name)' is damaged", remedy: "restore it, or make a new one with 'faultline keys new'")
    }
    self.key = key
  }

  public var id: String { KeyRing.id(of: key.publicKey.rawRepresentation) }
  var seed: Data { key.rawRepresentation }
  public var trusted: TrustedKey { TrustedKey(name: name, publicKey: key.publicKey.rawRepresentation.hexadecimal) }
}

/// A public key, with what became of it.
public struct TrustedKey: Hashable, Sendable, Codable {
  public var schema = "faultline.key/1"
  public var name: String
  public var keyid: String
  /// 32 bytes as hexadecimal digits.
  public var publicKey: String
  public var revoked: Revocation?

  public struct Revocation: Hashable, Sendable, Codable {
    public var at: String
    public var reason: String
  }

  public init(name: String, publicKey: String) {
    self.name = name
    self.publicKey = publicKey
    keyid = KeyRing.id(of: Data(hexadecimal: publicKey) ?? Data())
  }

  var key: Curve25519.Signing.PublicKey? {
    Data(hexadecimal: publicKey).flatMap { try? Curve25519.Signing.PublicKey(rawRepresentation: $0) }
  }
}

/// The folder with the keys: `NAME.pub.json` for each that is trusted, `NAME.key.json` for those that sign here, and
/// what was revoked.
public struct KeyRing: Sendable {
  public var folder: String

  public init(_ folder: String) { self.folder = folder }

  /// The identity of a key as securesystemslib computes it: SHA-256 over the canonical form of the public key.
  static func id(of publicKey: Data) -> String {
    let form = "{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\"\(publicKey.hexadecimal)\"},\"scheme\":\"ed25519\"}"
    return SHA256.hash(data: Data(form.utf8)).hexadecimal
  }

  private struct PrivateFile: Codable {
    var schema = "faultline.private-key/1"
    var name: String
    /// Base64.
    var seed: String
  }

  /// Makes a key, keeps it readable by its owner alone, and trusts it.
  ///
  /// - Throws: ``CertificateError`` where there is one of that name.
  public func make(_ name: String) throws -> TrustedKey {
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_".contains($0) }) else {
      throw CertificateError("'\(name)' is no name for a key", remedy: "use letters, digits, - and _")
    }
    let key = try SigningKey(name: name)
    guard !FileManager.default.fileExists(atPath: path(name, "pub")),
      !FileManager.default.fileExists(atPath: path(name, "key"))
    else {
      throw CertificateError(
        "there is a key '\(name)' in \(folder)", remedy: "choose another name; revoke the old one if it is lost")
    }
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = PrivateFile(name: name, seed: key.seed.base64EncodedString())
    // Never readable by others, not even for a moment.
    guard
      FileManager.default.createFile(
        atPath: path(name, "key"), contents: CanonicalJSON.data(file), attributes: [.posixPermissions: 0o600])
    else { throw CertificateError("\(folder) can't be written", remedy: "check the folder and your rights in it") }
    try write(key.trusted)
    return key.trusted
  }

  public func signingKey(_ name: String) throws -> SigningKey {
    guard let data = FileManager.default.contents(atPath: path(name, "key")) else {
      throw CertificateError(
        "there is no private key '\(name)' in \(folder)", remedy: "'faultline keys new \(name)' makes one")
    }
    guard let file = try? JSONDecoder().decode(PrivateFile.self, from: data), let seed = Data(base64Encoded: file.seed)
    else { throw CertificateError("\(path(name, "key")) is damaged", remedy: "restore it, or make a new key") }
    return try SigningKey(name: name, seed: seed)
  }

  /// All keys, trusted and revoked, in the order of their names.
  public func keys() throws -> [TrustedKey] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return try names.filter { $0.hasSuffix(".pub.json") }.sorted().map { file in
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)"),
        let key = try? JSONDecoder().decode(TrustedKey.self, from: data), key.key != nil,
        key.keyid == KeyRing.id(of: Data(hexadecimal: key.publicKey) ?? Data())
      else {
        throw CertificateError(
          "\(folder)/\(file) is no public key", remedy: "remove it, or fetch it again from its owner")
      }
      return key
    }
  }

  public func revoke(_ name: String, at: String, reason: String) throws -> TrustedKey {
    guard var key = try keys().first(where: { $0.name == name }) else {
      throw CertificateError(
        "there is no key '\(name)' in \(folder)", remedy: "'faultline keys list' shows those that are there")
    }
    key.revoked = TrustedKey.Revocation(at: at, reason: reason)
    try write(key)
    return key
  }

  private func write(_ key: TrustedKey) throws {
    try Data(CanonicalJSON.pretty(key).utf8).write(to: URL(fileURLWithPath: path(key.name, "pub")), options: .atomic)
  }

  private func path(_ name: String, _ kind: String) -> String { "\(folder)/\(name).\(kind).json" }

  // MARK: Certificates that hold no longer

  /// A certificate that was withdrawn, by the digest of its payload.
  public struct Withdrawal: Hashable, Sendable, Codable {
    public var certificate: String
    public var at: String
    public var reason: String

    public init(certificate: String, at: String, reason: String) {
      self.certificate = certificate
      self.at = at
      self.reason = reason
    }
  }

  public func withdrawals() throws -> [Withdrawal] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/withdrawn.json") else { return [] }
    guard let list = try? JSONDecoder().decode([Withdrawal].self, from: data) else {
      // Whoever can't read what was withdrawn must not let anything pass.
      throw CertificateError(
        "\(folder)/withdrawn.json can't be read", remedy: "restore it; nothing passes the gate before")
    }
    return list
  }

  public func withdraw(_ withdrawal: Withdrawal) throws {
    var list = try withdrawals()
    guard !list.contains(where: { $0.certificate == withdrawal.certificate }) else { return }
    list.append(withdrawal)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(CanonicalJSON.pretty(list).utf8).write(
      to: URL(fileURLWithPath: "\(folder)/withdrawn.json"), options: .atomic)
  }
}

extension Data {
  var hexadecimal: String { map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }

  init?(hexadecimal text: String) {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    self.init(bytes)
  }
}
