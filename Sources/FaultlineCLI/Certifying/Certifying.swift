// What the commands about certificates share: errors for people, the time, the machine, names of files.

import Agents
import Certification
import Faultline
import Foundation
import Primitives

enum Certifying {
  /// The time at which a certificate is issued or judged, to the second.
  static var now: Instant { Instant(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000) }

  /// Bad input instead of an error of the room below.
  static func explained<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as CertificateError { throw refusal(error) }
  }

  static func explained<T>(_ body: () async throws -> T) async throws -> T {
    do { return try await body() } catch let error as CertificateError { throw refusal(error) }
  }

  static func refusal(_ error: CertificateError) -> Refusal { .badInput(error.message, remedy: error.remedy) }

  /// The kind of machine and the build, without anything that names a person or a host.
  static var runner: String {
    #if DEBUG
      let build = "debug"
    #else
      let build = "release"
    #endif
    #if arch(x86_64)
      let machine = "x86_64"
    #elseif arch(arm64)
      let machine = "arm64"
    #else
      let machine = "other"
    #endif
    #if os(Linux)
      return "linux-\(machine)-\(build)"
    #else
      return "macos-\(machine)-\(build)"
    #endif
  }

  /// The record that lies beside a certificate: `cert.campaign.json` for `cert.json`.
  static func recordPath(of certificate: String) -> String {
    (certificate.hasSuffix(".json") ? String(certificate.dropLast(5)) : certificate) + ".campaign.json"
  }

  static func record(_ path: String) throws -> CampaignRecord {
    let text = try Files.read(path)
    guard let record = try? JSONDecoder().decode(CampaignRecord.self, from: Data(text.utf8)),
      record.schema == "faultline.campaign/1"
    else {
      throw Refusal.badInput(
        "'\(path)' is no record of a campaign",
        remedy: "'faultline certify … -o cert.json' writes one beside the certificate")
    }
    return record
  }

  static func certificate(_ path: String) throws -> ModelCertificate {
    try explained { try ModelCertificate(text: Files.read(path), path: path) }
  }

  static func policy(_ path: String?) throws -> CertificationPolicy {
    guard let path else { return .standard }
    return try PolicyReader.read(path)
  }

  static func suite(_ path: String) throws -> Suite { try SuiteReader(.standard()).read(path) }

  static func instant(_ text: String?, option: String) throws -> Instant {
    guard let text else { return now }
    guard let instant = Instant(iso8601: text) else {
      throw Refusal.badInput("\(option) '\(text)' is no time", remedy: "write it in UTC, such as 2026-11-28T12:00:00Z")
    }
    return instant
  }
}
