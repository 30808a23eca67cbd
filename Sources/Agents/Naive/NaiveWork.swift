// What the naive agent's workflows share: calls that wait out a limiter, and a ticket to solve.

import Faultline
import Operations
import Primitives

/// One process's straight line of calls; everything it knows is in its variables.
protocol NaiveWork: Sendable {
  var context: AgentContext { get }
  /// What it says when it is through.
  var done: String { get }
  mutating func fromTheTop() async throws
}

extension NaiveWork {
  var customer: String { context.input.text("customer") ?? "" }
  var plan: String { context.input.text("plan") ?? "pro" }
  var period: String { context.input.text("period") ?? "" }
  var email: String { context.input.text("email") ?? "ops@\(customer).example" }
  var price: Money { price(of: plan) }

  func price(of plan: String) -> Money {
    switch plan {
    case "starter": Money(minorUnits: 300_00, currency: .eur)
    case "enterprise": Money(minorUnits: 4_800_00, currency: .eur)
    default: Money(minorUnits: 1_200_00, currency: .eur)
    }
  }

  func instances(of plan: String) -> Int64 { plan == "starter" ? 1 : plan == "enterprise" ? 5 : 3 }

  /// Which day of the month is named, and how many the month has.
  var day: (day: Int64, days: Int64) {
    let parts = (context.input.text("effective") ?? "\(period)-01").split(separator: "-").compactMap { Int64($0) }
    guard parts.count == 3 else { return (1, 30) }
    return (parts[2], CivilDate.days(inMonth: parts[1], of: parts[0]))
  }

  /// Waits as long as a limiter asks for, or twice as long each time.
  @discardableResult
  func call(_ operation: Name, _ arguments: Fields) async throws -> Response {
    var pause = TimeSpan.seconds(10)
    for _ in 0..<5 {
      do {
        return try await context.call(operation, arguments)
      } catch CallError.refused(let response) where response.status == 429 || response.status == 503 {
        try await context.sleep(response.retryAfter ?? pause)
        pause = pause * 2
      }
    }
    return try await context.call(operation, arguments)
  }

  /// Makes something that has a name; if it is there already, so much the better.
  func make(_ operation: Name, _ arguments: Fields) async throws {
    try await call(operation, arguments, unless: .alreadyExists)
  }

  /// Removes something; if it is gone already, so much the better.
  func remove(_ operation: Name, _ arguments: Fields) async throws {
    try await call(operation, arguments, unless: .notFound)
  }

  private func call(_ operation: Name, _ arguments: Fields, unless fine: ErrorNature) async throws {
    do {
      try await call(operation, arguments)
    } catch let error as CallError {
      guard let code = error.code, context.catalogue.nature(of: code) == fine else { throw error }
    }
  }

  func list(_ operation: Name, _ arguments: Fields, in field: Name) async throws -> [Fields] {
    try await (call(operation, arguments).body[field]?.list ?? []).compactMap(\.record)
  }

  func openInvoices() async throws -> [String] {
    try await list(
      "billing.list_invoices", ["customer": .text(customer), "period": .text(period), "status": "open"], in: "invoices"
    ).compactMap { $0.text("id") }
  }

  /// Writes an invoice and opens it.
  func bill(_ amount: Money, reference: String) async throws -> String {
    let draft = try await call(
      "billing.create_invoice",
      [
        "customer": .text(customer), "period": .text(period), "amount": .money(amount), "reference": .text(reference),
      ])
    let invoice = draft.body.text("id") ?? ""
    try await call("billing.finalize_invoice", ["invoice": .text(invoice)])
    return invoice
  }

  func send(_ template: String) async throws {
    try await call(
      "notify.send_mail", ["to": .text(email), "template": .text(template), "customer": .text(customer)])
  }

  func solveTicket() async throws {
    guard let ticket = context.ticket else { return }
    try await call("ticketing.add_comment", ["ticket": .text(ticket), "text": .text(done)])
    try await call("ticketing.update_ticket", ["ticket": .text(ticket), "status": "solved"])
  }
}
