// The bytes on a real socket in each vendor's dialect: what its client receives for each thing that can go wrong.

import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@testable import Gateway

/// A request in a vendor's words.
struct Dialect: CustomTestStringConvertible {
  var testDescription: String
  var request: String
  var point: Name
  /// What stands in the answer, and in an error.
  var sign: String
  var error: String

  private init(
    _ name: String, _ path: String, _ type: String, _ body: String, _ point: Name, _ sign: String, _ error: String
  ) {
    testDescription = name
    request = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: \(type)\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    self.point = point
    self.sign = sign
    self.error = error
  }

  static let all = [
    Dialect(
      "Stripe", "/v1/customers", "application/x-www-form-urlencoded", "name=acme", "billing.create_customer",
      #""object":"customer""#, #""type":"api_error""#),
    Dialect(
      "EC2", "/", "application/x-www-form-urlencoded", "Action=CreateVpc&Version=2016-11-15", "cloud.create_network",
      "<CreateVpcResponse", "<Code>InternalError</Code>"),
    Dialect(
      "IAM", "/", "application/x-www-form-urlencoded", "Action=CreateRole&Version=2010-05-08&RoleName=admin",
      "identity.create_role", "<CreateRoleResponse", "<Code>ServiceFailure</Code>"),
    Dialect(
      "Zendesk", "/api/v2/tickets.json", "application/json",
      #"{"ticket": {"subject": "Help", "requester": {"name": "acme"}}}"#, "ticketing.create_ticket",
      #"{"ticket":"#, #""error":"InternalError""#),
  ]
}

@Suite struct DialectSocketTests {
  private func bytes(of request: String, _ faults: [Plan.Entry] = []) async throws -> String {
    let host = WorldHost()
    host.add(try await Bench.session(faults), as: "1")
    return try await SocketTests.bytes(of: request, from: host)
  }

  /// Every dialect of the same fault: nothing, half a body, or the vendor's own error, byte by byte.
  @Test(arguments: Dialect.all)
  func everyDialectLosesAndCutsOffAlike(dialect: Dialect) async throws {
    let whole = try await bytes(of: dialect.request)
    #expect(whole.hasPrefix("HTTP/1.1 20"))
    let body = whole.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
    #expect(body.contains(dialect.sign))
    for (fault, aspect) in [("response-lost", .answer), ("request-lost", .request)] as [(Name, Aspect)] {
      #expect(try await bytes(of: dialect.request, [Bench.fault(dialect.point, fault, aspect)]).isEmpty)
    }
    let cut = try await bytes(of: dialect.request, [Bench.fault(dialect.point, "truncated-response", .answer)])
    let parts = cut.components(separatedBy: "\r\n\r\n")
    #expect(parts[0].lowercased().contains("content-length: \(body.utf8.count)"))
    #expect(body.hasPrefix(parts[1]) && parts[1].utf8.count == body.utf8.count / 2)
    let failed = try await bytes(of: dialect.request, [Bench.fault(dialect.point, "error-after-commit", .answer)])
    #expect(failed.hasPrefix("HTTP/1.1 500 "))
    #expect(failed.contains(dialect.error))
  }
}
