// The war story's onboarding.

import Faultline
import Operations
import Primitives

/// One process's work; everything it knows is in its variables.
struct NaiveOnboarding: NaiveWork {
  let context: AgentContext
  let done = "onboarded"
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
  }

  mutating func fromTheTop() async throws {
    let cluster = try await makeCluster()
    try await giveAccess(to: cluster)
    try await bill(for: cluster)
    if !wasWelcomed {
      try await call(
        "notify.send_mail",
        [
          "to": .text(email), "template": "welcome",
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
    if open.isEmpty { open = [try await bill(price, reference: "\(customer)-\(period)-\(cluster)")] }
    for invoice in open { try await call("billing.pay_invoice", ["invoice": .text(invoice)]) }
    hasPaid = true
  }
}
