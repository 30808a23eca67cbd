// The playbook: which operations bring an intention about in one environment, and the policy that goes with it.

import Operations
import Primitives

/// Maps intentions to acts for one environment.
public struct Playbook: Hashable, Sendable {
  /// The acts of one intention, in order.
  public struct Entry: Hashable, Sendable {
    public var intention: Name
    public var acts: [Act]

    public init(_ intention: Name, _ acts: [Act]) {
      self.intention = intention
      self.acts = acts
    }
  }

  /// The environment it is written for, `ec2+iam+stripe`.
  public var environment: Name
  public var entries: [Entry]
  public var policy: Policy
  /// Names that the agent gives to what it makes.
  public var madeUp: [MadeUp]
  /// The operation by which the owner of a step is paged where its systems speak otherwise than the playbook; nil where
  /// nobody is.
  public var alarm: Name?
  /// Amounts that the agent works out from prices and days.
  public var amounts: [Amount]

  /// A name made from a fact: deterministic, so that it is the natural key to read back by.
  public struct MadeUp: Hashable, Sendable {
    public var fact: Name
    public var prefix: String
    /// The facts it is made from, joined by a hyphen.
    public var of: [Name]
    public var suffix: String

    public init(_ fact: Name, _ prefix: String, of base: [Name], suffix: String = "") {
      self.fact = fact
      self.prefix = prefix
      of = base
      self.suffix = suffix
    }

    func value(given facts: Fields) -> Value? {
      var text = prefix
      for (index, name) in of.enumerated() {
        guard let part = facts.text(name) else { return nil }
        text += index == 0 ? part : "-" + part
      }
      return .text(text + suffix)
    }
  }

  public init(
    environment: Name, entries: [Entry], policy: Policy, madeUp: [MadeUp] = [], amounts: [Amount] = [],
    alarm: Name? = nil
  ) {
    self.alarm = alarm
    self.amounts = amounts
    self.environment = environment
    self.entries = entries
    self.policy = policy
    self.madeUp = madeUp
  }

  /// The same without the acts on systems that this environment does not have.
  public func restricted(to catalogue: Catalogue) -> Playbook {
    var restricted = self
    for index in entries.indices {
      restricted.entries[index].acts.removeAll { catalogue[$0.operation] == nil }
    }
    return restricted
  }

  func acts(for intention: Name) -> [Act]? { entries.first { $0.intention == intention }?.acts }
}

/// What an operator decides once for all runs: prices, places, caps.
public struct Policy: Hashable, Sendable {
  public struct Plan: Hashable, Sendable {
    public var name: String
    /// The price of one period.
    public var price: Money
    /// Instances in its cluster.
    public var instances: Int64

    public init(_ name: String, price: Money, instances: Int64) {
      self.name = name
      self.price = price
      self.instances = instances
    }
  }

  public var plans: [Plan]
  /// Where clusters may stand; the first is used where a ticket names none.
  public var regions: [String]
  /// How many side effects one run may send, retries of the same call not counted.
  public var mutationCap: Int
  /// How many live objects one act may bring about in one run, new attempts included.
  public var attemptCap: Int

  public init(plans: [Plan], regions: [String], mutationCap: Int = 20, attemptCap: Int = 3) {
    self.plans = plans
    self.regions = regions
    self.mutationCap = mutationCap
    self.attemptCap = attemptCap
  }

  public func plan(_ name: String) -> Plan? { plans.first { $0.name == name } }
}

/// Why a workflow, a playbook and a catalogue do not fit together. Each names what is missing.
public enum WorkflowError: Error, Hashable, Sendable, CustomStringConvertible {
  case intentionWithoutActs(Name)
  case unknownOperation(act: Name, operation: Name)
  case stepBeforeItsRequirement(step: Name, requires: Name)
  case scopeNotGranted(step: Name, operation: Name, scope: Name)
  case repeatedAct(Name)
  case unknownAct(in: Name, name: Name)

  public var description: String {
    switch self {
    case .intentionWithoutActs(let step): "no playbook entry for the step \(step)"
    case .unknownOperation(let act, let operation): "\(act) calls \(operation), which no system offers"
    case .stepBeforeItsRequirement(let step, let requires): "\(step) runs before \(requires), which it requires"
    case .scopeNotGranted(let step, let operation, let scope):
      "\(step) calls \(operation) but its principal lacks the scope \(scope)"
    case .repeatedAct(let act): "two acts are named \(act)"
    case .unknownAct(let act, let name): "\(act) refers to \(name), which is no act"
    }
  }
}
