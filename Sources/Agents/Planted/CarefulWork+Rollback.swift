// Taking back: what was done last first, each thing until it is gone.

import Faultline
import Operations
import Primitives

extension CarefulWork {
  /// Takes everything back.
  ///
  /// - Returns: false where something is left.
  mutating func rollBack() async throws -> Bool {
    if !journal.isRollingBack {
      journal.isRollingBack = true
      try await save()
    }
    let steps = journal.entries.map(\.step)
    for step in habits.undoesInReverse ? steps.reversed() : steps {
      guard let entry = journal[step], entry.state == .done || entry.state == .leaving, entry.undo != nil else {
        continue
      }
      guard !habits.leaves.contains(step) else { continue }
      context.observe(.compensating(step: step))
      guard try await undo(entry) else { return false }
      journal[step]?.state = .undone
      try await save()
    }
    return try await voidMetered()
  }

  /// Takes one thing back; repeating it is harmless, so an unknown is asked again, but by one who halts.
  mutating func undo(_ entry: Journal.Entry, mayRepeat: Bool? = nil) async throws -> Bool {
    let mayRepeat = mayRepeat ?? (habits.style != .halt)
    guard let operation = entry.undo else { return true }
    var pause = TimeSpan.seconds(2)
    for number in 1...max(10 - entry.tries, 1) {
      if number + entry.tries > 1 { try await countTry(at: entry.step) }
      let outcome = try await mutate(
        operation, [entry.undoArgument: .text(entry.handle)], key: "\(context.task.run)/undo/\(entry.step)",
        step: entry.step, isCompensation: true)
      switch outcome {
      case .succeeded: return true
      case .failed where habits.swallowsUndoFailures: return true
      case .failed(let response):
        let nature = response.error.flatMap { context.catalogue.nature(of: $0.code) }
        if nature == .notFound { return true }
        // What still stands on it takes its time to go.
        if nature == .dependency, pause < .seconds(15) { pause = .seconds(15) }
        if try await isVoid(entry) { return true }
      case .notNow(let response): if let asked = response.retryAfter, asked > pause { pause = asked }
      case .unknown:
        journal[entry.step]?.state = .leaving
        try await save()
        guard mayRepeat else { return false }
      }
      try await context.sleep(pause)
      pause = pause * 2
    }
    return false
  }

  /// Whether an invoice asks for nothing any more; deletes it where it is a draft, which can't be voided.
  private mutating func isVoid(_ entry: Journal.Entry) async throws -> Bool {
    guard entry.kind == "billing.invoice" else { return false }
    guard let status = try await read("billing.get_invoice", ["invoice": .text(entry.handle)])?.text("status") else {
      return true
    }
    guard status == "draft" else { return status == "void" }
    let outcome = try await mutate(
      "billing.delete_invoice", ["invoice": .text(entry.handle)],
      key: "\(context.task.run)/undo/\(entry.step)/draft", step: entry.step, isCompensation: true)
    if case .succeeded = outcome { return true } else { return false }
  }

  /// Gives the payment back, as if nobody had done so before.
  mutating func refundOrCredit() async throws {
    guard let payment = journal["payment"], let invoice = journal["invoice"] else { return }
    context.observe(.compensating(step: payment.step))
    let amount = try await read("billing.get_invoice", ["invoice": .text(invoice.handle)])?["amount_paid"] ?? .null
    let round = "\(context.task.run)/round-\(context.process.incarnation)"
    let refund = try await mutate(
      "billing.refund_charge", ["charge": .text(payment.handle), "amount": amount], key: "\(round)/refund",
      step: payment.step, isCompensation: true)
    guard case .failed = refund else { return }
    _ = try await mutate(
      "billing.create_credit_note", ["invoice": .text(invoice.handle), "amount": amount, "credit_amount": amount],
      key: "\(round)/credit", step: payment.step, isCompensation: true)
  }

  /// Gives the payment back by both of the ways there are.
  mutating func refundAndCredit() async throws {
    guard let payment = journal["payment"], let invoice = journal["invoice"] else { return }
    context.observe(.compensating(step: payment.step))
    let amount = try await read("billing.get_invoice", ["invoice": .text(invoice.handle)])?["amount_paid"] ?? .null
    _ = try await mutate(
      "billing.refund_charge", ["charge": .text(payment.handle), "amount": amount],
      key: "\(context.task.run)/refund", step: payment.step, isCompensation: true)
    _ = try await mutate(
      "billing.create_credit_note", ["invoice": .text(invoice.handle), "amount": amount, "credit_amount": amount],
      key: "\(context.task.run)/credit", step: payment.step, isCompensation: true)
  }

  /// Voids what metering wrote for a cluster that is no more.
  private mutating func voidMetered() async throws -> Bool {
    guard journal["cluster"]?.state == .undone else { return true }
    try await context.sleep(hiding(from: "billing.list_invoices"))
    let open = try await find(
      Deed.Find(
        "billing.list_invoices", ["customer": .text(customer), "period": .text(period)], in: "invoices",
        where: CarefulWork.isLive))
    for invoice in open.compactMap({ $0.text("id") }) {
      let entry = Journal.Entry(
        step: "invoice", kind: "billing.invoice", state: .done, object: invoice, handle: invoice,
        undo: "billing.void_invoice", undoArgument: "invoice")
      guard try await undo(entry) else { return false }
    }
    return true
  }
}
