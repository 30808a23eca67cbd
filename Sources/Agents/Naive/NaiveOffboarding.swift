// The war story's offboarding: everything in a line, and from the top again after an error.

import Faultline
import Operations
import Primitives

struct NaiveOffboarding: NaiveWork {
  let context: AgentContext
  let done = "offboarded"
  private var hasExport = false
  private var hasPaid = false
  private var hasSaidGoodbye = false

  init(_ context: AgentContext) { self.context = context }

  mutating func fromTheTop() async throws {
    try await revokeAccess()
    let clusters = try await livingClusters()
    if !hasExport, let cluster = clusters.first {
      try await call(
        "cloud.create_snapshot",
        ["cluster": .text(cluster), "name": .text("\(customer)-export"), "customer": .text(customer)])
      hasExport = true
    }
    try await collect()
    for cluster in clusters { try await call("cloud.terminate_cluster", ["cluster": .text(cluster)]) }
    try await deleteNetworks()
    try await closeAccount()
    if !hasSaidGoodbye {
      try await send("farewell")
      hasSaidGoodbye = true
    }
    try await solveTicket()
  }

  private func livingClusters() async throws -> [String] {
    try await list("cloud.list_clusters", ["customer": .text(customer)], in: "clusters")
      .filter { $0.text("state") != "terminated" && $0.text("state") != "shutting-down" }.compactMap { $0.text("id") }
  }

  private func revokeAccess() async throws {
    let role = "role-\(customer)"
    for binding in try await list("identity.list_bindings", ["customer": .text(customer)], in: "bindings") {
      try await remove("identity.delete_binding", ["name": binding["name"] ?? .null])
    }
    for key in try await list("identity.list_access_keys", ["role": .text(role)], in: "access_keys") {
      try await remove("identity.delete_access_key", ["access_key": key["id"] ?? .null])
    }
    try await remove("identity.delete_policy", ["name": .text("policy-\(customer)")])
    try await remove("identity.delete_role", ["name": .text(role)])
  }

  private mutating func collect() async throws {
    guard !hasPaid else { return }
    var open = try await openInvoices()
    if open.isEmpty { open = [try await bill(price.share(day.day, of: day.days), reference: "\(customer)-\(period)")] }
    if context.input.text("final_invoice") != "open" {
      for invoice in open { try await call("billing.pay_invoice", ["invoice": .text(invoice)]) }
    }
    hasPaid = true
  }

  private func deleteNetworks() async throws {
    while try await list("cloud.list_clusters", ["customer": .text(customer)], in: "clusters")
      .contains(where: { $0.text("state") != "terminated" })
    {
      try await context.sleep(.seconds(15))
    }
    for network in try await list("cloud.describe_networks", ["customer": .text(customer)], in: "networks") {
      try await remove("cloud.delete_network", ["network": network["id"] ?? .null])
    }
  }

  private func closeAccount() async throws {
    for subscription in try await list(
      "billing.list_subscriptions", ["customer": .text(customer)], in: "subscriptions")
    where subscription.text("status") == "active" {
      try await remove("billing.cancel_subscription", ["subscription": subscription["id"] ?? .null])
    }
    try await remove("billing.delete_customer", ["customer": .text(customer)])
  }
}
