// Mails: they happen, and that is all.

import Operations
import Primitives

extension NotificationSystem {
  mutating func sendMail(_ call: Call, effects: inout EffectWriter) -> Handling {
    if takesKeys, call.request.idempotencyKey?.isEmpty == true { return .invalid(mailRules.invalidKey) }
    let to = call.required(.to)
    guard isAddress(to) else { return .invalid(mailRules.invalidAddress, to) }
    let mail = mails.insert(
      Mail(
        id: call.newID("em_"), to: to, template: call.required(.template),
        customer: call.text(.customer).map { Name($0) }, sentAt: call.now), at: call.now)
    effects.record(
      .happened, .mailKind, object: mail.id, owner: mail.customer,
      attributes: [.template: .text(mail.template), .to: .text(mail.to)], permanence: .permanent)
    return .done([.id: .text(mail.id)])
  }

  func listMails(_ call: Call) -> Response {
    let to = call.text(.to)
    let template = call.text(.template)
    let customer = call.text(.customer).map { Name($0) }
    let found = mails.bodies(asOf: call.readAt) {
      (to == nil || $0.to == to) && (template == nil || $0.template == template)
        && (customer == nil || $0.customer == customer)
    }
    return .ok([.mails: .list(found)])
  }

  /// Something before one @ and something after it.
  private func isAddress(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
  }
}
