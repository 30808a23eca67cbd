// What goes into the orchestrator and what comes out of it. Between the two there is no I/O.

import Operations
import Primitives

/// The work that an agent is handed.
public struct RunRequest: Hashable, Sendable, StableHashable {
  /// The workflow run, `onboarding:acme`: the natural key of the work. Handing it in twice is one run.
  public var run: Name
  /// The facts it begins with: ticket, customer, plan, period.
  public var input: Fields
  public var isDryRun: Bool
  /// How many side effects this run may send, where that is less than the policy's cap.
  public var mutationCap: Int
  /// What the deployment was told about the house.
  public var rules: HouseRules
  /// How often a person has ordered that the run goes on after it was handed over; each order counts once.
  public var resumptions: Int

  public init(
    run: Name, input: Fields, isDryRun: Bool = false, mutationCap: Int = .max, rules: HouseRules = HouseRules(),
    resumptions: Int = 0
  ) {
    self.run = run
    self.input = input
    self.isDryRun = isDryRun
    self.mutationCap = mutationCap
    self.rules = rules
    self.resumptions = resumptions
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(run)
    hasher.combine(input)
    hasher.combine(isDryRun)
    hasher.combine(mutationCap)
    hasher.combine(rules)
    hasher.combine(resumptions)
  }
}

/// What happened, as the shell tells it.
public enum Event: Hashable, Sendable {
  /// A new incarnation begins; whether there was an earlier one is in the store.
  case started
  case leased(LeaseOutcome)
  case loaded([JournalRecord])
  case stored(StoreOutcome)
  case renewed(Lease?)
  /// The store did not do what this command asked for.
  indirect case failed(Command, StoreFailure)
  case answered(Answer)
  case decided(Decision)
  /// The decider gave no decision.
  case undecided(DecisionFailure)
  case woke
}

/// What the shell is to do. At most one of them asks for an event in return, and it comes last.
public enum Command: Hashable, Sendable {
  /// Ask the store for the run's lease. Answer: `leased`.
  case acquire(TimeSpan)
  /// Read the run's records. Answer: `loaded`.
  case load
  /// Append in one transaction, refused where the fence is older than the store's. Answer: `stored`.
  case store([JournalRecord], fence: Int64?)
  /// Extend the lease. Answer: `renewed`.
  case renew(Lease, TimeSpan)
  /// Answer: `answered`.
  case call(Call)
  /// Answer: `decided` or `undecided`.
  case decide(DecisionQuery)
  /// Answer: `woke`, not before then.
  case wait(until: Instant, why: Wait)
  /// Tell whoever listens; nothing follows.
  case note(Note)
  /// The run is over, with this word.
  case finish(Claim)
  /// This replica is out of the run, without a word on it.
  case leave(Leaving)
}

/// One logical call on its way to a system.
public struct Call: Hashable, Sendable {
  public var request: Request
  public var step: Name
  public var act: Name
  public var purpose: Purpose
  /// How often this agent has sent it in this incarnation, from 1.
  public var attempt: Int

  public enum Purpose: String, Hashable, Sendable, CaseIterable {
    case read, check, change, poll
    case readBack = "read-back"
    case undoLookup = "undo-lookup"
    case undo
    /// A look at what is there, before the run is handed over.
    case survey
    /// Another look at what a call without a key made.
    case review
    /// The removal of what a review found too much.
    case remove
    /// A look at what the journal says is done, after a person has had the run in hand.
    case verify
    /// A new credential, after one had expired.
    case renew
    /// A page to the owner of a step, and the look whether there is one already.
    case page
    case pageLookup = "page-lookup"

    /// Whether it changes anything.
    public var isMutation: Bool { self == .change || self == .undo || self == .remove || self == .page }
    /// Whether it takes something back.
    public var isCompensation: Bool { self == .undo || self == .remove }
  }
}

/// Why the agent waits.
public enum Wait: String, Hashable, Sendable, CaseIterable {
  case lease, backoff, poll
  /// Until the store can be used again.
  case store
  /// Until nothing sent before can still appear or be hidden.
  case settling
  /// Until changes are allowed again.
  case freeze
}

public enum Leaving: String, Hashable, Sendable, CaseIterable {
  case leaseLost = "lease-lost"
}

/// One side effect that a dry run holds back.
public struct PlannedEffect: Hashable, Sendable {
  public var step: Name
  public var act: Name
  public var operation: Name
  /// What is known of them beforehand: ids of what would first be made are missing.
  public var arguments: Fields
  public var principal: Name
  /// What makes it safe to send it again: a key, a unique name, or that it is idempotent; else it is looked up.
  public var protection: Act.Protection
  /// The operations that take it back, one for each state that it may be in; empty where none does.
  public var undo: [Name]
  /// Whether its step is behind the point of no return, or is that point.
  public var stage: Step.Stage
}

/// Something that the agent declares about itself while it works; contract oracles read these.
public enum Note: Hashable, Sendable {
  /// It goes from one step to another; `isAllowed` is what the graph says about that.
  case transition(from: Name, to: Name, isAllowed: Bool)
  /// A check before a side effect of the step was made by a fresh read, and held or did not.
  case guarded(step: Name, act: Name, check: Name, holds: Bool)
  /// The audit entry for the call that comes next was written.
  case audited(act: Name, operation: Name)
  /// It takes back this act.
  case compensating(act: Name)
  /// In a dry run: this would be sent.
  case planned(PlannedEffect)
  /// A journal was found and the run goes on from there.
  case resumed(step: Name)
  /// A person ordered that the run goes on, and the agent looks at the world before it does.
  case takenUp
  /// An object that was there already was compared and taken for this act's own.
  case adopted(act: Name, object: String)
  /// It looked what a call without an answer had done.
  case readBack(act: Name, found: Bool)
  /// It paged the owner of a step.
  case paged(owner: Name)
  /// It renewed a credential that had expired.
  case renewedCredential
  /// A part that holds the agent back did so: a cap was reached, a decision was not followed.
  case held(Safeguard)
  /// It hands over to a person; `hasContext` says whether with what exists.
  case escalated(hasContext: Bool)
}
