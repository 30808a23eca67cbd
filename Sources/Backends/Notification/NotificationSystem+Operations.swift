// The operations of the notification system, described for agents, oracles and schemas.

import Operations
import Primitives

extension NotificationSystem {
  /// What a mail provider offers. Nothing takes a mail back.
  static func mailOperations(takesKey: Bool) -> [Operation] {
    [
      Operation(
        .sendMail, "Sends a mail. It can't be taken back.",
        parameters: [
          Parameter(.to, .text, "The address of the recipient."),
          Parameter(.template, .text, "What is sent, such as welcome."),
          Parameter(.customer, .text, "The customer tag: about whom the mail is.", required: false),
        ],
        effect: EffectClass(.mailKind, .happened, .permanent), scope: .notifySend, subject: .customer,
        takesKey: takesKey, readBack: .listMails),
      Operation(
        .listMails, "Lists mails that were sent. May lag behind the last one.",
        parameters: [
          Parameter(.to, .text, "Only mails to this address.", required: false),
          Parameter(.template, .text, "Only mails made from this template.", required: false),
          Parameter(.customer, .text, "Only mails about this customer.", required: false),
        ],
        scope: .notifySend, subject: .customer),
    ]
  }

  /// What a pager offers. `dedup_key` is the natural key of an open page, not an idempotency key.
  static let pageOperations: [Operation] = [
    Operation(
      .page, "Opens a page, or adds to the open one with the same dedup_key.",
      parameters: [
        Parameter(.summary, .text, "What is wrong, in one sentence."),
        Parameter(
          .severity, .text, "How bad it is.", allowed: ["critical", "error", "warning", "info"]),
        Parameter(.dedupKey, .text, "Pages with this key are one while it is open.", required: false),
        Parameter(.customer, .text, "The customer tag: about whom the page is.", required: false),
      ],
      effect: EffectClass(.pageKind, .created), compensation: .resolvePage, scope: .notifySend,
      subject: .customer, readBack: .listPages),
    Operation(
      .resolvePage, "Resolves the open page with this key; accepted in silence where there is none.",
      parameters: [Parameter(.dedupKey, .text, "The key of the page.")],
      effect: EffectClass(.pageKind, .ended), scope: .notifySend, readBack: .listPages),
    Operation(
      .listPages, "Lists pages, resolved ones included. A page appears some seconds after it was accepted.",
      parameters: [
        Parameter(.dedupKey, .text, "Only pages with this key.", required: false),
        Parameter(.customer, .text, "Only pages about this customer.", required: false),
      ],
      scope: .notifySend, subject: .customer),
  ]
}
