// The vendors' dialects: their words in, their shapes and errors out, and the same truth behind them.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct VendorDoorTests {
  private func ask(
    _ method: String, _ path: String, _ body: String = "", query: String = "",
    headers: [(name: String, value: String)] = [], in session: Session
  ) async throws -> WireReply {
    let request = WireRequest(method: method, path: path, query: query, headers: headers, body: Array(body.utf8))
    let door = try #require(vendorDoors.first { $0.answers(request) }, "no door answers to \(path)")
    return await door.handle(request, in: session)
  }

  private func xml(_ reply: WireReply) -> String { String(decoding: reply.response?.body ?? [], as: UTF8.self) }

  private func finish(_ session: Session) async -> RunRecord {
    await session.close()
    return await session.finished()
  }

  private static let signed = (
    name: "authorization",
    value: "AWS4-HMAC-SHA256 Credential=test/20261102/eu-central-1/ec2/aws4_request, SignedHeaders=host"
  )
  private static let vpc =
    "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16&TagSpecification.1.ResourceType=vpc"
    + "&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=acme-net"
    + "&TagSpecification.1.Tag.2.Key=customer&TagSpecification.1.Tag.2.Value=acme"

  // MARK: Stripe

  @Test func stripesObjectsHaveTheirDocumentedShape() async throws {
    let session = try await Bench.session()
    let customer = try await ask(
      "POST", "v1/customers", "name=Acme&metadata[reference]=acme", headers: [("idempotency-key", "c")], in: session)
    let made = try #require(customer.response?.document)
    #expect(made["object"] == "customer")
    #expect(made["id"]?.text?.hasPrefix("cus_") == true)
    #expect(made["metadata"]?["reference"] == "acme")
    #expect(customer.response?.header("request-id")?.hasPrefix("req_") == true)
    #expect(customer.response?.header("idempotency-key") == "c")
    let id = made["id"]?.text ?? ""
    let draft = try await ask(
      "POST", "v1/invoices", "customer=\(id)&metadata[period]=2026-11", in: session)
    let invoice = try #require(draft.response?.document)
    #expect(invoice["object"] == "invoice")
    #expect(invoice["customer"] == .text(id), "an invoice names its customer by id")
    #expect(invoice["status"] == "draft")
    let number = invoice["id"]?.text ?? ""
    _ = try await ask(
      "POST", "v1/invoiceitems", "customer=\(id)&invoice=\(number)&amount=120000&currency=eur", in: session)
    _ = try await ask("POST", "v1/invoices/\(number)/finalize", in: session)
    let paid = try await ask("POST", "v1/invoices/\(number)/pay", in: session)
    #expect(paid.response?.document?["status"] == "paid")
    #expect(paid.response?.document?["amount_paid"] == 120_000)
    #expect(paid.response?.document?["currency"] == "eur")
    let charge = paid.response?.document?["charge"]?.text ?? ""
    let refund = try await ask("POST", "v1/refunds", "charge=\(charge)&amount=20000", in: session)
    #expect(refund.response?.document?["object"] == "refund")
    #expect(refund.response?.document?["amount"] == 20_000)
    let note = try await ask(
      "POST", "v1/credit_notes", "invoice=\(number)&amount=1000&credit_amount=1000", in: session)
    #expect(note.response?.document?["object"] == "credit_note")
    let record = await finish(session)
    #expect(record.made("billing.customer") == 1)
    #expect(record.made("billing.credit_note") == 1)
  }

  @Test func aReplayUnderAKeySaysSo() async throws {
    let session = try await Bench.session()
    for isReplay in [false, true] {
      let reply = try await ask(
        "POST", "v1/customers", "name=acme", headers: [("idempotency-key", "k")], in: session)
      #expect((reply.response?.header("idempotent-replayed") == "true") == isReplay)
    }
    let other = try await ask("POST", "v1/customers", "name=other", headers: [("idempotency-key", "k")], in: session)
    #expect(other.response?.status == 400)
    #expect(other.response?.document?["error"]?["type"] == "idempotency_error")
    #expect(await finish(session).made("billing.customer") == 1)
  }

  @Test func listsSayWhetherThereIsMore() async throws {
    let session = try await Bench.session()
    _ = try await ask("POST", "v1/customers", "name=acme", in: session)
    for _ in 0..<3 { _ = try await ask("POST", "v1/invoices", "customer=acme", in: session) }
    let first = try await ask("GET", "v1/invoices", query: "customer=acme&limit=2", in: session)
    let page = try #require(first.response?.document)
    #expect(page["object"] == "list")
    #expect(page["has_more"] == true)
    #expect(page["data"]?.list?.count == 2)
    let last = page["data"]?.list?.last?["id"]?.text ?? ""
    let second = try await ask("GET", "v1/invoices", query: "customer=acme&limit=2&starting_after=\(last)", in: session)
    #expect(second.response?.document?["has_more"] == false)
    #expect(second.response?.document?["data"]?.list?.count == 1)
  }

  @Test(arguments: [
    ("POST", "v1/invoices", "", 400, "parameter_missing"),
    ("POST", "v1/refunds", "charge=x&amount=1.5", 400, "parameter_invalid_integer"),
    ("POST", "v1/customers", "name=%G1", 400, nil), ("POST", "v1/customers/a/b/c", "", 404, nil),
    ("GET", "v1/invoices/in_none", "", 404, "resource_missing"),
  ] as [(String, String, String, Int, String?)])
  func stripeRefusesInItsOwnEnvelope(
    method: String, path: String, body: String, status: Int, code: String?
  ) async throws {
    let session = try await Bench.session()
    let reply = try await ask(method, path, body, in: session)
    #expect(reply.response?.status == status)
    #expect(reply.response?.document?["error"]?["type"] == "invalid_request_error")
    #expect(reply.response?.document?["error"]?["code"]?.text == code)
    #expect(reply.response?.header("request-id") != nil)
  }

  @Test func aServerErrorAfterTheCommitIsAnAPIErrorThatSaysWhetherToRetry() async throws {
    let session = try await Bench.session([Bench.fault("billing.create_customer", "error-after-commit", .answer)])
    let reply = try await ask("POST", "v1/customers", "name=acme", in: session)
    #expect(reply.response?.status == 500)
    #expect(reply.response?.document?["error"]?["type"] == "api_error")
    #expect(reply.response?.header("stripe-should-retry") == "false")
    #expect(await finish(session).made("billing.customer") == 1)
  }

  // MARK: AWS

  @Test func ec2AnswersInXMLAndTakesTheClientToken() async throws {
    let session = try await Bench.session()
    let made = xml(try await ask("POST", "", Self.vpc, headers: [Self.signed], in: session))
    #expect(made.contains(#"<CreateVpcResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>"#))
    let id = made.components(separatedBy: "<vpcId>")[1].components(separatedBy: "<")[0]
    let run = "Action=RunInstances&Version=2016-11-15&MinCount=1&MaxCount=3&InstanceType=pro&ClientToken=one"
      + "&SubnetId=subnet-\(id.dropFirst(4))&TagSpecification.1.Tag.1.Key=customer&TagSpecification.1.Tag.1.Value=acme"
    var instances: Set<String> = []
    for _ in 0..<2 {
      let launched = xml(try await ask("POST", "", run, headers: [Self.signed], in: session))
      instances.insert(launched.components(separatedBy: "<instanceId>")[1].components(separatedBy: "<")[0])
    }
    #expect(instances.count == 1, "one token is one launch")
    let mismatch = try await ask(
      "POST", "", run.replacing("MaxCount=3", with: "MaxCount=2"), headers: [Self.signed], in: session)
    #expect(mismatch.response?.status == 400)
    #expect(xml(mismatch).contains("<Response><Errors><Error><Code>IdempotentParameterMismatch</Code>"))
    #expect(await finish(session).made("cloud.cluster") == 1)
  }

  @Test func iamAnswersInXMLAndAttachingTwiceIsNoError() async throws {
    let session = try await Bench.session()
    let role = "Action=CreateRole&Version=2010-05-08&RoleName=admin&Tags.member.1.Key=customer&Tags.member.1.Value=acme"
    let made = xml(try await ask("POST", "", role, in: session))
    #expect(made.contains("<CreateRoleResult><Role>"))
    #expect(made.contains("<ResponseMetadata><RequestId>"))
    let again = try await ask("POST", "", role, in: session)
    #expect(again.response?.status == 409)
    #expect(xml(again).contains("<Error><Type>Sender</Type><Code>EntityAlreadyExists</Code>"))
    let policy = "Action=CreatePolicy&Version=2010-05-08&PolicyName=p&PolicyDocument=%7B%22Statement%22%3A%5B%5D%7D"
    _ = try await ask("POST", "", policy, in: session)
    let attachment = "Action=AttachRolePolicy&Version=2010-05-08&RoleName=admin&PolicyArn=arn:aws:iam::1:policy/p"
    for _ in 0..<2 {
      let attached = try await ask("POST", "", attachment, in: session)
      #expect(attached.response?.status == 200)
    }
    #expect(await finish(session).made("identity.binding") == 1)
  }

  /// `amz-sdk-invocation-id` is the same on all attempts of one call, keys or not.
  @Test func attemptsOfOneInvocationAreOneCall() async throws {
    let session = try await Bench.session([Bench.fault("cloud.create_network", "response-lost", .answer)])
    for _ in 0..<2 {
      let reply = try await ask(
        "POST", "", Self.vpc, headers: [Self.signed, ("amz-sdk-invocation-id", "a")], in: session)
      #expect(reply.isClosed)
    }
    let other = try await ask("POST", "", Self.vpc, headers: [Self.signed, ("amz-sdk-invocation-id", "b")], in: session)
    #expect(other.response?.status == 200)
    let record = await finish(session)
    #expect(record.verdict.metrics.calls == 2)
    #expect(record.verdict.metrics.attempts == 3)
    #expect(record.made("cloud.network") == 3, "EC2 takes no token for a VPC: each attempt made one")
  }

  @Test(arguments: [
    ("Action=%", "MalformedQueryString"), ("Action=CreateVpc&Version=1", "NoSuchVersion"),
    ("Version=2016-11-15", "MissingAction"), ("Action=Conquer&Version=2016-11-15", "InvalidAction"),
    ("Action=DeleteVpc&Version=2016-11-15", "MissingParameter"), ("Action=Conquer&Version=2010-05-08", "InvalidAction"),
    ("Action=RunInstances&Version=2016-11-15&SubnetId=s&MaxCount=many", "InvalidParameterValue"),
  ])
  func awsRefusesInItsOwnEnvelope(body: String, code: String) async throws {
    let session = try await Bench.session()
    let reply = try await ask("POST", "", body, in: session)
    #expect(reply.response?.status == 400)
    #expect(xml(reply).contains("<Code>\(code)</Code>"))
    #expect(await finish(session).verdict.metrics.calls == 0)
  }

  // MARK: Zendesk

  @Test func zendeskWrapsItsTickets() async throws {
    let session = try await Bench.session()
    let help: JSON = [
      "ticket": [
        "subject": "Help", "requester": ["name": "acme"], "external_id": "x-1", "comment": ["body": "Now"],
      ]
    ]
    let made = try await ask(
      "POST", "api/v2/tickets.json", help.printed, headers: [("idempotency-key", "z")], in: session)
    #expect(made.response?.status == 201)
    #expect(made.response?.header("x-idempotency-lookup") == "miss")
    let id = made.response?.document?["ticket"]?["id"]?.text ?? ""
    let solved = try await ask(
      "PUT", "api/v2/tickets/\(id)", #"{"ticket": {"status": "solved", "comment": {"body": "Done", "public": false}}}"#,
      in: session)
    #expect(solved.response?.document?["ticket"]?["status"] == "solved")
    let events = solved.response?.document?["audit"]?["events"]?.list
    #expect(events?.map { $0["type"] } == ["Comment", "Change"])
    #expect(events?.last?["field_name"] == "status" && events?.last?["value"] == "solved")
    let comments = try await ask("GET", "api/v2/tickets/\(id)/comments.json", in: session)
    #expect(comments.response?.document?["comments"]?.list?.first?["public"] == false)
    let found = try await ask("GET", "api/v2/search.json", query: "query=type:ticket+external_id:x-1", in: session)
    #expect(found.response?.document?["results"]?.list?.first?["result_type"] == "ticket")
  }

  @Test func zendeskSaysHowLongToWait() async throws {
    let session = try await Bench.session([Bench.fault("ticketing.get_ticket", "rate-limited", .request)])
    let reply = try await ask("GET", "api/v2/tickets/1001.json", in: session)
    #expect(reply.response?.status == 429)
    #expect(reply.response?.document?["error"] == "TooManyRequests")
    #expect(reply.response?.header("retry-after").flatMap { Int($0) } ?? 0 > 0)
  }

  @Test(arguments: [
    ("POST", "api/v2/tickets", "{", 422, "Unprocessable Entity"),
    ("POST", "api/v2/tickets", "{}", 400, "TicketMissing"),
    ("GET", "api/v2/tickets/none", "", 404, "RecordNotFound"), ("GET", "api/v2/users", "", 404, "InvalidEndpoint"),
  ])
  func zendeskRefusesInItsOwnWords(method: String, path: String, body: String, status: Int, code: String) async throws {
    let session = try await Bench.session()
    let reply = try await ask(method, path, body, in: session)
    #expect(reply.response?.status == status)
    #expect(reply.response?.document?["error"]?.text == code)
    #expect(reply.response?.document?["description"]?.text?.isEmpty == false)
  }
}
