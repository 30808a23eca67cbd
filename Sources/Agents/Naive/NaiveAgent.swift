// The war story's agent: what a good engineer in a hurry writes.

import Faultline
import Operations
import Primitives

/// Onboards a customer with a retry loop around a straight line of calls, and its state in local variables.
///
/// It is no straw man: it gets through the happy path, waits out a rate limit, and tries again after an
/// error. What it got an answer for it does not do twice. What it got none for it takes for not done; and
/// a restart forgets everything.
public struct NaiveAgent: AsyncAgent {
  /// How often it starts from the top before it gives up.
  private static let rounds = 4

  /// An agent without settings.
  public init() {}

  /// Goes through all steps, and from the top again after an error, four times at most.
  public func run(_ context: AgentContext) async throws -> Claim? {
    var onboarding = NaiveOnboarding(context)
    for round in 1...NaiveAgent.rounds {
      do {
        try await onboarding.fromTheTop()
        return Claim(.completed, text: "onboarded")
      } catch let error as CallError {
        guard round < NaiveAgent.rounds else {
          return Claim(.escalated, text: "Could not onboard \(onboarding.customer): \(error)")
        }
        try await context.sleep(.milliseconds(200))
      }
    }
    return nil
  }
}

extension NaiveAgent {
  /// The agent as `--agent naive` runs it. Its client library is an ordinary one: three attempts, and a key
  /// of its own making for each logical call, as the AWS and Stripe libraries do.
  public static var underTest: AsyncAgentUnderTest<NaiveAgent> {
    AsyncAgentUnderTest(
      NaiveAgent(), name: "naive",
      summary: "The war story's: straight-line code, a retry loop, state in local variables.")
  }
}

/// One process's work; everything it knows is in its variables.
private struct NaiveOnboarding {
  let context: AgentContext
  let customer: String
  private var network: String?
  private var cluster: String?
  private var isRunning = false
  private var hasAccess = false
  private var hasAccount = false
  private var hasSubscription = false
  private var hasPaid = false
  private var wasWelcomed = false

  init(_ context: AgentContext) {
    self.context = context
    customer = context.input.text("customer") ?? ""
  }

  mutating func fromTheTop() async throws {
    let cluster = try await makeCluster()
    try await giveAccess(to: cluster)
    try await bill(for: cluster)
    if !wasWelcomed {
      try await call(
        "notify.send_mail",
        [
          "to": .text(context.input.text("email") ?? "ops@\(customer).example"), "template": "welcome",
          "customer": .text(customer),
        ])
      wasWelcomed = true
    }
    try await solveTicket()
  }

  private mutating func makeCluster() async throws -> String {
    let region = Value.text(context.input.text("region") ?? "eu-central-1")
    if network == nil {
      network = try await call(
        "cloud.create_network", ["name": .text("\(customer)-net"), "region": region, "customer": .text(customer)]
      ).body.text("id")
    }
    if cluster == nil {
      cluster = try await call(
        "cloud.create_cluster",
        [
          "name": .text("\(customer)-cluster"), "network": .text(network ?? ""), "plan": .text(plan),
          "region": region, "count": 3, "customer": .text(customer),
        ]
      ).body.text("id")
    }
    let cluster = cluster ?? ""
    while !isRunning {
      let state = try await call("cloud.describe_cluster", ["cluster": .text(cluster)]).body.text("state")
      if state == "running" { isRunning = true } else { try await context.sleep(.seconds(5)) }
    }
    return cluster
  }

  private mutating func giveAccess(to cluster: String) async throws {
    guard !hasAccess else { return }
    let customer = Value.text(customer)
    let (role, policy) = (Value.text("\(self.customer)-admin"), Value.text("\(self.customer)-access"))
    try await make("identity.create_role", ["name": role, "customer": customer])
    try await make(
      "identity.create_policy",
      [
        "name": policy, "customer": customer,
        "document": #"{"Statement":[{"Effect":"Allow","Action":"cluster:*","Resource":"*"}]}"#,
      ])
    try await make(
      "identity.create_binding",
      [
        "name": .text("\(self.customer)-binding"), "role": role, "policy": policy, "target": .text(cluster),
        "customer": customer,
      ])
    hasAccess = true
  }

  private mutating func bill(for cluster: String) async throws {
    if !hasAccount {
      try await make("billing.create_customer", ["reference": .text(customer)])
      hasAccount = true
    }
    if !hasSubscription {
      try await make(
        "billing.create_subscription",
        ["customer": .text(customer), "plan": .text(plan), "period": .text(period)])
      hasSubscription = true
    }
    guard !hasPaid else { return }
    var open = try await openInvoices()
    if open.isEmpty {
      let draft = try await call(
        "billing.create_invoice",
        [
          "customer": .text(customer), "period": .text(period), "amount": .money(price),
          "reference": .text("\(customer)-\(period)-\(cluster)"),
        ])
      let invoice = draft.body.text("id") ?? ""
      try await call("billing.finalize_invoice", ["invoice": .text(invoice)])
      open = [invoice]
    }
    for invoice in open { try await call("billing.pay_invoice", ["invoice": .text(invoice)]) }
    hasPaid = true
  }

  private func openInvoices() async throws -> [String] {
    let listed = try await call(
      "billing.list_invoices",
      ["customer": .text(customer), "period": .text(period), "status": "open"])
    return (listed.body["invoices"]?.list ?? []).compactMap { $0.record?.text("id") }
  }

  private func solveTicket() async throws {
    guard let ticket = context.ticket else { return }
    try await call("ticketing.add_comment", ["ticket": .text(ticket), "text": "onboarded"])
    try await call("ticketing.update_ticket", ["ticket": .text(ticket), "status": "solved"])
  }

  // MARK: Calls

  /// Waits as long as a limiter asks for, or twice as long each time.
  @discardableResult
  private func call(_ operation: Name, _ arguments: Fields) async throws -> Response {
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
  private func make(_ operation: Name, _ arguments: Fields) async throws {
    do {
      try await call(operation, arguments)
    } catch let error as CallError {
      guard let code = error.code, context.catalogue.nature(of: code) == .alreadyExists else { throw error }
    }
  }

  private var plan: String { context.input.text("plan") ?? "pro" }
  private var period: String { context.input.text("period") ?? "" }

  private var price: Money {
    switch plan {
    case "starter": Money(minorUnits: 300_00, currency: .eur)
    case "enterprise": Money(minorUnits: 4_800_00, currency: .eur)
    default: Money(minorUnits: 1_200_00, currency: .eur)
    }
  }
}
