// The workflows that begin with a customer who is there already: offboarding and a change of plan.

import Operations
import Primitives

extension WorkflowTemplate {
  /// Every workflow that scenarios can name.
  public static let all: [WorkflowTemplate] = [.customerOnboarding, .customerOffboarding, .planChange, .accessKey]

  /// A customer leaves: access, cluster, account and all that hangs on them are gone, the last month is billed, and an
  /// export is kept.
  public static let customerOffboarding = WorkflowTemplate(
    "customer-offboarding",
    inputs: [
      Input("ticket", .file, field: "ticket_text", "The ticket's text, as people write them."),
      Input("ticket_id", .text, "The ticket's number in the ticketing system."),
      Input("customer", .text, required: true, "The customer's natural key, which every system knows."),
      Input(
        "plan", .text, allowed: ["starter", "pro", "enterprise"], "The plan that the customer has; pro unless given."),
      Input("period", .period, required: true, "The last month that is billed, such as 2026-12."),
      Input("effective", .day, "The last day that is billed, such as 2026-12-15; the first of the month unless given."),
      Input(
        "final_invoice", .text, allowed: ["collect", "open"],
        "Whether the last invoice is collected, or left open for the customer to pay; collected unless given."),
      Input("email", .text, "Where the farewell mail goes."),
    ],
    intents: [
      .gone("cloud.network"),
      .gone("cloud.cluster", needs: ["cloud.network"]),
      Supporting("cloud.snapshot", 1...1),
      .gone("identity.role"),
      .gone("identity.policy"),
      .gone("identity.binding", needs: ["identity.role", "identity.policy"]),
      .gone("identity.access_key", needs: ["identity.role"]),
      .gone("billing.customer"),
      .gone("billing.subscription", needs: ["billing.customer"]),
      Supporting("billing.invoice", 0...1, periodic: true),
      Supporting("billing.invoice_item", 0...1, periodic: true),
      Supporting("billing.charge", 0...1, periodic: true),
      Supporting("notify.mail", 0...1),
      Supporting("notify.page", 0...1),
      Supporting("ticketing.comment", 0...2),
      Supporting("ticketing.note", 0...2),
      Supporting("ticketing.status", 0...2),
    ],
    principals: [], given: { onboarded($0, plan: $0.text("plan"), paid: previousMonth(of: $0.text("period"))) })

  /// A customer gets another plan in the middle of a paid month.
  public static let planChange = WorkflowTemplate(
    "plan-change",
    inputs: [
      Input("ticket", .file, field: "ticket_text", "The ticket's text, as people write them."),
      Input("ticket_id", .text, "The ticket's number in the ticketing system."),
      Input("customer", .text, required: true, "The customer's natural key, which every system knows."),
      Input(
        "from", .text, field: "old_plan", allowed: ["starter", "pro", "enterprise"],
        "The plan that the customer has; pro unless given."),
      Input("plan", .text, allowed: ["starter", "pro", "enterprise"], "The plan that was ordered."),
      Input("period", .period, required: true, "The month that has begun and is paid, such as 2026-11."),
      Input("effective", .day, "The first day of the new plan, such as 2026-11-16; the first of the month unless given."),
      Input("email", .text, "Where the confirmation goes."),
    ],
    intents: [
      Supporting("cloud.network", 1...1),
      Supporting("cloud.cluster", 1...1, needs: ["cloud.network"], agreeing: ["plan"]),
      Supporting("identity.role", 1...1),
      Supporting("identity.policy", 1...1),
      Supporting("identity.binding", 1...1, needs: ["identity.role", "identity.policy"]),
      Supporting("identity.access_key", 1...1),
      Supporting("billing.customer", 1...1),
      Supporting("billing.subscription", 1...1, needs: ["billing.customer"], agreeing: ["plan"]),
      Supporting("billing.invoice", 1...2, periodic: true, needs: ["billing.customer"]),
      Supporting("billing.invoice_item", 1...2, periodic: true),
      Supporting("billing.charge", 1...2, periodic: true, needs: ["billing.invoice"]),
      Supporting("notify.mail", 0...1),
      Supporting("notify.page", 0...1),
      Supporting("ticketing.comment", 0...2),
      Supporting("ticketing.note", 0...2),
      Supporting("ticketing.status", 0...2),
    ],
    principals: [], given: { onboarded($0, plan: $0.text("old_plan"), paid: $0.text("period")) })

  /// A customer as the onboarding leaves one, with one access key in use.
  private static func onboarded(_ input: Fields, plan: String?, paid period: String?) -> [GivenCall] {
    guard input.text("customer") != nil, let period else { return [] }
    let plan = plan ?? "pro"
    let (price, instances): (Int64, Int64) =
      switch plan {
      case "starter": (300_00, 1)
      case "enterprise": (4_800_00, 5)
      default: (1_200_00, 3)
      }
    let (customer, region): (Value, Value) = ("$customer", "eu-central-1")
    func name(_ prefix: String) -> Value { .text("\(prefix)-\(input.text("customer") ?? "")") }
    return [
      GivenCall("cloud.create_network", ["name": name("net"), "customer": customer, "region": region], as: "network"),
      GivenCall(
        "cloud.create_cluster",
        [
          "name": name("cluster"), "customer": customer, "network": "$network", "plan": .text(plan), "region": region,
          "count": .int(instances),
        ], as: "cluster"),
      GivenCall("identity.create_role", ["name": name("role"), "customer": customer]),
      GivenCall(
        "identity.create_policy",
        [
          "name": name("policy"), "customer": customer,
          "document": #"{"Statement":[{"Effect":"Allow","Action":"cluster:*","Resource":"*"}]}"#,
        ]),
      GivenCall(
        "identity.create_binding",
        [
          "name": name("binding"), "role": name("role"), "policy": name("policy"), "target": "$cluster",
          "customer": customer,
        ]),
      GivenCall("identity.create_access_key", ["role": name("role"), "customer": customer], as: "key"),
      GivenCall("billing.create_customer", ["reference": customer], as: "account"),
      GivenCall(
        "billing.create_subscription",
        ["customer": "$account", "plan": .text(plan), "period": .text(period), "reference": customer],
        as: "subscription"),
      GivenCall(
        "billing.create_invoice",
        [
          "customer": "$account", "period": .text(period),
          "amount": .money(Money(minorUnits: price, currency: .eur)),
          "reference": .text("\(input.text("customer") ?? "")-\(period)"),
        ], as: "invoice"),
      GivenCall("billing.finalize_invoice", ["invoice": "$invoice"]),
      GivenCall("billing.pay_invoice", ["invoice": "$invoice"]),
    ]
  }

  /// `2026-11` of `2026-12`.
  private static func previousMonth(of period: String?) -> String? {
    guard let period, let first = Instant(iso8601: period + "-01") else { return nil }
    return String((first - .days(1)).description.prefix(7))
  }
}
