// A scenario: the world, the intents, the faults and what is expected, before anything runs.

import Operations
import Primitives
import Simulation

/// A situation to put an agent into, as read from a YAML file.
public struct Scenario: Sendable {
  /// The file's name without its extension, `timeout-after-create`.
  public var name: Name
  public var title: String
  public var source: Source?
  /// The systems of the world, in the order of their names.
  public var systems: [SystemChoice]
  /// When the run begins.
  public var start: Instant
  public var workflow: Name
  /// What the workflow is given: customer, plan, period, ticket text and so on.
  public var input: Fields
  public var isDryRun: Bool
  /// A script for the decider: what it says at a point, whatever it would have said by itself.
  public var decisions: [ScriptedDecision]
  /// What was done before the run begins: requests that made what the systems hold then, in order.
  public var given: [GivenCall]
  /// Everything that may exist afterwards. A mutation that no intent claims is an unintended effect.
  public var intents: [Intent]
  /// What nobody wrote into a tool description.
  public var rules: [Rule]
  /// What people and automations do of their own accord.
  public var people: [ScriptedAct]
  /// Who takes over what the agent hands over; nil where nobody answers within the run.
  public var desk: Desk?
  public var faults: Plan
  public var limits: Limits
  /// How many processes of the agent there are, under which releases, and who starts them.
  public var rollout: Rollout
  /// Practices that the scenario demands of every agent.
  public var requires: [Practice]
  /// What a campaign of random runs has to touch at least once, as ``Marks`` names it.
  public var covers: [Name]
  /// The principals of the world with the scopes that they were granted; the first is the widest one the
  /// workflow may use.
  public var principals: [Principal]
  public var expectations: [Expectation]
  /// The path it was read from, as the user gave it.
  public var path: String
  /// Covers the file and every file that it names; 0 where it was not read from a file.
  public var digest: UInt64

  public init(
    name: Name, title: String, source: Source? = nil, systems: [SystemChoice], start: Instant, workflow: Name,
    input: Fields, isDryRun: Bool = false, decisions: [ScriptedDecision] = [], given: [GivenCall] = [],
    intents: [Intent], rules: [Rule] = [], people: [ScriptedAct] = [], desk: Desk? = nil, faults: Plan = Plan(),
    limits: Limits = Limits(), requires: [Practice] = [],
    covers: [Name] = [], principals: [Principal] = [], expectations: [Expectation] = [], path: String = "",
    digest: UInt64 = 0, rollout: Rollout = Rollout()
  ) {
    self.name = name
    self.title = title
    self.source = source
    self.systems = systems
    self.start = start
    self.workflow = workflow
    self.input = input
    self.isDryRun = isDryRun
    self.decisions = decisions
    self.given = given
    self.intents = intents
    self.rules = rules
    self.people = people
    self.desk = desk
    self.faults = faults
    self.limits = limits
    self.requires = requires
    self.covers = covers
    self.principals = principals
    self.expectations = expectations
    self.path = path
    self.digest = digest
    self.rollout = rollout
  }

  /// The workflow run's name in every site: `customer-onboarding:acme`.
  public var run: Name { Name("\(workflow):\(input.text("customer") ?? "run")") }

  /// One line of a decider's script.
  public struct ScriptedDecision: Hashable, Sendable {
    /// The step or fork at which the agent asks, `triage`.
    public var point: Name
    /// The transition that it is told, on the workflow's graph or off it.
    public var answer: Name

    public init(point: Name, answer: Name) {
      self.point = point
      self.answer = answer
    }
  }

  /// Where a war story comes from and how far it can be trusted.
  public struct Source: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable { case primary, reported, unconfirmed, constructed }
    public var kind: Kind
    public var url: String?
    public var note: String?

    public init(kind: Kind, url: String?, note: String?) {
      self.kind = kind
      self.url = url
      self.note = note
    }
  }

  /// One system of the world: `cloud: ec2` with options.
  public struct SystemChoice: Hashable, Sendable {
    public var system: Name
    public var profile: Name
    public var options: Fields

    public init(system: Name, profile: Name, options: Fields = [:]) {
      self.system = system
      self.profile = profile
      self.options = options
    }
  }

  public struct Limits: Hashable, Sendable {
    public var virtualTime: TimeSpan
    /// Mutations that one run may make; more is `blast-radius-exceeded`.
    public var mutations: Int
    /// Wire attempts that one intent may cost; more is a `retry-storm`.
    public var attemptsPerIntent: Int
    public var events: Int

    public init(
      virtualTime: TimeSpan = .hours(24), mutations: Int = 40, attemptsPerIntent: Int = 12, events: Int = 5_000
    ) {
      self.virtualTime = virtualTime
      self.mutations = mutations
      self.attemptsPerIntent = attemptsPerIntent
      self.events = events
    }
  }

  /// What one agent must do here.
  public struct Expectation: Hashable, Sendable {
    public var agent: Name
    public var without: [Name]
    /// The endings that are allowed; empty where only violations are expected.
    public var ends: [Ending]
    /// The oracles that must fire; empty for none.
    public var violates: [Name]
    /// Whether oracles beside the listed ones may fire too; a file that lists any allows it unless it says no.
    public var allowsMore: Bool
    /// How many findings the audit has; nil where that is not the point.
    public var auditFindings: Int?
    /// Why another ending than completed is right here.
    public var because: String?

    public init(
      agent: Name, without: [Name] = [], ends: [Ending] = [], violates: [Name] = [], allowsMore: Bool = false,
      auditFindings: Int? = nil, because: String? = nil
    ) {
      self.agent = agent
      self.without = without
      self.ends = ends
      self.violates = violates
      self.allowsMore = allowsMore
      self.auditFindings = auditFindings
      self.because = because
    }
  }
}

/// An effect that the business wants, however often and under whatever key the agent asks for it.
public struct Intent: Hashable, Sendable {
  public var name: Name
  /// `cloud.cluster`
  public var kind: Name
  /// The natural key of the customer or parent that it is for.
  public var owner: Name
  /// How many there shall be when the goal holds. A lower bound of 0 makes it optional.
  public var times: ClosedRange<Int>
  /// `2026-11`; effects of another period belong to another intent.
  public var period: Name?
  /// What all of them together may cost.
  public var total: Money?
  /// Attributes that the effect must have to belong to this intent.
  public var selector: Fields
  /// Whether it wants all of them gone that were there before the run: the goal of an offboarding.
  public var isRemoval: Bool
  /// Intents that this one's object lives in: `cluster` needs `network`. A rollback takes back the
  /// dependent one first.
  public var dependsOn: [Name]

  public init(
    name: Name, kind: Name, owner: Name, times: ClosedRange<Int> = 1...1, period: Name? = nil,
    total: Money? = nil, selector: Fields = [:], isRemoval: Bool = false, dependsOn: [Name] = []
  ) {
    self.name = name
    self.kind = kind
    self.owner = owner
    self.times = times
    self.period = period
    self.total = total
    self.selector = selector
    self.isRemoval = isRemoval
    self.dependsOn = dependsOn
  }
}
