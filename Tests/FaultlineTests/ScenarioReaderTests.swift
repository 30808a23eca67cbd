// The reader turns a file into exactly the model that its author means.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct ScenarioReaderTests {
  @Test func theDesignsExampleParsesToExactlyTheExpectedModel() throws {
    let text = """
      # yaml-language-server: $schema=.faultline/scenario.schema.json
      title: The cluster was created, the answer never came
      source: {kind: reported, url: "https://example.com/story"}
      world: {cloud: ec2, identity: iam, billing: stripe-v1, metering: per-cluster, ticketing: zendesk, notify: email}
      workflow: customer-onboarding
      input: {customer: acme, plan: pro, period: 2026-11}
      intents:         # every such effect counts, however the agent named or keyed it
        acme-cluster: {effect: cloud.cluster, for: acme, times: 1}
        acme-november: {effect: billing.charge, for: acme, times: 1, total: 1200.00 EUR}
        acme-access: {effect: identity.binding, for: acme, times: 1}
        welcome: {effect: notify.mail, for: acme, times: 1}
      rules:           # what nobody wrote into a tool description
        - {rule: region-in, of: cloud.cluster, allow: [eu-central-1]}
      faults:
        - {at: cloud.create_cluster, call: 1, attempts: all, inject: response-lost}
      limits: {virtual_time: 2h, mutations: 20}
      expect:
        reference: {ends: completed}
        naive: {violates: [duplicate-resource, double-billing]}
        reference without idempotency-keys, read-back: {violates: [duplicate-resource]}
      """
    let scenario = try ScenarioReader(.example).read(text: text, path: "scenarios/timeout-after-create.yaml")
    #expect(scenario.name == "timeout-after-create")
    #expect(scenario.title == "The cluster was created, the answer never came")
    #expect(scenario.source == Scenario.Source(kind: .reported, url: "https://example.com/story", note: nil))
    #expect(
      scenario.systems == [
        Scenario.SystemChoice(system: "billing", profile: "stripe-v1", options: ["metering": "per-cluster"]),
        Scenario.SystemChoice(system: "cloud", profile: "ec2"),
        Scenario.SystemChoice(system: "identity", profile: "iam"),
        Scenario.SystemChoice(system: "notify", profile: "email"),
        Scenario.SystemChoice(system: "ticketing", profile: "zendesk"),
      ])
    #expect(scenario.start == Instant(year: 2026, month: 11, day: 1, hour: 9))
    #expect(scenario.workflow == "customer-onboarding")
    #expect(scenario.input == ["customer": "acme", "plan": "pro", "period": "2026-11"])
    #expect(scenario.isDryRun == false)
    #expect(
      Array(scenario.intents.prefix(4)) == [
        Intent(name: "acme-cluster", kind: "cloud.cluster", owner: "acme", dependsOn: ["acme-network"]),
        Intent(
          name: "acme-november", kind: "billing.charge", owner: "acme", period: "2026-11",
          total: Money(minorUnits: 120_000, currency: .eur), dependsOn: ["acme-invoice"]),
        Intent(
          name: "acme-access", kind: "identity.binding", owner: "acme", dependsOn: ["acme-role", "acme-policy"]),
        Intent(name: "welcome", kind: "notify.mail", owner: "acme"),
      ])
    #expect(scenario.rules == [Scenario.Rule(.regionIn(["eu-central-1"]), of: ["cloud.cluster"])])
    #expect(
      scenario.faults
        == Plan([
          Plan.Entry(
            at: SitePattern(point: "cloud.create_cluster", call: 1, aspect: .answer), choose: "response-lost")
        ]))
    #expect(scenario.limits == Scenario.Limits(virtualTime: .hours(2), mutations: 20))
    #expect(
      scenario.expectations == [
        Scenario.Expectation(agent: "reference", ends: [.completed]),
        Scenario.Expectation(agent: "naive", violates: ["duplicate-resource", "double-billing"], allowsMore: true),
        Scenario.Expectation(
          agent: "reference", without: ["idempotency-keys", "read-back"], violates: ["duplicate-resource"],
          allowsMore: true),
      ])
    #expect(scenario.path == "scenarios/timeout-after-create.yaml")
  }

  @Test func theWorkflowAddsWhatTheFileLeavesOut() throws {
    let scenario = try read(plainScenario)
    let network = try #require(scenario.intents.first { $0.kind == "cloud.network" })
    #expect(network.times == 0...1)
    #expect(network.owner == "acme")
    #expect(scenario.intents.first { $0.kind == "billing.invoice" }?.period == "2026-11")
    #expect(scenario.intents.first { $0.kind == "ticketing.comment" }?.times == 0...2)
    #expect(scenario.intents.first { $0.kind == "cloud.cluster" }?.dependsOn == ["acme-network"])
  }

  @Test func aDeclaredIntentReplacesTheWorkflowsOwn() throws {
    let scenario = try read(
      plainScenario + """

        intents:
          wires: {effect: cloud.network, for: acme, times: 2, where: {region: eu-central-1, shared: true, size: 3}}
          other: {effect: cloud.cluster, for: globex, times: 0..1, depends_on: [wires]}
        """)
    let networks = scenario.intents.filter { $0.kind == "cloud.network" }
    #expect(networks.map(\.name) == ["wires"])
    #expect(networks[0].selector == ["region": "eu-central-1", "shared": true, "size": 3])
    let clusters = scenario.intents.filter { $0.kind == "cloud.cluster" }
    #expect(clusters.map(\.owner) == ["globex", "acme"])
    #expect(clusters.map(\.dependsOn) == [["wires"], ["wires"]])
    #expect(clusters[0].times == 0...1)
  }

  @Test func aDryRunMayLeaveNothingBehind() throws {
    let scenario = try read(plainScenario + "\ndry_run: true\n")
    #expect(scenario.isDryRun)
    #expect(scenario.intents.isEmpty)
  }

  @Test func everyKeyOfTheFormatIsRead() throws {
    let scenario = try read(
      """
      title: "2026-11-20: everything"
      source: {kind: constructed, note: made up}
      world:
        cloud: {profile: ec2, quota: 4, dead_tokens: returned}
        identity: iam
        billing: {profile: stripe-v1, unique_reference: true}
        ticketing: {profile: jira, deliveries: 2, tickets: [{id: T-1, tags: [vip], open: true}]}
        notify: pager
      start: 2026-12-24T18:30:00Z
      workflow: customer-onboarding
      input: {customer: acme, plan: pro, period: "2026-12", region: eu-central-1, ticket_id: "4711", email: a@b.example}
      rules: []
      replicas: 2
      workflows: 3
      releases: [1, 2]
      starts: [{by: cron, times: 2}, {by: session, gap: 5s}]
      faults:
        - {at: triage, inject: model-wrong-field, field: amount}
        - {at: after-restart, inject: model-timeout}
        - {at: "*/*/triage/decision", choose: collect-payment}
        - {at: cloud.create_cluster, inject: late-arrival, until: after-compensation, attempts: 2, subject: acme}
        - {at: billing.pay_invoice, inject: crash, process: agent-0, incarnation: 2, run: customer-onboarding:acme}
        - {at: checkpoint:create-cluster.intent, inject: crash, moment: before, aspect: crash}
        - {at: cloud.describe_cluster, inject: pause, until: after-takeover}
        - at: agent-0~1/customer-onboarding:acme/cloud.create_cluster[acme]#1.2/answer
          choose: response-lost
        - at: {point: billing.pay_invoice, subject: acme, call: 2, attempt: 1, aspect: request}
          choose: late-arrival:at-end
      limits: {virtual_time: 90m, mutations: 7, attempts_per_intent: 5, events: 900}
      requires: [keyed-mutations, audit-log]
      covers: ["fault:response-lost", "crash:billing.pay_invoice"]
      principals: {ops: [cloud.write, billing.write]}
      expect:
        reference: {ends: [escalated, rolled-back], violates: [], allow_more: true, because: it is told to}
      """)
    #expect(scenario.systems[1].options == ["quota": 4, "dead_tokens": "returned"])
    #expect(scenario.systems[0].options == ["unique_reference": true])
    #expect(
      scenario.systems[4].options == [
        "deliveries": 2, "tickets": [["id": "T-1", "tags": ["vip"], "open": true]],
      ])
    #expect(scenario.start == Instant(year: 2026, month: 12, day: 24, hour: 18, minute: 30))
    #expect(scenario.input.text("ticket_id") == "4711")
    #expect(
      scenario.rollout
        == Scenario.Rollout(
          replicas: 2, releases: [1, 2],
          starts: [.init(by: .cron, times: 2), .init(by: .session, times: 1, gap: .seconds(5))], workflows: 3))
    #expect(
      scenario.faults.entries == [
        Plan.Entry(at: SitePattern(point: "triage", aspect: .decision), choose: "model-wrong-field:amount"),
        Plan.Entry(at: SitePattern(point: "after-restart", aspect: .decision), choose: "model-timeout"),
        Plan.Entry(at: SitePattern(point: "triage", aspect: .decision), choose: "collect-payment"),
        Plan.Entry(
          at: SitePattern(point: "cloud.create_cluster", subject: "acme", attempt: 2, aspect: .request),
          choose: "late-arrival:after-compensation"),
        Plan.Entry(
          at: SitePattern(
            process: "agent-0", incarnation: 2, run: "customer-onboarding:acme", point: "billing.pay_invoice",
            aspect: .crash),
          choose: "crash:after"),
        Plan.Entry(
          at: SitePattern(point: "checkpoint:create-cluster.intent", aspect: .crash), choose: "crash:before"),
        Plan.Entry(at: SitePattern(point: "cloud.describe_cluster", aspect: .crash), choose: "pause:after-takeover"),
        Plan.Entry(
          at: SitePattern(
            process: "agent-0", incarnation: 1, run: "customer-onboarding:acme", point: "cloud.create_cluster",
            subject: "acme", call: 1, attempt: 2, aspect: .answer),
          choose: "response-lost"),
        Plan.Entry(
          at: SitePattern(point: "billing.pay_invoice", subject: "acme", call: 2, attempt: 1, aspect: .request),
          choose: "late-arrival:at-end"),
      ])
    #expect(
      scenario.limits == Scenario.Limits(virtualTime: .minutes(90), mutations: 7, attemptsPerIntent: 5, events: 900))
    #expect(scenario.requires == [.keyedMutations, .auditLog])
    #expect(scenario.covers == ["fault:response-lost", "crash:billing.pay_invoice"])
    #expect(scenario.principals.contains(Principal("ops", scopes: ["cloud.write", "billing.write"])))
    #expect(
      scenario.expectations == [
        Scenario.Expectation(
          agent: "reference", ends: [.escalated, .rolledBack], allowsMore: true, because: "it is told to")
      ])
  }

  @Test func anAliasMeansWhatItsAnchorMeans() throws {
    let scenario = try read(
      plainScenario + """

        intents:
          one: &one {effect: cloud.network, for: acme}
          two: *one
        """)
    #expect(scenario.intents.prefix(2).map(\.kind) == ["cloud.network", "cloud.network"])
  }

  @Test func anotherTextHasAnotherDigest() throws {
    let digests = try [plainScenario, plainScenario + "\n", plainScenario + "\ndry_run: false"].map {
      try read($0).digest
    }
    #expect(Set(digests).count == 3)
    #expect(try read(plainScenario).digest == digests[0])
  }

  private func read(_ text: String) throws -> Scenario {
    try ScenarioReader(.example).read(text: text, path: "a.yaml")
  }
}
