// Which operation of billing a request in Stripe's words asks for.

import Faultline
import Operations
import Primitives

/// What Stripe's API v1 has paths for, by the name that stands there.
enum StripeResource: String {
  case customers, subscriptions, invoices, charges, refunds
  case invoiceItems = "invoiceitems"
  case creditNotes = "credit_notes"

  /// Of a path such as `v1/customers/cus_1`; nil where it is none of these.
  init?(_ request: WireRequest) {
    let segments = request.segments
    guard segments.count >= 2, let resource = Self(rawValue: String(segments[1])) else { return nil }
    self = resource
  }

  /// What one of them says that it is.
  var object: String {
    switch self {
    case .customers: "customer"
    case .subscriptions: "subscription"
    case .invoices: "invoice"
    case .invoiceItems: "invoiceitem"
    case .charges: "charge"
    case .refunds: "refund"
    case .creditNotes: "credit_note"
    }
  }
}

/// A request as Stripe's API v1 takes it.
struct StripeRequest {
  /// Why there is no operation for it.
  struct Problem: Error {
    var status: Int
    var code: String?
    var message: String
    var parameter: String?
  }

  private let method: String
  let resource: StripeResource
  /// What stands behind the resource: an id, an action.
  private let rest: [String]
  private let form: Form
  private let shown: String

  /// - Throws: where the path is of no resource.
  init(_ request: WireRequest, _ form: Form) throws(Problem) {
    shown = "\(request.method): /\(request.path)"
    guard let resource = StripeResource(request) else { throw Self.unknown(shown) }
    self.resource = resource
    method = request.method
    rest = request.segments.dropFirst(2).map(String.init)
    self.form = form
  }

  /// - Throws: what Stripe answers where a path is unknown or a parameter is missing or of another kind.
  func call(key: String?) throws(Problem) -> VendorCall {
    let id = rest.first
    let action = rest.count > 1 ? rest[1] : nil
    guard rest.count <= 2 else { throw unknown }
    var call: VendorCall
    switch (resource, method, id, action) {
    case (.customers, "POST", nil, nil):
      var arguments: Fields = [:]
      arguments.put(
        "reference", form["metadata[reference]"] ?? form["metadata[customer]"] ?? form["name"] ?? form["email"] ?? "")
      arguments.put("email", form["email"])
      call = VendorCall("billing.create_customer", arguments)
    case (.customers, "GET", "search"?, nil):
      call = VendorCall("billing.get_customer", ["customer": .text(try searched("reference"))])
    case (.customers, "GET", let id?, nil): call = VendorCall("billing.get_customer", ["customer": .text(id)])
    case (.customers, "DELETE", let id?, nil): call = VendorCall("billing.delete_customer", ["customer": .text(id)])
    case (.subscriptions, _, _, nil): call = try subscription(id)
    case (.invoices, _, _, _): call = try invoice(id, action)
    case (.invoiceItems, "POST", nil, nil):
      call = VendorCall(
        "billing.add_invoice_item",
        ["invoice": .text(try required("invoice")), "amount": .money(try requiredMoney("amount"))])
    case (.charges, "GET", nil, nil): call = VendorCall("billing.list_charges", try page(of: "customer"))
    case (.refunds, "POST", nil, nil):
      var arguments: Fields = ["charge": .text(try required("charge"))]
      if let amount = try money("amount") { arguments["amount"] = .money(amount) }
      call = VendorCall("billing.refund_charge", arguments)
    case (.creditNotes, "POST", nil, nil):
      var arguments: Fields = ["invoice": .text(try required("invoice")), "amount": .money(try requiredMoney("amount"))]
      for part in ["refund_amount", "credit_amount", "out_of_band_amount"] {
        if let amount = try money(part) { arguments[Name(part)] = .money(amount) }
      }
      arguments.put("reference", form["metadata[reference]"])
      call = VendorCall("billing.create_credit_note", arguments)
    case (.creditNotes, "GET", nil, nil): call = VendorCall("billing.list_credit_notes", try page(of: "invoice"))
    default: throw unknown
    }
    call.key = key
    return call
  }

  private func subscription(_ id: String?) throws(Problem) -> VendorCall {
    switch (method, id) {
    case ("POST", nil):
      var arguments: Fields = [
        "customer": .text(try required("customer")), "plan": .text(try required("items[0][price]")),
      ]
      arguments.put("period", form["metadata[period]"])
      arguments.put("reference", form["metadata[reference]"])
      return VendorCall("billing.create_subscription", arguments)
    case ("GET", nil): return VendorCall("billing.list_subscriptions", try page(of: "customer"))
    case ("POST", let id?):
      return VendorCall(
        "billing.update_subscription",
        [
          "subscription": .text(id), "plan": .text(try required("items[0][price]")),
          "proration_behavior": .text(try required("proration_behavior")),
        ])
    case ("DELETE", let id?): return VendorCall("billing.cancel_subscription", ["subscription": .text(id)])
    default: throw unknown
    }
  }

  private func invoice(_ id: String?, _ action: String?) throws(Problem) -> VendorCall {
    switch (method, id, action) {
    case ("POST", nil, nil):
      var arguments: Fields = ["customer": .text(try required("customer"))]
      arguments.put("period", form["metadata[period]"])
      arguments.put("reference", form["metadata[reference]"])
      return VendorCall("billing.create_invoice", arguments)
    case ("GET", nil, nil):
      var arguments = try page(of: "customer")
      arguments.put("period", form["metadata[period]"])
      arguments.put("status", form["status"])
      return VendorCall("billing.list_invoices", arguments)
    case ("GET", let id?, nil): return VendorCall("billing.get_invoice", ["invoice": .text(id)])
    case ("DELETE", let id?, nil): return VendorCall("billing.delete_invoice", ["invoice": .text(id)])
    case ("POST", let id?, let action?):
      let operations: [String: Name] = [
        "finalize": "billing.finalize_invoice", "pay": "billing.pay_invoice", "void": "billing.void_invoice",
        "mark_uncollectible": "billing.mark_uncollectible",
      ]
      guard let operation = operations[action] else { throw unknown }
      return VendorCall(operation, ["invoice": .text(id)])
    default: throw unknown
    }
  }

  // MARK: Parameters

  private var unknown: Problem { Self.unknown(shown) }

  private static func unknown(_ shown: String) -> Problem {
    Problem(status: 404, code: nil, message: "Unrecognized request URL (\(shown)).")
  }

  private func required(_ name: String) throws(Problem) -> String {
    guard let value = form[name] else {
      throw Problem(
        status: 400, code: "parameter_missing", message: "Missing required param: \(name).", parameter: name)
    }
    return value
  }

  private func requiredMoney(_ name: String) throws(Problem) -> Money {
    _ = try required(name)
    guard let money = try money(name) else { throw invalid(name) }
    return money
  }

  /// An amount in minor units of `currency`; euros where the request names none, since refunds and credit notes are in
  /// the currency of what they take back.
  private func money(_ name: String) throws(Problem) -> Money? {
    guard let text = form[name] else { return nil }
    guard let units = Int64(text) else {
      throw Problem(
        status: 400, code: "parameter_invalid_integer", message: "Invalid integer: \(text)", parameter: name)
    }
    guard let currency = Currency((form["currency"] ?? "eur").uppercased()) else { throw invalid("currency") }
    return Money(minorUnits: units, currency: currency)
  }

  private func page(of name: String) throws(Problem) -> Fields {
    var arguments: Fields = [Name(name): .text(try required(name))]
    if let limit = form["limit"] {
      guard let limit = Int64(limit), (1...100).contains(limit) else { throw invalid("limit") }
      arguments["limit"] = .int(limit)
    }
    arguments.put("starting_after", form["starting_after"])
    return arguments
  }

  private func invalid(_ name: String) -> Problem {
    Problem(status: 400, code: "parameter_invalid", message: "Invalid \(name).", parameter: name)
  }

  /// The value that `metadata['reference']:'acme'` asks for (https://docs.stripe.com/search).
  private func searched(_ name: String) throws(Problem) -> String {
    let parts = try required("query").replacing("\"", with: "'").split(separator: "'", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "metadata[", parts[1] == name, parts[2] == "]:" else { throw invalid("query") }
    return String(parts[3])
  }
}
