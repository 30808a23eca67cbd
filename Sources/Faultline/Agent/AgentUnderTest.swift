// The contract between the world and any agent that is put into it.

import Operations
import Primitives
import Simulation

/// A kind of agent that can be put into a world: the reference, naive, yours.
///
/// The world never looks inside. It hands over inputs, takes commands, and may end or pause a process
/// at any command; what the agent remembers across that is its own business.
public protocol AgentUnderTest: Sendable {
  /// The name users type after `--agent`.
  var name: Name { get }
  /// One sentence for `faultline list agents`.
  var summary: String { get }
  /// The safeguards that were removed from it, by name.
  var without: [Name] { get }
  /// What the agent declares about itself; contract oracles judge these and advise on the others.
  var practices: Set<Practice> { get }
  /// What its runs may touch beside faults and crash points, as ``Marks`` names it; campaigns list those that were
  /// never touched.
  var marks: [Name] { get }
  /// The same for runs of one workflow.
  func marks(in workflow: Name) -> [Name]
  /// How its client library sends calls.
  var client: ClientPolicy { get }
  /// Whether its supervisor may start a process beside one that stopped answering. An agent that takes no lease is
  /// deployed so that it never has two.
  var runsReplicas: Bool { get }
  /// Whether its processes can be stopped and go on later.
  var isPausable: Bool { get }
  /// Whether it can be deployed once for each of several workflows that are under way at once. Where it can't, a world
  /// has the scenario's own workflow alone.
  var servesSeveral: Bool { get }
  /// Whether its processes are outside this one, and can die at any moment and not only at their commands.
  var isOutside: Bool { get }
  /// Sets the agent up for one run, with an empty store.
  func deploy(_ task: AgentTask) throws -> any AgentDeployment
}

extension AgentUnderTest {
  public var marks: [Name] { [] }
  public func marks(in workflow: Name) -> [Name] { marks }
  public var runsReplicas: Bool { true }
  public var isPausable: Bool { true }
  public var servesSeveral: Bool { true }
  public var isOutside: Bool { false }
}

/// A practice that an agent may declare or a scenario may demand; each switches contract oracles from
/// advice to judgement.
public enum Practice: String, Hashable, Sendable, CaseIterable {
  case keyedMutations = "keyed-mutations"
  case auditLog = "audit-log"
  case guards = "guards"
  case dryRun = "dry-run"
  case closedTransitions = "closed-transitions"
  case escalationContext = "escalation-context"
  case compensateBeforeRetry = "compensate-before-retry"
}

/// What a run asks of the agent.
public struct AgentTask: Hashable, Sendable {
  /// The workflow's name, `customer-onboarding`.
  public var workflow: Name
  /// The workflow run, `onboarding:acme`; part of every site.
  public var run: Name
  /// Customer, plan, period, ticket id and whatever else the scenario's input says.
  public var input: Fields
  public var catalogue: Catalogue
  /// Plan the effects, cause none.
  public var isDryRun: Bool
  /// Principals that the scenario set up, with the scopes that each was granted.
  public var principals: [Principal]
  /// The rules of the house that the deployment is told.
  public var rules: [Scenario.Rule]
  /// How many mutations the run may make.
  public var mutationLimit: Int
  /// The release that each process starts under, by its index and from 1; the first where nothing is said.
  public var releases: [Int]
  /// Where the agent's own draws come from: jitter, keys of its own making. A function of the seed.
  public var entropy: Draw

  public init(
    workflow: Name, run: Name, input: Fields, catalogue: Catalogue, isDryRun: Bool = false,
    principals: [Principal], rules: [Scenario.Rule] = [], mutationLimit: Int = Scenario.Limits().mutations,
    releases: [Int] = [], entropy: Draw = Draw(word: 0)
  ) {
    self.workflow = workflow
    self.run = run
    self.input = input
    self.catalogue = catalogue
    self.isDryRun = isDryRun
    self.principals = principals
    self.rules = rules
    self.mutationLimit = mutationLimit
    self.releases = releases
    self.entropy = entropy
  }

  public static func == (a: AgentTask, b: AgentTask) -> Bool {
    a.workflow == b.workflow && a.run == b.run && a.input == b.input && a.isDryRun == b.isDryRun
      && a.principals == b.principals && a.rules == b.rules && a.mutationLimit == b.mutationLimit
      && a.releases == b.releases && a.entropy == b.entropy
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(run) }
}

/// A service principal and what it may do.
public struct Principal: Hashable, Sendable {
  public var name: Name
  public var scopes: [Name]

  public init(_ name: Name, scopes: [Name]) {
    self.name = name
    self.scopes = scopes
  }
}

/// How a client library carries a logical call over the wire.
public struct ClientPolicy: Hashable, Sendable {
  /// Wire attempts for one logical call, all with the same key; 1 for no retries below the agent.
  public var attempts: Int
  /// How long one attempt may take.
  public var timeout: TimeSpan
  /// The pause before the second attempt; doubles with each further one.
  public var backoff: TimeSpan
  /// Whether the library makes up a key for each logical call that has none, as the AWS and Stripe SDKs
  /// do: its own attempts are then one, the agent's next logical call is not.
  public var generatesKeys: Bool

  public init(attempts: Int, timeout: TimeSpan, backoff: TimeSpan, generatesKeys: Bool = false) {
    self.attempts = attempts
    self.timeout = timeout
    self.backoff = backoff
    self.generatesKeys = generatesKeys
  }
}

/// The agent's processes and what they keep, for one run.
///
/// One value holds all replicas and the store that they share. A process is addressed by its index; a
/// restart begins a new incarnation of the same index. Deployments that are values can be forked with
/// the world; those that hold references say so and are run again from the start instead.
public protocol AgentDeployment: StableHashable {
  /// Whether copying this value copies the agent.
  var isForkable: Bool { get }

  /// Whether there is a release of the agent after the one that its processes start under, with other workflows or
  /// prompts: what ``Trigger/deploy`` brings.
  var hasNextRelease: Bool { get }

  /// What came of the last store operation where it was a write of a process that had lost the run to another; nil for
  /// any other, and where the store knows nobody who has the run.
  var staleWrite: StaleWrite? { get }

  /// Says whose turn it is: what is asked next without naming a process is asked for this one.
  mutating func attend(to process: ProcessID)

  /// Begins an incarnation: fresh memory, the store as it is.
  mutating func start(_ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand])

  /// Hands one input to a live process.
  mutating func resume(
    _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand])

  /// Whether its store can fail: whether it takes ``AgentInput/storeFailed(_:_:)``. No fault of the store is put into a
  /// deployment that does not.
  var takesStoreFailures: Bool { get }

  /// Does the store operation that the process asked for; ``AgentInput/stored(_:)`` follows unless the
  /// process dies in between, or ``AgentInput/storeFailed(_:_:)`` where a disk failed when it had written.
  mutating func perform(_ store: StoreCall, of process: ProcessID, at now: Instant)

  /// How many writes the store has seen; 0 where it can't be put back to an earlier one.
  var storeWrites: Int { get }

  /// Puts the store back to what it was after so many of its writes. No process runs then.
  mutating func restoreStore(writes: Int)

  /// Ends an incarnation: its memory is gone, what it did not make durable is lost.
  mutating func crash(_ process: ProcessID)

  /// What the agent thought it was doing, line by line, from its store alone.
  func explanation() -> [String]
}

extension AgentDeployment {
  public var hasNextRelease: Bool { false }
  public var staleWrite: StaleWrite? { nil }
  public var takesStoreFailures: Bool { false }
  public var storeWrites: Int { 0 }
  public mutating func attend(to process: ProcessID) {}
  public mutating func restoreStore(writes: Int) {}
}

/// One incarnation of one process.
public struct ProcessID: Hashable, Sendable, StableHashable {
  /// 0 for `agent-0`. Each of several workflows that are under way at once has sixteen numbers of its own:
  /// ``workflow``.
  public var index: UInt8
  /// From 1.
  public var incarnation: UInt8

  public init(index: UInt8, incarnation: UInt8) {
    self.index = index
    self.incarnation = incarnation
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(UInt64(index) << 8 | UInt64(incarnation))
  }
}

/// Why a process starts.
public enum Trigger: Hashable, Sendable {
  /// A system's message, such as a ticket's webhook, started it.
  case delivery(Delivery)
  /// The supervisor started it again after a crash.
  case restart
  /// The supervisor started it beside a process that stopped answering.
  case takeover
  /// A deploy stopped the last incarnation; this one, and every process from now on, runs the agent's next release.
  case deploy
  /// A person who had the run in hand has ordered that it goes on.
  case resume

  public var name: Name {
    switch self {
    case .delivery(let delivery): delivery.topic
    case .restart: "restart"
    case .takeover: "takeover"
    case .deploy: "deploy"
    case .resume: "resume"
    }
  }
}

/// What the world tells a process.
public enum AgentInput: Hashable, Sendable {
  /// The answer to the logical call with this ticket.
  case answered(UInt32, Answer)
  /// The store operation with this ticket is done.
  case stored(UInt32)
  /// The store operation with this ticket failed.
  case storeFailed(UInt32, StoreFailure)
  /// The timer with this ticket rang.
  case woke(UInt32)
  /// What to do at the decision with this ticket, or by name the ``ModelFault`` under which its decider answers; nil:
  /// what the agent's own decider says.
  case decided(UInt32, Name?)
}

/// What a process asks of the world.
public enum AgentCommand: Hashable, Sendable {
  case call(AgentCall)
  case store(StoreCall)
  case wait(ticket: UInt32, until: Instant)
  case decide(DecisionPoint)
  /// Something the agent lets be known: an audit entry, a guard that it checked. No answer follows.
  case observe(Observation)
  /// The end of this process's work, and what it says about it; nil where another replica has the work
  /// and this one claims nothing.
  indirect case finish(Claim?)
}

/// A logical call that a process makes. Tickets are the agent's own; they need to be unique within an
/// incarnation and come back with the answer.
public struct AgentCall: Hashable, Sendable {
  public var ticket: UInt32
  public var request: Request
  /// The workflow step it belongs to; empty where the agent has none.
  public var step: Name
  /// Whether the agent is taking something back.
  public var isCompensation: Bool

  public init(ticket: UInt32, request: Request, step: Name, isCompensation: Bool = false) {
    self.ticket = ticket
    self.request = request
    self.step = step
    self.isCompensation = isCompensation
  }
}

/// One transaction on the agent's store.
public struct StoreCall: Hashable, Sendable {
  public var ticket: UInt32
  /// What it is, as a crash point: `checkpoint:create-cluster.intent`, `load`, `lease`.
  public var label: Name
  public var isWrite: Bool
  /// How often its incarnation has passed this label by then; the world counts.
  var passage: UInt32 = 0

  public init(ticket: UInt32, label: Name, isWrite: Bool) {
    self.ticket = ticket
    self.label = label
    self.isWrite = isWrite
  }
}

/// What a store made of the write of a process that no longer has the run.
public enum StaleWrite: String, Hashable, Sendable, CaseIterable {
  /// It refused it.
  case refused
  /// It took it, although it had granted the run to another process since.
  case accepted
}

/// Why a store operation was not done, as its caller is told.
public enum StoreFailure: String, Error, Hashable, Sendable, CaseIterable {
  /// Somebody else holds the lock. Nothing was written.
  case busy
  /// There is no room. Nothing was written.
  case full
  /// The disk failed. Whether it had written is not known.
  case ioError = "io-error"
}

/// A place where a decider chooses what happens next.
public struct DecisionPoint: Hashable, Sendable {
  public var ticket: UInt32
  /// The step at which it is taken, `triage`.
  public var point: Name
  /// The transitions that the workflow allows there. Which of them is taken is a choice of the run.
  public var alternatives: [Name]
  /// What the agent's own decider says, where that is known beforehand: to say so from outside changes
  /// nothing. Nil: every alternative can make a difference.
  public var proposal: Name?
  /// What the choice rests on, for the run's log; nil where the agent gives no account of it.
  public var grounds: Grounds?
  /// The faults of its decider's model that can make a difference here, for an agent that can tell how its model would
  /// answer under them; one that is chosen comes back by its name.
  public var faults: Offer<ModelFault>
  /// How long its decider thinks, where nothing is wrong with it.
  public var thinking: TimeSpan
  /// The answers that take longer than that.
  public var delays: [Delay]

  /// That an answer is long in coming.
  public struct Delay: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// It comes in the last second in which the agent waits for it.
      case slow
      /// It comes when the agent has given up waiting: it hears that there is none, and later still the answer, under
      /// the same ticket.
      case late
      /// It never comes: the agent hears so once it gives up waiting.
      case never
    }

    /// Which answer; nil for the one that the agent's own decider gives.
    public var answer: Name?
    public var kind: Kind

    public init(_ answer: Name?, _ kind: Kind) {
      self.answer = answer
      self.kind = kind
    }
  }

  public init(
    ticket: UInt32, point: Name, alternatives: [Name], proposal: Name? = nil, grounds: Grounds? = nil,
    faults: Offer<ModelFault> = Offer(), thinking: TimeSpan = .milliseconds(1), delays: [Delay] = []
  ) {
    self.thinking = thinking
    self.delays = delays
    self.ticket = ticket
    self.point = point
    self.alternatives = alternatives
    self.proposal = proposal
    self.grounds = grounds
    self.faults = faults
  }
}

/// What an agent lets be known beside its calls.
public enum Observation: Hashable, Sendable {
  /// It moved along the workflow's graph; `isAllowed` is what the graph says about this edge.
  case transition(from: Name, to: Name, isAllowed: Bool)
  /// It checked the invariants of a step, before the side effect of that step.
  case guardChecked(step: Name, holds: Bool)
  /// It wrote an audit entry for its call with this ticket.
  case audited(ticket: UInt32)
  /// It began to take a step back.
  case compensating(step: Name)
  /// It took an object that was there already for its own, after comparing.
  case adopted(step: Name, object: String)
  /// It read back what an unanswered call had done.
  case readBack(step: Name, found: Bool)
  /// A path of its own that a campaign may want to see covered.
  case mark(Name)
}
