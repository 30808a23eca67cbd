// The notification systems that can be built, and what a scenario may set of them.

import Operations
import Primitives

extension BackendProfile {
  static let email = BackendProfile(
    .notify, "email",
    "A mail provider like Resend: mail can't be taken back, keys for 24 hours; with a pager behind its front end.",
    options: [
      Parameter(
        "keys", .text, "none: a gateway strips the idempotency key, and no key ever arrives; honoured unless set.",
        required: false, allowed: ["honoured", "none"]),
      Parameter(
        "paging", .text, "none: the system sends mail only; included unless set.", required: false,
        allowed: ["included", "none"]),
      KeyRisks.storeOption,
    ],
    build: { options in
      let dialect = NotificationDialect.email(
        takesKeys: options.text("keys") != "none", pages: options.text("paging") != "none")
      return SimulatedBackend(NotificationSystem(dialect: dialect), KeyRisks(options))
    })

  static let pager = BackendProfile(
    .notify, "pager",
    "A pager like PagerDuty's Events API: pages are one by dedup_key while open, and visible some seconds later.",
    options: [], build: { _ in SimulatedBackend(NotificationSystem(dialect: .pager)) })
}
