// Certificates that are made for one run.

import Foundation
import Testing

@testable import Gateway

@Suite struct ThrowawayCertificateTests {
  @Test func noTwoRunsTrustTheSameAuthority() throws {
    let (one, other) = (try ThrowawayCertificate(), try ThrowawayCertificate(for: ["192.0.2.1", "build.example"]))
    #expect(one.authority.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
    #expect(one.authority != other.authority)
    #expect(SecureDoor.trusted(with: one).hasPrefix(one.authority))
    #expect(!SecureDoor.trusted(with: one).contains("PRIVATE KEY"))
  }

  @Test func anAgentIsToldWhatToTrustOnlyWhereThereIsSomething() {
    let secure = SecureDoor(port: 8443, trustFile: "/t.pem").variables(world: "3")
    #expect(secure["FAULTLINE_HTTPS_URL"] == "https://127.0.0.1:8443/w/3")
    #expect(secure["ZENPY_FORCE_NETLOC"] == "127.0.0.1:8443/w/3" && secure["ZENPY_FORCE_SCHEME"] == nil)
    #expect(SecureDoor.trustVariables.allSatisfy { secure[$0] == "/t.pem" })
    let plain = SecureDoor.variables(ofPlain: "http://127.0.0.1:8080/w/3")
    #expect(plain == ["ZENPY_FORCE_NETLOC": "127.0.0.1:8080/w/3", "ZENPY_FORCE_SCHEME": "http"])
  }

  /// What is not HTTPS gets no answer there, and no secret either.
  @Test func plainHTTPIsNotAnsweredAtTheSecureDoor() async throws {
    var settings = GatewayServer.Settings()
    settings.certificate = try ThrowawayCertificate()
    let host = WorldHost()
    host.add(try await Bench.session(), as: "1")
    let received = try await SocketTests.bytes(
      of: "GET /task HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", from: host, settings: settings)
    #expect(!received.contains("HTTP/1.1"))
  }
}
