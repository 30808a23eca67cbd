// AWS's Query protocol, so that AWS's libraries work with AWS_ENDPOINT_URL: faces of `cloud` and `identity`.

import Faultline
import Foundation
import Operations
import Primitives

/// `POST /` with a form that names an `Action`, or `GET /` with the same behind the question mark; XML out.
///
/// Which service is meant stands in the signature's scope, else in the `Version`. Signatures are not checked: no
/// account is at stake, and whoever runs the scenario gives out the credentials.
struct QueryDoor: Door {
  enum Service {
    case ec2, iam
  }

  func answers(_ request: WireRequest) -> Bool {
    request.segments.isEmpty && (request.method == "POST" || request.method == "GET" && !request.query.isEmpty)
  }

  func handle(_ request: WireRequest, in session: Session) async -> WireReply {
    let id = await session.requestID("", of: request)
    let scope = Self.scope(of: request)
    guard let form = request.method == "POST" ? Form(bytes: request.body) : Form(bytes: request.query.utf8) else {
      let message = "The query string contains a syntax error."
      return .whole(Self.error(400, "MalformedQueryString", message, scope?.service ?? .ec2, id))
    }
    guard let service = scope?.service ?? Self.service(ofVersion: form["Version"]) else {
      return .whole(
        Self.error(400, "NoSuchVersion", "The Version is none of EC2's (2016-11-15) or IAM's (2010-05-08).", .ec2, id))
    }
    guard let action = form["Action"] else {
      return .whole(Self.error(400, "MissingAction", "The request must contain the parameter Action.", service, id))
    }
    let query = QueryRequest(form, region: scope?.region ?? "us-east-1")
    let call: QueryCall
    do {
      call = try service == .ec2 ? query.ec2(action) : query.iam(action)
    } catch {
      return .whole(Self.error(400, error.code, error.message, service, id))
    }
    // What takes several ids in one request is one call for each; the first that is refused or lost ends it.
    var bodies: [Fields] = []
    for (number, wish) in call.calls.enumerated() {
      guard let reply = await session.exchange(wish, from: request) else {
        return .whole(Self.error(400, "InvalidAction", "This world has no \(wish.operation).", service, id))
      }
      guard case .respond(let response) = reply, response.error == nil, number + 1 < call.calls.count else {
        return reply.written { Self.written($0, after: bodies, call, action, service, id) }
      }
      bodies.append(response.body)
    }
    return .whole(Self.written(.ok(), after: bodies, call, action, service, id))
  }

  /// The codes that are common to AWS's services
  /// (https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html).
  func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse {
    let code =
      switch refusal.kind {
      case .malformed, .headTooLong: "MalformedHttpRequestException"
      case .unauthorized: "NotAuthorized"
      case .forbidden: "AccessDeniedException"
      // No error of AWS's: its services have one address each.
      case .noWorld: "ResourceNotFoundException"
      case .tooLong: "RequestEntityTooLargeException"
      }
    // The action may be in the body, which nobody has read.
    let service = Self.scope(of: request)?.service ?? .ec2
    return Self.error(refusal.status, code, refusal.detail, service, request.id("", at: nil))
  }

  // MARK: Who is asked

  /// From `Credential=AKID/20261102/eu-central-1/ec2/aws4_request`.
  private static func scope(of request: WireRequest) -> (region: String, service: Service)? {
    guard let header = request.header("authorization"), let start = header.range(of: "Credential=") else { return nil }
    let parts = header[start.upperBound...].prefix { $0 != "," }.split(separator: "/")
    guard parts.count == 5 else { return nil }
    switch parts[3] {
    case "ec2": return (String(parts[2]), .ec2)
    case "iam": return (String(parts[2]), .iam)
    default: return nil
    }
  }

  private static func service(ofVersion version: String?) -> Service? {
    switch version {
    case "2016-11-15": .ec2
    case "2010-05-08": .iam
    default: nil
    }
  }

  // MARK: Answers

  private static func written(
    _ response: Response, after bodies: [Fields], _ call: QueryCall, _ action: String, _ service: Service, _ id: String
  ) -> WireResponse {
    if let error = response.error {
      guard error.code != call.harmless else { return document(call.write([]), action, service, id) }
      return Self.error(response.status, error.code.text, error.message, service, id)
    }
    let all = bodies + (bodies.count < call.calls.count ? [response.body] : [])
    if let miss = call.check?(all) { return Self.error(400, miss.code, miss.message, service, id) }
    return document(call.write(all), action, service, id)
  }

  private static func document(_ elements: [XML], _ action: String, _ service: Service, _ id: String) -> WireResponse {
    switch service {
    case .ec2:
      xml(
        XML(
          "\(action)Response", namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
          [XML("requestId", id)] + elements), 200, service, id)
    case .iam:
      xml(
        XML(
          "\(action)Response", namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
          [XML("\(action)Result", elements), XML("ResponseMetadata", [XML("RequestId", id)])]), 200, service, id)
    }
  }

  private static func error(
    _ status: Int, _ code: String, _ message: String, _ service: Service, _ id: String
  ) -> WireResponse {
    let cause = [XML("Code", code), XML("Message", message)]
    switch service {
    case .ec2:
      return xml(
        XML("Response", [XML("Errors", [XML("Error", cause)]), XML("RequestID", id)]), status, service, id)
    case .iam:
      return xml(
        XML(
          "ErrorResponse", namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
          [XML("Error", [XML("Type", status < 500 ? "Sender" : "Receiver")] + cause), XML("RequestId", id)]),
        status, service, id)
    }
  }

  private static func xml(_ document: XML, _ status: Int, _ service: Service, _ id: String) -> WireResponse {
    let headers = [("content-type", service == .ec2 ? "text/xml;charset=UTF-8" : "text/xml"), ("x-amzn-requestid", id)]
    return WireResponse(status: status, headers: headers, body: document.bytes)
  }
}
