// What a workflow brings about beside the things that a scenario's author cares to name.

import Operations
import Primitives

/// A workflow as scenarios see it: what it is given, who may act in it, and what it makes.
///
/// A scenario is closed: a mutation that no intent claims is an unintended effect. The template adds the
/// intents that the file leaves out, so that a file of twenty lines describes a workflow of thirteen steps.
public struct WorkflowTemplate: Sendable {
  public var name: Name
  public var inputs: [Input]
  public var intents: [Supporting]
  /// What was usually done before the workflow begins, for an input.
  public var given: @Sendable (Fields) -> [GivenCall]
  /// Service principals and their scopes; the first is the widest one that the workflow may use.
  public var principals: [Principal]

  /// The word for it in a scenario.
  static let usual = "usual"

  public init(
    _ name: Name, inputs: [Input], intents: [Supporting], principals: [Principal],
    given: @escaping @Sendable (Fields) -> [GivenCall] = { _ in [] }
  ) {
    self.name = name
    self.inputs = inputs
    self.intents = intents
    self.principals = principals
    self.given = given
  }

  /// A field that the workflow is given.
  public struct Input: Sendable {
    public enum Kind: String, Sendable {
      case text, period, int, bool, money
      /// A date, `2026-11-16`; the field has it as text.
      case day
      /// A path, relative to the scenario file; its text becomes the field ``Input/field``.
      case file
    }

    /// The key under `input`.
    public var name: Name
    /// The field that the agent gets.
    public var field: Name
    public var kind: Kind
    public var isRequired: Bool
    /// The only values allowed, where the set is closed.
    public var allowed: [String]
    public var summary: String

    public init(
      _ name: Name, _ kind: Kind, field: Name? = nil, required: Bool = false, allowed: [String] = [], _ summary: String
    ) {
      self.name = name
      self.field = field ?? name
      self.kind = kind
      self.isRequired = required
      self.allowed = allowed
      self.summary = summary
    }
  }

  /// An effect of the workflow for its customer.
  public struct Supporting: Sendable {
    /// `cloud.network`
    public var kind: Name
    public var times: ClosedRange<Int>
    /// Whether the effect belongs to the input's period.
    public var isPeriodic: Bool
    /// Kinds whose objects this one lives in.
    public var needs: [Name]
    /// Whether all of them that were there shall be gone.
    public var isRemoval: Bool
    /// Fields in which the effect agrees with the input of the same name.
    public var agreeing: [Name]

    public init(
      _ kind: Name, _ times: ClosedRange<Int>, periodic: Bool = false, needs: [Name] = [], agreeing: [Name] = []
    ) {
      self.kind = kind
      self.times = times
      isPeriodic = periodic
      self.needs = needs
      self.agreeing = agreeing
      isRemoval = false
    }

    /// What shall be gone.
    static func gone(_ kind: Name, needs: [Name] = []) -> Supporting {
      var supporting = Supporting(kind, 0...0, needs: needs)
      supporting.isRemoval = true
      return supporting
    }
  }

  /// `intents` and those of the template whose kind the file does not declare for this customer.
  ///
  /// Declared intents win; where they name no period or dependencies they get the template's.
  func complete(_ declared: [Intent], owner: Name, input: Fields) -> [Intent] {
    var all = declared
    let period = input.text("period").map { Name($0) }
    for supporting in intents where !declared.contains(where: { $0.kind == supporting.kind && $0.owner == owner }) {
      let part = supporting.kind.text.split(separator: ".").last.map(String.init) ?? supporting.kind.text
      var name = "\(owner)-\(part)"
      while all.contains(where: { $0.name.text == name }) { name += "-too" }
      all.append(
        Intent(
          name: Name(name), kind: supporting.kind, owner: owner, times: supporting.times,
          period: supporting.isPeriodic ? period : nil,
          selector: Fields(supporting.agreeing.compactMap { field in input[field].map { (field, $0) } }),
          isRemoval: supporting.isRemoval))
    }
    for index in all.indices where all[index].owner == owner {
      guard let own = intents.first(where: { $0.kind == all[index].kind }) else { continue }
      if own.isPeriodic, all[index].period == nil { all[index].period = period }
      guard all[index].dependsOn.isEmpty else { continue }
      all[index].dependsOn = own.needs.flatMap { kind in
        all.filter { $0.kind == kind && $0.owner == owner }.map(\.name)
      }
    }
    return all
  }
}

extension WorkflowTemplate {
  /// A new customer: network, cluster, access, account, invoice, payment, mail, ticket.
  public static let customerOnboarding = WorkflowTemplate(
    "customer-onboarding",
    inputs: [
      Input("ticket", .file, field: "ticket_text", "The ticket's text, as people write them."),
      Input("ticket_id", .text, "The ticket's number in the ticketing system."),
      Input("customer", .text, required: true, "The customer's natural key, which every system knows."),
      Input(
        "plan", .text, allowed: ["starter", "pro", "enterprise"],
        "The plan that was ordered, as the account has it; where it is left out, only the ticket says it."),
      Input("period", .period, required: true, "The first month that is billed, such as 2026-11."),
      Input("region", .text, "Where the cluster shall stand."),
      Input("email", .text, "Where the welcome mail goes."),
    ],
    intents: [
      Supporting("cloud.network", 0...1),
      Supporting("cloud.cluster", 0...1, needs: ["cloud.network"]),
      Supporting("identity.role", 0...1),
      Supporting("identity.policy", 0...1),
      Supporting("identity.binding", 0...1, needs: ["identity.role", "identity.policy"]),
      Supporting("billing.customer", 0...1),
      Supporting("billing.subscription", 0...1, needs: ["billing.customer"]),
      Supporting("billing.invoice", 0...1, periodic: true, needs: ["billing.customer"]),
      Supporting("billing.invoice_item", 0...1, periodic: true),
      Supporting("billing.charge", 0...1, periodic: true, needs: ["billing.invoice"]),
      Supporting("notify.mail", 0...1),
      Supporting("notify.page", 0...1),
      Supporting("ticketing.comment", 0...2),
      Supporting("ticketing.note", 0...2),
      Supporting("ticketing.status", 0...2),
    ],
    principals: [])
}
