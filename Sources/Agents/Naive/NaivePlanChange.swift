// The war story's change of plan: the refund is a call like any other, and is sent again like any other.

import Faultline
import Operations
import Primitives

struct NaivePlanChange: NaiveWork {
  let context: AgentContext
  let done = "plan changed"
  private var isResized = false
  private var hasMoved = false
  private var isSettled = false
  private var hasConfirmed = false

  init(_ context: AgentContext) { self.context = context }

  mutating func fromTheTop() async throws {
    try await resize()
    if !hasMoved {
      for subscription in try await list(
        "billing.list_subscriptions", ["customer": .text(customer)], in: "subscriptions")
      where subscription.text("status") == "active" {
        try await call(
          "billing.update_subscription",
          ["subscription": subscription["id"] ?? .null, "plan": .text(plan), "proration_behavior": "none"])
      }
      hasMoved = true
    }
    try await settle()
    if !hasConfirmed {
      try await send("plan-changed")
      hasConfirmed = true
    }
    try await solveTicket()
  }

  private mutating func resize() async throws {
    guard !isResized else { return }
    let clusters = try await list("cloud.list_clusters", ["customer": .text(customer)], in: "clusters")
    guard let cluster = clusters.first(where: { $0.text("state") == "running" || $0.text("state") == "modifying" })
    else { return }
    let id = cluster["id"] ?? .null
    try await call(
      "cloud.modify_cluster", ["cluster": id, "plan": .text(plan), "count": .int(instances(of: plan))])
    while try await call("cloud.describe_cluster", ["cluster": id]).body.text("state") == "modifying" {
      try await context.sleep(.seconds(10))
    }
    isResized = true
  }

  private mutating func settle() async throws {
    guard !isSettled else { return }
    let rest = day.days - day.day + 1
    let old = price(of: context.input.text("old_plan") ?? "pro").share(rest, of: day.days)
    let new = price.share(rest, of: day.days)
    if new.minorUnits > old.minorUnits {
      var open = try await openInvoices()
      if open.isEmpty { open = [try await bill(new - old, reference: "\(customer)-\(period)-\(plan)")] }
      for invoice in open { try await call("billing.pay_invoice", ["invoice": .text(invoice)]) }
    } else if new.minorUnits < old.minorUnits {
      let paid = try await list(
        "billing.list_invoices", ["customer": .text(customer), "period": .text(period), "status": "paid"],
        in: "invoices")
      if let invoice = paid.first?["id"] {
        try await call(
          "billing.create_credit_note",
          ["invoice": invoice, "amount": .money(old - new), "refund_amount": .money(old - new)])
      }
    }
    isSettled = true
  }
}
