// The money: payments, refunds and credit notes.

import Operations
import Primitives

extension BillingSystem {
  mutating func payInvoice(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    if let id = call.text(.invoice), invoices[id]?.status == .paid { return .refused(BillingRefusal.alreadyPaid, id) }
    return edit(call, from: [.open, .uncollectible]) { system, invoice in
      if system.options.declines(invoice.owner, at: call.now) {
        return .refused(BillingRefusal.declined, invoice.owner.text)
      }
      let charge = Charge(
        id: call.newID("ch_"), invoice: invoice.id, owner: invoice.owner, period: invoice.period,
        reference: invoice.reference, amount: invoice.remaining, createdAt: call.now,
        refunded: .zero(invoice.currency))
      system.charges.insert(charge, at: call.now)
      system.invoices.update(invoice.id, at: call.now) {
        $0.paid = $0.paid + charge.amount
        $0.status = .paid
      }
      effects.record(
        .happened, .chargeKind, object: charge.id, owner: charge.owner, amount: charge.amount,
        attributes: charge.attributes, permanence: .permanent)
      var handling = system.recorded(.updated, invoice.id, &effects)
      handling.response.body[.charge] = .text(charge.id)
      return handling
    }
  }

  mutating func refundCharge(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let id = call.text(.charge) ?? ""
    guard let charge = charges[id] else { return .refused(BillingRefusal.missing, id) }
    guard charge.refundable.minorUnits > 0 else { return .refused(BillingRefusal.alreadyRefunded, id) }
    let amount = call.money(.amount) ?? charge.refundable
    guard amount.currency == charge.amount.currency, amount.minorUnits > 0,
      amount.minorUnits <= charge.refundable.minorUnits
    else { return .invalid(BillingRefusal.amount, "\(charge.refundable) can be refunded") }
    let refund = call.newID("re_")
    refundPart(amount, of: charge, as: refund, at: call.now, &effects)
    return .done([
      .id: .text(refund), .charge: .text(id), .invoice: .text(charge.invoice), .amount: .money(amount),
      .status: "succeeded",
    ])
  }

  /// A credit note first reduces what remains to be paid; what exceeds it must be settled exactly by refund,
  /// credit and out-of-band parts together (https://docs.stripe.com/api/credit_notes/create).
  ///
  /// The effect's amount is what the note itself credits; a refund that comes with it is an effect of its
  /// own, so that captured minus refunded minus credited counts no cent twice.
  mutating func createCreditNote(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    edit(call, from: [.open, .paid]) { system, invoice in
      let zero = Money.zero(invoice.currency)
      let amount = call.money(.amount) ?? zero
      let refund = call.money(.refundAmount) ?? zero
      let credit = call.money(.creditAmount) ?? zero
      let outOfBand = call.money(.outOfBandAmount) ?? zero
      let parts = [refund, credit, outOfBand]
      guard amount.currency == invoice.currency, amount.minorUnits > 0,
        parts.allSatisfy({ $0.currency == invoice.currency && $0.minorUnits >= 0 })
      else { return .invalid(BillingRefusal.amount, "a note on this invoice is in \(invoice.currency.code)") }
      let before = min(amount.minorUnits, invoice.remaining.minorUnits)
      let after = amount.minorUnits - before
      guard parts.reduce(0, { $0 + $1.minorUnits }) == after else {
        return .invalid(BillingRefusal.amount, "refund, credit and out-of-band parts must make up what was paid")
      }
      guard after <= invoice.paid.minorUnits - invoice.credited.minorUnits else {
        return .refused(BillingRefusal.amount, "the invoice was credited already")
      }
      let charge = system.charges.first { $0.invoice == invoice.id }
      if refund.minorUnits > 0 {
        guard let charge, refund.minorUnits <= charge.refundable.minorUnits else {
          return .refused(BillingRefusal.alreadyRefunded, charge?.id ?? invoice.id)
        }
        system.refundPart(refund, of: charge, as: call.newID("re_", 1), at: call.now, &effects)
      }
      system.invoices.update(invoice.id, at: call.now) {
        $0.reduced.minorUnits += before
        $0.credited.minorUnits += after
        if $0.status == .open, $0.remaining.minorUnits == 0 { $0.status = .paid }
      }
      let note = call.newID("cn_")
      system.creditNotes.insert(
        CreditNote(
          id: note, invoice: invoice.id, owner: invoice.owner, period: invoice.period,
          reference: call.text(.reference), amount: amount, refunded: refund, createdAt: call.now), at: call.now)
      effects.record(
        .created, .creditNoteKind, object: note, owner: invoice.owner, amount: amount - refund,
        attributes: [
          .invoice: .text(invoice.id), .period: .optional(invoice.period),
          .reference: .optional(call.text(.reference) ?? invoice.reference), .status: "issued", .total: .money(amount),
        ], permanence: .permanent)
      let status = system.recorded(.updated, invoice.id, &effects).response.body[.status] ?? .null
      return .done([
        .id: .text(note), .invoice: .text(invoice.id), .amount: .money(amount), .status: "issued",
        "pre_payment_amount": .money(Money(minorUnits: before, currency: invoice.currency)),
        "post_payment_amount": .money(Money(minorUnits: after, currency: invoice.currency)),
        "invoice_status": status,
      ])
    }
  }

  private mutating func refundPart(
    _ amount: Money, of charge: Charge, as id: String, at now: Instant, _ effects: inout EffectWriter
  ) {
    charges.update(charge.id, at: now) { $0.refunded = $0.refunded + amount }
    effects.record(
      .happened, .refundKind, object: id, owner: charge.owner, amount: amount,
      attributes: [
        .charge: .text(charge.id), .invoice: .text(charge.invoice), .period: .optional(charge.period),
        .reference: .optional(charge.reference),
      ], permanence: .permanent)
    guard let charge = charges[charge.id], charge.refundable.minorUnits == 0 else { return }
    effects.record(
      .ended, .chargeKind, object: charge.id, owner: charge.owner, attributes: charge.attributes,
      permanence: .permanent)
  }
}
