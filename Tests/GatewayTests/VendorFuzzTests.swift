// Whatever bytes come in a vendor's dialect: the answer is one of that vendor's, and nothing crashes or hangs.
//
// FAULTLINE_FUZZ says how many inputs there are in all, as for FuzzTests.

import Faultline
import Foundation
import Primitives
import Testing

@testable import Gateway

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct VendorFuzzTests {
  /// What has a meaning in forms, in searches and to those who count.
  private static let words: [[UInt8]] =
    Mutation.words
    + [
      "&", "=", "%", "%00", "%ff", "%C3", "+", "[0]", "[", "]", ".1", ".2.", "Action=", "&Version=2010-05-08",
      "&a=&a=1",
      "9223372036854775807", "-9223372036854775808", "-1", "0", "eur", "jpy", "'", "':'", "type:ticket", "/", "::",
      "<a>",
      "&amp;", "]]>", "arn:aws:iam::1:policy/", "2026-11-02T09:00:00Z", "2026-99-99T99:99:99Z",
    ].map { Array($0.utf8) }

  private static func mutation(_ texts: [String]) -> Mutation {
    Mutation(seeds: texts.map { Array($0.utf8) }, words: words)
  }

  /// Sends damaged bodies to a dialect. A call that got through may be the run's last: its limits end it, and then
  /// nobody answers any more, so a new world takes its place.
  ///
  /// - Parameters:
  ///   - prepare: makes what the inputs speak of, in each new world.
  ///   - request: the n-th request, from its bytes.
  ///   - check: looks at what came back, and says what is wrong with it.
  private func fuzz(
    _ texts: [String], prepare: (Session) async throws -> Void = { _ in },
    request: (Int, [UInt8]) -> WireRequest, check: (WireResponse) -> String?
  ) async throws {
    let mutation = Self.mutation(texts)
    var session = try await Bench.session()
    try await prepare(session)
    var answered = 0
    for number in 0..<Mutation.perDoor {
      let asked = request(number, mutation.input(number))
      guard let door = vendorDoors.first(where: { $0.answers(asked) }) else { continue }
      guard let response = await door.handle(asked, in: session).response else {
        session = try await Bench.session()
        try await prepare(session)
        continue
      }
      answered += 1
      if let complaint = check(response) { Issue.record("input \(number): \(complaint)") }
    }
    #expect(answered > Mutation.perDoor / 2, "\(answered) of \(Mutation.perDoor) were answered")
  }

  // MARK: Forms

  /// What can be read is read the same when it is written again, every byte escaped.
  @Test func noBytesBringTheFormReaderDown() {
    let mutation = Self.mutation([
      "Action=RunInstances&TagSpecification.1.Tag.1.Value=a%20b&ClientToken=%C3%A4+x&MinCount=3",
      "customer=acme&items[0][price]=pro&metadata[reference]=a%26b&empty=&=&x",
    ])
    var read = 0
    for number in 0..<Mutation.perDoor {
      let bytes = mutation.input(number)
      guard let form = Form(bytes: bytes) else { continue }
      read += 1
      let written = form.fields.map { "\(Self.escaped($0.name))=\(Self.escaped($0.value))" }.joined(separator: "&")
      let again = Form(bytes: written.utf8)
      let isSame = again?.fields.count == form.fields.count
        && zip(again?.fields ?? [], form.fields).allSatisfy { $0.name == $1.name && $0.value == $1.value }
      if !isSame { Issue.record("input \(number) is read otherwise when it is written again") }
    }
    #expect(read > Mutation.perDoor / 10 && read < Mutation.perDoor, "\(read) could be read")
  }

  private static func escaped(_ text: String) -> String {
    text.utf8.map { "%\(String($0 >> 4, radix: 16))\(String($0 & 15, radix: 16))" }.joined()
  }

  // MARK: Stripe

  @Test func noBytesBringStripeDown() async throws {
    let paths = [
      ("POST", "v1/customers"), ("POST", "v1/invoices"), ("POST", "v1/invoiceitems"), ("POST", "v1/subscriptions"),
      ("POST", "v1/refunds"), ("POST", "v1/credit_notes"), ("GET", "v1/customers/search"), ("GET", "v1/invoices"),
    ]
    let invoice = try await draft(in: Bench.session())
    try await fuzz(
      [
        "name=acme&email=ops%40acme.example&metadata[reference]=acme", "customer=acme&metadata[period]=2026-11",
        "customer=acme&invoice=\(invoice)&amount=120000&currency=eur", "customer=acme&items[0][price]=pro",
        "charge=ch_1&amount=20000", "invoice=\(invoice)&amount=1000&credit_amount=1000",
        "query=metadata%5B'reference'%5D%3A'acme'", "customer=acme&limit=2&starting_after=\(invoice)&status=open",
      ],
      prepare: { _ = try await draft(in: $0) },
      request: { number, bytes in
        let (method, path) = paths[number % paths.count]
        let text = String(decoding: bytes, as: UTF8.self)
        return WireRequest(
          method: method, path: path, query: method == "GET" ? text : "",
          headers: number % 3 == 0 ? [("idempotency-key", "k\(number % 50)")] : [], body: method == "POST" ? bytes : [])
      },
      check: { response in
        guard response.status >= 400 else { return response.document?["object"] == nil ? "no object" : nil }
        let error = response.document?["error"]
        let types = ["api_error", "card_error", "idempotency_error", "invalid_request_error"]
        guard types.contains(error?["type"]?.text ?? ""), error?["message"]?.text?.isEmpty == false,
          response.header("request-id") != nil
        else { return "no error of Stripe's: \(response.status) \(String(decoding: response.body, as: UTF8.self))" }
        return nil
      })
  }

  /// A customer with a draft invoice; the invoice's id, which is the same in each new world.
  private func draft(in session: Session) async throws -> String {
    var id: String?
    for (path, body) in [("v1/customers", "name=acme"), ("v1/invoices", "customer=acme")] {
      let request = WireRequest(method: "POST", path: path, body: Array(body.utf8))
      id = await StripeDoor().handle(request, in: session).response?.document?["id"]?.text
    }
    return try #require(id)
  }

  // MARK: AWS

  @Test(arguments: [
    [
      "Action=CreateVpc&Version=2016-11-15&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=n",
      "Action=RunInstances&Version=2016-11-15&MinCount=1&MaxCount=3&SubnetId=subnet-1&ClientToken=one&InstanceType=pro",
      "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2",
      "Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=tag%3Acustomer&Filter.1.Value.1=acme&VpcId.1=vpc-1",
      "Action=CreateTags&Version=2016-11-15&ResourceId.1=i-1&Tag.1.Key=customer&Tag.1.Value=%3Cacme%3E",
      "Action=ModifyInstanceAttribute&Version=2016-11-15&InstanceId=i-1&InstanceType.Value=enterprise",
    ],
    [
      "Action=CreateRole&Version=2010-05-08&RoleName=r&Tags.member.1.Key=customer&Tags.member.1.Value=%26acme",
      "Action=CreatePolicy&Version=2010-05-08&PolicyName=p&PolicyDocument=%7B%22Statement%22%3A%5B%5D%7D",
      "Action=AttachRolePolicy&Version=2010-05-08&RoleName=r&PolicyArn=arn:aws:iam::1:policy/p",
      "Action=ListAttachedRolePolicies&Version=2010-05-08&RoleName=r",
      "Action=CreateAccessKey&Version=2010-05-08&UserName=r",
      "Action=UpdateAccessKey&Version=2010-05-08&AccessKeyId=AKIAEXAMPLE&Status=Inactive",
    ],
  ])
  func noBytesBringTheQueryAPIsDown(texts: [String]) async throws {
    try await fuzz(
      texts,
      request: { number, bytes in
        // Damaged signatures, too: the region and the service are read from them.
        let scope = String(decoding: bytes.suffix(12), as: UTF8.self)
        return WireRequest(
          method: "POST", path: "",
          headers: number % 4 == 0 ? [("authorization", "AWS4 Credential=a/b/\(scope)/ec2/aws4_request, x")] : [],
          body: bytes)
      },
      check: { response in
        let text = String(decoding: response.body, as: UTF8.self)
        guard XMLParser(data: Data(response.body)).parse() else { return "no XML: \(text)" }
        guard response.status >= 400 else { return text.contains("equestId>") ? nil : "no id" }
        let isError = text.contains("<Code>") && text.contains("<Message>")
          && (text.contains("<RequestID>") || text.contains("<RequestId>"))
        return isError ? nil : "no error of AWS's: \(text)"
      })
  }

  // MARK: Zendesk

  @Test func noBytesBringZendeskDown() async throws {
    let paths = [
      ("POST", "api/v2/tickets.json"), ("PUT", "api/v2/tickets/1001.json"), ("GET", "api/v2/search.json"),
      ("GET", "api/v2/tickets"),
    ]
    try await fuzz(
      [
        #"{"ticket": {"subject": "Help", "requester": {"name": "acme"}, "external_id": 7, "comment": {"body": "N"}}}"#,
        #"{"ticket": {"status": "solved", "comment": {"body": "Done", "public": false}, "additional_tags": ["a"]}}"#,
        #"{"ticket": {"safe_update": true, "updated_stamp": "2026-11-02T09:00:00Z", "tags": ["a", "b"]}}"#,
        "query=type:ticket+external_id:x-1+status:open+requester:%22acme%22&page[size]=100",
      ],
      request: { number, bytes in
        let (method, path) = paths[number % paths.count]
        let text = String(decoding: bytes, as: UTF8.self)
        return WireRequest(
          method: method, path: path, query: method == "GET" ? text : "", body: method == "GET" ? [] : bytes)
      },
      check: { response in
        guard let document = response.document else { return "no JSON" }
        guard response.status >= 400 else {
          let isAnswer = ["ticket", "tickets", "results"].contains { document[$0] != nil }
          return isAnswer ? nil : "no answer of Zendesk's"
        }
        let isError = document["error"]?.text?.isEmpty == false && document["description"]?.text?.isEmpty == false
        return isError ? nil : "no error of Zendesk's: \(document.printed)"
      })
  }
}
