// Stripe's API v1, so that Stripe's libraries work with a base URL: a face of the system `billing`.

import Faultline
import Operations
import Primitives

/// `v1/customers`, `v1/subscriptions`, `v1/invoices`, `v1/invoiceitems`, `v1/charges`, `v1/refunds` and
/// `v1/credit_notes`, with forms in and JSON out (https://docs.stripe.com/api).
///
/// What Stripe has no field for travels in `metadata`: `reference` (the caller's own name for an object; for a
/// customer its natural key, else the customer's `name`) and `period`, the billed month. A `customer` is an id or a
/// reference.
struct StripeDoor: Door {
  func answers(_ request: WireRequest) -> Bool { request.segments.first == "v1" && StripeResource(request) != nil }

  func handle(_ request: WireRequest, in session: Session) async -> WireReply {
    let id = await session.requestID("req_", of: request)
    var common = Self.headers(id)
    guard var form = Form(bytes: request.query.utf8), let sent = Form(bytes: request.body) else {
      return .whole(
        Self.error(400, "invalid_request_error", nil, "Invalid request (check that your POST content type is "
            + "application/x-www-form-urlencoded).", common))
    }
    if request.method == "POST" { form = sent }
    let key = request.header("idempotency-key")
    if let key { common.append(("idempotency-key", key)) }
    let asked: StripeRequest
    let call: VendorCall
    do {
      asked = try StripeRequest(request, form)
      call = try asked.call(key: request.method == "POST" ? key : nil)
    } catch {
      return .whole(
        Self.error(error.status, "invalid_request_error", error.code, error.message, common, error.parameter))
    }
    guard let reply = await session.exchange(call, from: request) else {
      return .whole(
        Self.error(404, "invalid_request_error", nil, "This world has no \(call.operation).", common))
    }
    var customer: (owner: String, id: String)?
    if case .respond(let response) = reply, let owner = StripeObject.owner(in: response.body) {
      let shown = await session.glance("billing.get_customer", ["customer": .text(owner)])
      if let id = shown?.body.text("id") { customer = (owner, id) }
    }
    return reply.written { Self.written($0, to: call, asked.resource, at: request.path, customer, common) }
  }

  /// Stripe documents no limit of a body; what is wrong with a request is of this type at any status.
  func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse {
    Self.error(
      refusal.status, "invalid_request_error", nil, refusal.detail, Self.headers(request.id("req_", at: nil)))
  }

  private static func headers(_ id: String) -> [(name: String, value: String)] {
    [("request-id", id), ("stripe-version", "2025-03-31.basil")]
  }

  private static func written(
    _ response: Response, to call: VendorCall, _ resource: StripeResource, at path: String,
    _ customer: (owner: String, id: String)?, _ common: [(name: String, value: String)]
  ) -> WireResponse {
    let headers = common + response.wireHeaders
    if let error = response.error {
      // A search that finds nothing is an empty list; only a retrieval misses.
      if path.hasSuffix("customers/search"), response.status == 404 {
        return .json(StripeObject.list([], hasMore: false, at: path), headers)
      }
      return Self.error(
        response.status, kind(of: error.code.text, response.status), error.code.text, error.message, headers)
    }
    return .json(StripeObject(customer: customer).document(response.body, resource, of: call, at: path), headers)
  }

  /// https://docs.stripe.com/api/errors: the four types.
  private static func kind(of code: String, _ status: Int) -> String {
    switch (code, status) {
    case ("card_declined", _): "card_error"
    case ("idempotency_error", _), ("idempotency_key_in_use", _): "idempotency_error"
    case (_, 500...): "api_error"
    default: "invalid_request_error"
    }
  }

  private static func error(
    _ status: Int, _ type: String, _ code: String?, _ message: String, _ headers: [(name: String, value: String)],
    _ parameter: String? = nil
  ) -> WireResponse {
    var error: [String: JSON] = ["type": .text(type), "message": .text(message)]
    if let code {
      error["code"] = .text(code)
      if code == "card_declined" { error["decline_code"] = "generic_decline" }
      error["doc_url"] = .text("https://stripe.com/docs/error-codes/\(code.replacing("_", with: "-"))")
    }
    if let parameter { error["param"] = .text(parameter) }
    var response = WireResponse.json(["error": .object(error)], status: status)
    response.headers += headers
    return response
  }
}

extension WireResponse {
  fileprivate static func json(_ document: JSON, _ headers: [(name: String, value: String)]) -> WireResponse {
    var response = json(document)
    response.headers += headers
    return response
  }
}
