// The bytes on a real socket in each vendor's dialect: what its client receives for each thing that can go wrong, and
// what is true then.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

/// A request in a vendor's words.
struct Dialect: CustomTestStringConvertible {
  var testDescription: String
  var request: String
  var point: Name
  /// What the request makes.
  var kind: Name
  /// What stands in the answer.
  var sign: String
  /// The head line and the body's parts of the vendor's own error after the commit, and where it is asked too often.
  var failed: [String]
  var limited: [String]
  /// A request that can't be read, and the vendor's word for it.
  var malformed: (request: String, answer: [String])

  private static let form = "application/x-www-form-urlencoded"

  private static func post(_ path: String, _ type: String, _ body: String) -> String {
    "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: \(type)\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  static let all = [
    // https://docs.stripe.com/api/errors
    Dialect(
      testDescription: "Stripe", request: post("/v1/customers", form, "name=acme"),
      point: "billing.create_customer", kind: "billing.customer", sign: #""object":"customer""#,
      failed: ["HTTP/1.1 500 ", #"{"error":{"#, #""type":"api_error""#, #""message":""#],
      limited: ["HTTP/1.1 429 ", #"{"error":{"#, #""code":"rate_limit""#, #""type":"invalid_request_error""#],
      malformed: (
        post("/v1/customers", form, "name=%zz"), ["HTTP/1.1 400 ", #"{"error":{"#, #""type":"invalid_request_error""#]
      )),
    // https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html
    Dialect(
      testDescription: "EC2", request: post("/", form, "Action=CreateVpc&Version=2016-11-15"),
      point: "cloud.create_network", kind: "cloud.network", sign: "<CreateVpcResponse",
      failed: [
        "HTTP/1.1 500 ", "<Response><Errors><Error><Code>InternalError</Code><Message>",
        "</Message></Error></Errors><RequestID>", "</RequestID></Response>",
      ],
      limited: [
        "HTTP/1.1 503 ", "<Response><Errors><Error><Code>RequestLimitExceeded</Code>", "</RequestID></Response>",
      ],
      malformed: (
        post("/", form, "Action=%"),
        ["HTTP/1.1 400 ", "<Response><Errors><Error><Code>MalformedQueryString</Code>", "</RequestID></Response>"]
      )),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    Dialect(
      testDescription: "IAM", request: post("/", form, "Action=CreateRole&Version=2010-05-08&RoleName=admin"),
      point: "identity.create_role", kind: "identity.role", sign: "<CreateRoleResponse",
      failed: [
        "HTTP/1.1 500 ", #"<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">"#,
        "<Error><Type>Receiver</Type>",
        "<Code>ServiceFailure</Code><Message>", "</Error><RequestId>", "</RequestId></ErrorResponse>",
      ],
      limited: [
        "HTTP/1.1 400 ", "<Error><Type>Sender</Type><Code>Throttling</Code>", "</RequestId></ErrorResponse>",
      ],
      malformed: (
        post("/", form, "Action=CreateRole&Version=2010-05-08"),
        ["HTTP/1.1 400 ", "<Error><Type>Sender</Type><Code>MissingParameter</Code>", "</RequestId></ErrorResponse>"]
      )),
    // https://developer.zendesk.com/api-reference/introduction/requests/
    Dialect(
      testDescription: "Zendesk",
      request: post(
        "/api/v2/tickets.json", "application/json", #"{"ticket": {"subject": "Help", "requester": {"name": "acme"}}}"#),
      point: "ticketing.create_ticket", kind: "ticketing.ticket", sign: #""ticket":{"#,
      failed: ["HTTP/1.1 500 ", #""error":"InternalError""#, #""description":""#],
      limited: ["HTTP/1.1 429 ", #""error":"TooManyRequests""#, "retry-after: "],
      malformed: (
        post("/api/v2/tickets.json", "application/json", #"{"ticket": "#),
        ["HTTP/1.1 422 ", #""error":"Unprocessable Entity""#, #""description":"Server could not parse JSON""#]
      )),
  ]
}

@Suite struct DialectSocketTests {
  /// What a client of a new world gets for one request, whether it was still waiting when it gave up, and how many
  /// objects the world then has of the kind that the request makes.
  private func ask(
    _ dialect: Dialect, _ request: String? = nil, _ fault: (name: Name, aspect: Aspect)? = nil,
    loss: LossForm = .close, patience: Int? = nil
  ) async throws -> (head: String, body: String, isOpen: Bool, made: Int) {
    let faults = fault.map { [Bench.fault(dialect.point, $0.name, $0.aspect)] } ?? []
    let session = try await Bench.session(faults, loss: loss, clock: patience == nil ? .virtual : .real)
    let host = WorldHost()
    host.add(session, as: "1")
    let (received, isOpen) = try await Bench.serving(host) {
      try await SocketTests.exchange(request ?? dialect.request, port: $0, patience: patience)
    }
    await session.close()
    let record = await session.finished()
    #expect(fault == nil || record.verdict.faults.count == 1, "the fault was met")
    let parts = received.components(separatedBy: "\r\n\r\n")
    return (parts[0], parts.dropFirst().joined(separator: "\r\n\r\n"), isOpen, record.made(dialect.kind))
  }

  @Test(arguments: Dialect.all)
  func withoutAFaultTheAnswerIsWhole(dialect: Dialect) async throws {
    let whole = try await ask(dialect)
    #expect(whole.head.hasPrefix("HTTP/1.1 20"))
    #expect(whole.head.lowercased().contains("content-length: \(whole.body.utf8.count)"))
    #expect(whole.body.contains(dialect.sign))
    #expect(whole.made == 1)
  }

  @Test(arguments: Dialect.all)
  func closedBeforeTheHeadersIsNotAByte(dialect: Dialect) async throws {
    let lost = try await ask(dialect, nil, ("response-lost", .answer))
    #expect(lost.head.isEmpty && !lost.isOpen)
    #expect(lost.made == 1, "it happened all the same")
    let never = try await ask(dialect, nil, ("request-lost", .request))
    #expect(never.head.isEmpty && !never.isOpen)
    #expect(never.made == 0)
  }

  @Test(arguments: Dialect.all)
  func closedAfterTheHeadersIsAPromiseWithoutABody(dialect: Dialect) async throws {
    let whole = try await ask(dialect)
    let cut = try await ask(dialect, nil, ("response-lost", .answer), loss: .head)
    #expect(cut.head.hasPrefix("HTTP/1.1 20"))
    #expect(cut.head.lowercased().contains("content-length: \(whole.body.utf8.count)"))
    #expect(cut.body.isEmpty && !cut.isOpen)
    #expect(cut.made == 1)
    let never = try await ask(dialect, nil, ("request-lost", .request), loss: .head)
    #expect(never.head.isEmpty && never.made == 0, "what never arrived has no answer")
  }

  @Test(arguments: Dialect.all)
  func closedInMidBodyIsHalfOfIt(dialect: Dialect) async throws {
    let whole = try await ask(dialect)
    let cut = try await ask(dialect, nil, ("truncated-response", .answer))
    #expect(cut.head.lowercased().contains("content-length: \(whole.body.utf8.count)"))
    #expect(whole.body.hasPrefix(cut.body) && cut.body.utf8.count == whole.body.utf8.count / 2)
    #expect(cut.made == 1)
  }

  /// The client gives up first: until then the connection is open, and nothing comes.
  @Test(arguments: Dialect.all)
  func heldPastTheDeadlineIsSilence(dialect: Dialect) async throws {
    let held = try await ask(dialect, nil, ("response-lost", .answer), loss: .hold, patience: 4_000)
    #expect(held.head.isEmpty && held.isOpen)
    #expect(held.made == 1)
  }

  @Test(arguments: Dialect.all)
  func errorsAreTheVendorsOwn(dialect: Dialect) async throws {
    let failed = try await ask(dialect, nil, ("error-after-commit", .answer))
    for part in dialect.failed { #expect("\(failed.head)\r\n\r\n\(failed.body)".contains(part)) }
    #expect(failed.made == 1)
    let limited = try await ask(dialect, nil, ("rate-limited", .request))
    for part in dialect.limited { #expect("\(limited.head)\r\n\r\n\(limited.body)".contains(part)) }
    #expect(limited.made == 0)
  }

  @Test(arguments: Dialect.all)
  func whatCantBeReadIsRefusedInTheVendorsWords(dialect: Dialect) async throws {
    let refused = try await ask(dialect, dialect.malformed.request)
    for part in dialect.malformed.answer { #expect("\(refused.head)\r\n\r\n\(refused.body)".contains(part)) }
    #expect(refused.made == 0)
  }
}
