// Pages: one for each key while it is open.

import Operations
import Primitives

extension NotificationSystem {
  mutating func page(_ call: Call, effects: inout EffectWriter) -> Handling {
    let summary = call.required(.summary)
    guard summary.utf8.count <= pageRules.longestSummary else {
      return .invalid(pageRules.invalidEvent, "summary is too long")
    }
    let key = call.text(.dedupKey)
    if let key, key.utf8.count > pageRules.longestKey {
      return .invalid(pageRules.invalidEvent, "dedup_key is too long")
    }
    if let key, let open = open(key) {
      pages.update(open.id, at: call.now) { $0.triggers += 1 }
      record(.updated, pages[open.id] ?? open, effects: &effects)
      return accepted(key)
    }
    let page = pages.insert(
      Page(
        id: call.newID("P"), dedupKey: key ?? call.newID("key-", 1), summary: summary,
        severity: call.required(.severity), customer: call.text(.customer).map { Name($0) }), at: call.now)
    record(.created, page, effects: &effects)
    return accepted(page.dedupKey)
  }

  mutating func resolvePage(_ call: Call, effects: inout EffectWriter) -> Handling {
    let key = call.required(.dedupKey)
    guard let open = open(key) else { return accepted(key) }
    pages.update(open.id, at: call.now) { $0.isOpen = false }
    record(.ended, pages[open.id] ?? open, effects: &effects)
    return accepted(key)
  }

  func listPages(_ call: Call) -> Response {
    let key = call.text(.dedupKey)
    let customer = call.text(.customer).map { Name($0) }
    let found = pages.bodies(asOf: min(call.readAt, call.now - pageRules.ingestion)) {
      (key == nil || $0.dedupKey == key) && (customer == nil || $0.customer == customer)
    }
    return .ok([.pages: .list(found)])
  }

  private func open(_ key: String) -> Page? { pages.first { $0.isOpen && $0.dedupKey == key } }

  /// What every event is answered with, whatever comes of it later.
  private func accepted(_ key: String) -> Handling {
    .done([.status: "success", "message": "Event processed", .dedupKey: .text(key)], status: 202)
  }

  private func record(_ change: Effect.Change, _ page: Page, effects: inout EffectWriter) {
    effects.record(
      change, .pageKind, object: page.id, owner: page.customer,
      attributes: [.dedupKey: .text(page.dedupKey), .severity: .text(page.severity), .triggers: .int(page.triggers)])
  }
}
