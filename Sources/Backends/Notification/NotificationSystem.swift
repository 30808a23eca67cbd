// Notification: the one place where what was done stays done.

import Operations
import Primitives

/// A mail provider, a pager, or both behind one front end, as a state machine.
///
/// A mail has left when it is accepted, and nothing takes it back; a page is open until it is resolved.
struct NotificationSystem: RecordSystem {
  private struct Fixed: Sendable {
    let dialect: NotificationDialect
    let description: ServiceDescription
  }

  private let fixed: Constant<Fixed>
  var mails: RecordTable<Mail>
  var pages: RecordTable<Page>

  init(dialect: NotificationDialect) {
    let description = ServiceDescription(
      backend: .notify, profile: dialect.profile, operations: dialect.operations,
      errors: dialect.front.errors + dialect.refusals.map(\.documented), bounds: dialect.bounds)
    fixed = Constant(Fixed(dialect: dialect, description: description))
    mails = RecordTable(retention: dialect.bounds.staleness)
    pages = RecordTable(retention: dialect.bounds.staleness)
  }

  var description: ServiceDescription { fixed.value.description }
  var dialect: SystemDialect { fixed.value.dialect.front }
  /// Nothing here happens by itself: what is accepted has happened, and listings lag.
  var nextDue: Instant? { nil }

  /// What the mail channel documents; only its own operations ask.
  var mailRules: NotificationDialect.MailRules {
    guard let rules = fixed.value.dialect.mail else {
      preconditionFailure("a mail operation of a system without mail")
    }
    return rules
  }

  /// What the paging channel documents; only its own operations ask.
  var pageRules: NotificationDialect.PageRules {
    guard let rules = fixed.value.dialect.pages else {
      preconditionFailure("a page operation of a system without pages")
    }
    return rules
  }

  var takesKeys: Bool { fixed.value.dialect.takesKeys }

  mutating func advance(to now: Instant, effects: inout EffectWriter) -> [Delivery] { [] }

  func read(_ call: Call) -> Response {
    switch call.operation.name {
    case .listMails: listMails(call)
    case .listPages: listPages(call)
    default: preconditionFailure("notification has no read \(call.operation.name)")
    }
  }

  mutating func write(_ call: Call, effects: inout EffectWriter) -> Handling {
    switch call.operation.name {
    case .sendMail: sendMail(call, effects: &effects)
    case .page: page(call, effects: &effects)
    case .resolvePage: resolvePage(call, effects: &effects)
    default: preconditionFailure("notification has no mutation \(call.operation.name)")
    }
  }

  func staleness(of operation: Operation) -> TimeSpan {
    switch operation.name {
    case .listMails: mailRules.staleness
    case .listPages: pageRules.staleness
    default: .zero
    }
  }

  func isFresh(for call: Call) -> Bool {
    mails.isFresh(asOf: call.readAt) && pages.isFresh(asOf: call.readAt)
  }

  func subject(of request: Request) -> Name? {
    if let customer = request.arguments.text(.customer) { return Name(customer) }
    if let key = request.arguments.text(.dedupKey) {
      let page = pages.first { $0.dedupKey == key && $0.isOpen } ?? pages.first { $0.dedupKey == key }
      return page?.customer ?? Name(key)
    }
    return request.arguments.text(.to).map { Name($0) }
  }
}

extension NotificationSystem: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(takesKeys)
    hasher.combine(fixed.value.dialect.mail != nil)
    hasher.combine(fixed.value.dialect.pages != nil)
    hasher.combine(mails)
    hasher.combine(pages)
  }
}
