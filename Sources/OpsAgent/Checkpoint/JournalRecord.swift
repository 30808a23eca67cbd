// What the agent writes down. The journal of a run is a list of these; state is their fold.

import Operations
import Primitives

/// One entry of a run's journal. What is large and rare is kept apart, since journals are copied and compared.
public enum JournalRecord: Hashable, Sendable {
  /// The run begins under this workflow version.
  case opened(Opening)
  /// What is about to be sent. Without a result after it, its outcome is unknown.
  case intent(Intent)
  /// An act is done; the facts hold every id the system returned.
  case result(act: Int, facts: Fields, isAdopted: Bool, at: Instant)
  case skipped(act: Int)
  /// The system refused an act; nothing of it exists.
  case refused(act: Int, reason: String, at: Instant)
  /// What an act began came to a bad end; it and the acts up to `through` begin anew with new keys.
  case restarted(act: Int, through: Int, at: Instant)
  indirect case decided(DecisionQuery, Decision, at: Instant)
  /// From here on the run goes backward.
  case turned(reason: String, at: Instant)
  /// The act is about to be taken back.
  case undoing(act: Int, operation: Name, arguments: Fields, at: Instant)
  /// The act was taken back; unless final, a late arrival is still possible and is looked for.
  case undone(act: Int, isFinal: Bool, at: Instant)
  case audit(AuditEntry)
  case finished(Claim, at: Instant)
  /// A person ordered, for the n-th time, that the run goes on from where it was handed over.
  case takenUp(order: Int, at: Instant)
  /// After that order the world agrees with this journal again.
  case verified(at: Instant)

  /// When it was written; nil for a skipped act, which took no time.
  public var at: Instant? {
    switch self {
    case .opened(let opening): opening.at
    case .intent(let intent): intent.at
    case .audit(let entry): entry.at
    case .skipped: nil
    case .result(_, _, _, let at), .refused(_, _, let at), .restarted(_, _, let at), .decided(_, _, let at),
      .turned(_, let at), .undoing(_, _, _, let at), .undone(_, _, let at), .finished(_, let at), .takenUp(_, let at),
      .verified(let at):
      at
    }
  }
}

/// The first entry of a journal.
public struct Opening: Hashable, Sendable {
  public var workflow: Name
  public var version: Int
  public var input: Fields
  public var replica: Name
  public var at: Instant
  /// The version of the decider's instructions.
  public var prompt: Int

  public init(workflow: Name, version: Int, input: Fields, replica: Name, at: Instant, prompt: Int = 1) {
    self.workflow = workflow
    self.version = version
    self.input = input
    self.replica = replica
    self.at = at
    self.prompt = prompt
  }
}

/// A side effect that is about to be sent.
public struct Intent: Hashable, Sendable {
  /// Position of the act in the compiled workflow.
  public var act: Int
  /// Grows with each new attempt after a failure that is known; part of the key.
  public var generation: Int
  public var operation: Name
  public var arguments: Fields
  public var key: String
  public var at: Instant

  public init(act: Int, generation: Int, operation: Name, arguments: Fields, key: String, at: Instant) {
    self.act = act
    self.generation = generation
    self.operation = operation
    self.arguments = arguments
    self.key = key
    self.at = at
  }
}

/// Who did what, under which authority, with which outcome.
public struct AuditEntry: Hashable, Sendable {
  public var act: Int
  public var operation: Name
  public var principal: Name
  public var outcome: Outcome
  public var at: Instant

  public enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    case done = 1
    case refused = 2
    case unknown = 3
    case adopted = 4
    case takenBack = 5
    /// It is about to be sent; another entry tells how it went.
    case sent = 6
  }

  public init(act: Int, operation: Name, principal: Name, outcome: Outcome, at: Instant) {
    self.act = act
    self.operation = operation
    self.principal = principal
    self.outcome = outcome
    self.at = at
  }
}
