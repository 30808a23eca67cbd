// The scenario that `faultline init` writes: small, commented, and green on its first run.

/// The files of a first scenario.
enum FirstScenario {
  static let ticket = """
    From: Ada Example <ada@acme.example>
    Subject: Set up our account

    Hello,

    please set us up on the pro plan from November 2026. Our customer name is acme. The cluster must stand
    in eu-central-1.

    Thank you
    Ada

    """

  static let yaml = """
    # yaml-language-server: $schema=../.faultline/scenario.schema.json
    title: The cluster was created, the answer never came
    source: {kind: constructed, note: "Written by faultline init; put your own story here."}

    # The simulated systems and the dialects that they speak: faultline list profiles
    world: {cloud: ec2, identity: iam, billing: stripe-v1, ticketing: zendesk, notify: email}

    # What the agent is asked to do.
    workflow: customer-onboarding
    input: {ticket: ../tickets/first.txt, customer: acme, plan: pro, period: 2026-11}

    # What shall exist afterwards. Every such effect counts, however the agent named or keyed it.
    intents:
      acme-cluster: {effect: cloud.cluster, for: acme, times: 1}
      acme-november: {effect: billing.charge, for: acme, times: 1, total: 1200.00 EUR}

    # What goes wrong: faultline list faults
    faults:
      - {at: cloud.create_cluster, call: 1, inject: response-lost}

    # What each agent must do here: faultline list agents
    expect:
      reference: {ends: completed}
      naive: {violates: [duplicate-resource], allow_more: true}

    """
}
