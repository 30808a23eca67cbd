// The notification system's words, interned once: the hot path compares numbers and hashes no text.

import Primitives

extension Name {
  static let notify: Name = "notify"

  static let sendMail: Name = "notify.send_mail"
  static let listMails: Name = "notify.list_mails"
  static let page: Name = "notify.page"
  static let resolvePage: Name = "notify.resolve_page"
  static let listPages: Name = "notify.list_pages"

  static let notifySend: Name = "notify.send"

  static let mailKind: Name = "notify.mail"
  static let pageKind: Name = "notify.page"

  static let to: Name = "to"
  static let template: Name = "template"
  static let mails: Name = "mails"
  static let createdAt: Name = "created_at"
  static let lastEvent: Name = "last_event"
  static let dedupKey: Name = "dedup_key"
  static let summary: Name = "summary"
  static let severity: Name = "severity"
  static let pages: Name = "pages"
  static let triggers: Name = "triggers"
}
