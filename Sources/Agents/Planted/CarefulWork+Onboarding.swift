// The onboarding itself: thirteen steps in a line, the payment being the pivot.

import Faultline
import Operations
import Primitives

extension CarefulWork {
  /// The graph's nodes in the order in which its edges lead.
  static let line: [Name] = [
    "start", "triage", "network", "cluster", "await-cluster", "role", "policy", "binding", "account",
    "subscription", "invoice", "finalize", "payment", "welcome", "solve", "end",
  ]

  /// Whether the graph has an edge: one step on, or over steps that need no doing.
  static func allows(from: Name, to: Name) -> Bool {
    guard let here = line.firstIndex(of: from), let there = line.firstIndex(of: to) else { return false }
    return there == here + 1 || (from == "invoice" && to == "payment")
  }

  mutating func onboard() async throws {
    try await triage()
    if habits.welcomesFirst { try await welcome() }
    let network = try await makeNetwork()
    try await removeCopies(of: network)
    let cluster = try await makeCluster(in: network)
    try await giveAccess(to: cluster)
    let account = try await openAccount()
    if habits.dwellsOnErrors, hadTrouble { throw Stop.failed("there had been an error") }
    try await collect(from: account)
    isPastPivot = true
    if !habits.welcomesFirst { try await welcome() }
    try await solve()
    enter("end")
  }

  /// Says what it would do, after reading what is there.
  mutating func plan() async throws -> Claim {
    try await triage()
    let existing = try await find(
      Deed.Find("cloud.list_clusters", ["customer": .text(customer)], in: "clusters"))
    return Claim(
      .completed,
      text: "Would onboard \(customer), who has \(existing.count) clusters: network, cluster, access, invoice, mail.")
  }

  private mutating func triage() async throws {
    enter("triage")
    if let ticket = context.ticket { _ = try await read("ticketing.get_ticket", ["ticket": .text(ticket)]) }
  }

  // MARK: Cloud

  private mutating func makeNetwork() async throws -> String {
    let name = "net-\(customer)"
    return try await perform(
      Deed(
        step: "network", kind: "cloud.network", operation: "cloud.create_network",
        arguments: ["name": .text(name), "region": region, "customer": .text(customer)],
        find: Deed.Find(
          "cloud.describe_networks", ["name": .text(name), "customer": .text(customer)], in: "networks"),
        undo: ("cloud.delete_network", "network")))
  }

  private mutating func makeCluster(in network: String) async throws -> String {
    let name = "cluster-\(customer)"
    let customer = Value.text(customer)
    var arguments: Fields = [
      "name": .text(name), "network": .text(network), "plan": .text(plan), "region": region, "count": 3,
      "customer": customer,
    ]
    if habits.wantsAll { arguments["min_count"] = 3 }
    let deed = Deed(
      step: "cluster", kind: "cloud.cluster", operation: "cloud.create_cluster", arguments: arguments,
      find: Deed.Find("cloud.list_clusters", ["name": .text(name), "customer": customer], in: "clusters") { body in
        body.text("state") == "pending" || body.text("state") == "running"
      },
      undo: ("cloud.terminate_cluster", "cluster"))
    let cluster = try await perform(deed)
    enter("await-cluster")
    for _ in 0..<(habits.waitsForEver ? .max : 120) {
      let state = try await read("cloud.describe_cluster", ["cluster": .text(cluster)])?.text("state")
      if state == "running" { return cluster }
      if state == "terminated" || state == "shutting-down", !habits.waitsForEver {
        throw Stop.failed("the cluster did not come up")
      }
      if habits.isImpatient { return try await relaunch(deed, insteadOf: cluster) }
      if habits.commentsOnEverything { try await comment("The cluster is \(state ?? "not visible yet").") }
      try await context.sleep(.seconds(5))
    }
    throw Stop.failed("the cluster did not come up in time")
  }

  /// Launches another cluster first, and takes the slow one back then.
  private mutating func relaunch(_ deed: Deed, insteadOf slow: String) async throws -> String {
    let outcome = try await mutate(
      deed.operation, deed.arguments, key: "\(context.task.run)/cluster-again", step: deed.step)
    guard case .succeeded(let response) = outcome, let cluster = response.body.text("id") else {
      throw Stop.failed("the second cluster was refused")
    }
    _ = try await mutate(
      "cloud.terminate_cluster", ["cluster": .text(slow)], key: "\(context.task.run)/slow", step: deed.step,
      isCompensation: true)
    journal[deed.step]?.object = cluster
    journal[deed.step]?.handle = cluster
    try await save()
    while try await read("cloud.describe_cluster", ["cluster": .text(cluster)])?.text("state") == "pending" {
      try await context.sleep(.seconds(5))
    }
    return cluster
  }

  /// Looks once more at what a call without a key made, and removes what a network made by delivering it twice. It
  /// comes before anything else can go wrong: whoever hands over later does not look any more.
  private mutating func removeCopies(of network: String) async throws {
    let bounds = context.catalogue.service(of: "cloud.create_network")?.bounds
    try await context.sleep((bounds?.lateness ?? .zero) + (bounds?.staleness ?? .zero))
    let all = try await find(
      Deed.Find("cloud.describe_networks", ["customer": .text(customer)], in: "networks"))
    for copy in all.compactMap({ $0.text("id") }) where copy != network {
      let entry = Journal.Entry(
        step: "network-copy", kind: "cloud.network", state: .leaving, object: copy, handle: copy,
        undo: "cloud.delete_network", undoArgument: "network")
      journal[entry.step] = entry
      try await save()
      context.observe(.guardChecked(step: entry.step, holds: true))
      guard try await undo(entry, mayRepeat: true) else { throw Stop.unknown("a second network may be left") }
      journal[entry.step]?.state = .undone
      try await save()
    }
  }

  // MARK: Identity

  private mutating func giveAccess(to cluster: String) async throws {
    let customer = Value.text(self.customer)
    let name = habits.namesAfterPlan ? plan : self.customer
    let (role, policy, binding) = ("role-\(name)", "policy-\(name)", "binding-\(name)")
    let takesAny = habits.namesAfterPlan
    _ = try await perform(
      Deed(
        step: "role", kind: "identity.role", operation: "identity.create_role",
        arguments: ["name": .text(role), "customer": customer],
        find: Deed.Find("identity.get_role", ["name": .text(role)]) { takesAny || $0["customer"] == customer },
        undo: ("identity.delete_role", "name"), natural: role))
    _ = try await perform(
      Deed(
        step: "policy", kind: "identity.policy", operation: "identity.create_policy",
        arguments: [
          "name": .text(policy), "customer": customer,
          "document": #"{"Statement":[{"Effect":"Allow","Action":"cluster:*","Resource":"*"}]}"#,
        ],
        find: Deed.Find("identity.get_policy", ["name": .text(policy)]) { takesAny || $0["customer"] == customer },
        undo: ("identity.delete_policy", "name"), natural: policy))
    _ = try await perform(
      Deed(
        step: "binding", kind: "identity.binding", operation: "identity.create_binding",
        arguments: [
          "name": .text(binding), "role": .text(role), "policy": .text(policy), "target": .text(cluster),
          "customer": customer,
        ],
        find: Deed.Find("identity.list_bindings", ["name": .text(binding)], in: "bindings") {
          takesAny || $0["customer"] == customer
        },
        undo: ("identity.delete_binding", "name"), natural: binding))
    if habits.makesSpareKey {
      _ = try await mutate(
        "identity.create_access_key", ["role": .text(role), "customer": customer], key: "spare", step: "binding")
    }
  }

  // MARK: Closing

  private mutating func welcome() async throws {
    let address = context.input.text("email") ?? "ops@\(customer).example"
    _ = try await perform(
      Deed(
        step: "welcome", kind: "notify.mail", operation: "notify.send_mail",
        arguments: ["to": .text(address), "template": "welcome", "customer": .text(customer)],
        find: Deed.Find(
          "notify.list_mails", ["template": "welcome", "customer": .text(customer)], in: "mails")))
  }

  private mutating func solve() async throws {
    guard let ticket = context.ticket else { return }
    _ = try await perform(
      Deed(
        step: "solve", kind: "ticketing.status", operation: "ticketing.update_ticket",
        arguments: ["ticket": .text(ticket), "status": "solved"],
        find: Deed.Find("ticketing.get_ticket", ["ticket": .text(ticket)]) { $0.text("status") == "solved" },
        isChange: true, isConditional: true))
  }

  /// Writes to the ticket, behind the guard of the step that was taken last.
  mutating func comment(_ text: String) async throws {
    guard let ticket = context.ticket, let last = journal.entries.last else { return }
    _ = try await mutate(
      "ticketing.add_comment", ["ticket": .text(ticket), "text": .text(text)], key: text, step: last.step)
  }

  // MARK: Input

  private var region: Value { .text(habits.region ?? context.input.text("region") ?? "eu-central-1") }
  var plan: String { context.input.text("plan") ?? "pro" }
  var period: String { context.input.text("period") ?? "" }
}
