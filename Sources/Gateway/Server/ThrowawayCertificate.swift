// A certificate for one run, so that clients that insist on HTTPS can be served on this machine.

import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server's certificate, signed by an authority that was made for it and whose key is kept nowhere.
public struct ThrowawayCertificate: Sendable {
  /// The authority's certificate in PEM: what clients are to trust.
  public let authority: String
  let configuration: TLSConfiguration

  /// Signs a certificate for this machine's own names.
  ///
  /// - Parameters:
  ///   - hosts: further names and addresses that the server has.
  ///   - now: it is good from the day before until thirty days later.
  /// - Throws: what cryptography throws.
  public init(for hosts: [String] = [], now: Date = Date()) throws {
    let day: TimeInterval = 86_400
    let authorityKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let authorityName = try DistinguishedName { CommonName("Faultline, for this run only") }
    let authorityMark = SubjectKeyIdentifier(hash: authorityKey.publicKey)
    let authority = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: authorityKey.publicKey, notValidBefore: now - day,
      notValidAfter: now + 30 * day, issuer: authorityName, subject: authorityName,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true))
        authorityMark
      }, issuerPrivateKey: authorityKey)
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let names = (["localhost", "127.0.0.1", "::1"] + hosts).map(Self.name)
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: now - day,
      notValidAfter: now + 30 * day, issuer: authorityName,
      subject: DistinguishedName { CommonName("localhost") },
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames(names)
        SubjectKeyIdentifier(hash: key.publicKey)
        AuthorityKeyIdentifier(keyIdentifier: authorityMark.keyIdentifier)
      }, issuerPrivateKey: authorityKey)
    self.authority = try authority.serializeAsPEM().pemString + "\n"
    configuration = .makeServerConfiguration(
      certificateChain: [
        .certificate(try NIOSSLCertificate(bytes: Array(certificate.serializeAsPEM().pemString.utf8), format: .pem))
      ],
      privateKey: .privateKey(
        try NIOSSLPrivateKey(bytes: Array(key.serializeAsPEM().pemString.utf8), format: .pem)))
  }

  private static func name(_ host: String) -> GeneralName {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      if inet_pton(family, host, &bytes) == 1 { return .ipAddress(ASN1OctetString(contentBytes: bytes[...])) }
    }
    return .dnsName(host)
  }
}

/// The way to a world over HTTPS, beside the plain one.
public struct SecureDoor: Sendable {
  public var port: Int
  /// The file with the certificates that a client is to trust: ``ThrowawayCertificate/authority`` and this machine's.
  public var trustFile: String

  public init(port: Int, trustFile: String) {
    self.port = port
    self.trustFile = trustFile
  }

  /// Where systems keep the certificates that they trust; of these, the first that is there.
  private static let bundles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
  ]

  /// What stands in a trust file. Libraries trust it instead of the machine's own, so that has to be in it: an agent
  /// may have a real model to talk to.
  public static func trusted(with certificate: ThrowawayCertificate) -> String {
    let machines = bundles.lazy.compactMap { FileManager.default.contents(atPath: $0) }.first
    return certificate.authority + (machines.map { String(decoding: $0, as: UTF8.self) } ?? "")
  }

  /// What an agent is told of it: the world's address, and what to trust.
  func variables(world id: String) -> [String: String] {
    let address = "127.0.0.1:\(port)/w/\(id)"
    var variables = ["FAULTLINE_HTTPS_URL": "https://\(address)", "ZENPY_FORCE_NETLOC": address]
    for name in Self.trustVariables { variables[name] = trustFile }
    return variables
  }

  /// What an agent is told where there is none: zenpy, which asks over HTTPS by itself, is sent to the plain door.
  static func variables(ofPlain base: String) -> [String: String] {
    ["ZENPY_FORCE_NETLOC": String(base.dropFirst("http://".count)), "ZENPY_FORCE_SCHEME": "http"]
  }

  /// Where libraries look for certificates to trust: OpenSSL, and with it Python's ssl and httpx; requests; curl;
  /// AWS's; Node, which reads its own beside them.
  static let trustVariables = [
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
  ]
}
