// The protective parts by the names users type, and how each is taken out.

import Primitives

/// One protective part of the reference agent.
///
/// Removing one puts what a hurried engineer would have written in its place. No part looks at this
/// enumeration: an agent is composed of ``AgentParts``, and ``remove(from:)`` composes it otherwise.
public enum Safeguard: String, Hashable, Sendable, CaseIterable {
  case persistedState = "persisted-state"
  case writeAheadIntent = "write-ahead-intent"
  case externalIDsAtOnce = "external-ids-at-once"
  case idempotencyKeys = "idempotency-keys"
  case readBack = "read-back"
  case preActionGuards = "pre-action-guards"
  case blastRadiusCap = "blast-radius-cap"
  case compensation
  case reverseOrderCompensation = "reverse-order-compensation"
  case idempotentCompensation = "idempotent-compensation"
  case boundedRetries = "bounded-retries"
  case honouredRetryAfter = "honoured-retry-after"
  case unknownIsNotFailed = "unknown-is-not-failed"
  case singleFlightLease = "single-flight-lease"
  case fencing
  case confidenceThreshold = "confidence-threshold"
  case closedTransitions = "closed-transitions"
  case escalationContext = "escalation-context"
  case dryRunIsolation = "dry-run-isolation"
  case scopedCredentials = "scoped-credentials"
  case optimisticConcurrency = "optimistic-concurrency"
  case versionPinning = "version-pinning"
  case pivotLast = "pivot-last"
  case auditLog = "audit-log"

  /// What it protects from, in one sentence.
  public var summary: String {
    switch self {
    case .persistedState: "A restarted agent goes on from its journal and does not start from the top."
    case .writeAheadIntent: "What is about to be sent is on disk before it is sent, so that no send is forgotten."
    case .externalIDsAtOnce: "An id that a system returned is on disk before anything else happens."
    case .idempotencyKeys: "Every attempt at one intention carries one key, so that a system executes it once."
    case .readBack: "After an unknown answer the system is asked by natural key what exists."
    case .preActionGuards: "Invariants are checked by a fresh read before each side effect."
    case .blastRadiusCap: "One run may send a bounded number of side effects."
    case .compensation: "A run that fails before the pivot takes back what it did."
    case .reverseOrderCompensation: "What was done last is taken back first, so that nothing depends on what goes."
    case .idempotentCompensation: "Taking back what is already gone succeeds, also after a crash half way."
    case .boundedRetries: "Retries are few, back off with jitter, and end."
    case .honouredRetryAfter: "A system that asks for a pause gets it."
    case .unknownIsNotFailed: "An answer that never came is not taken for a failure."
    case .singleFlightLease: "One replica works on a run at a time."
    case .fencing: "Writes of a replica that lost its lease are refused by the store and by systems that can."
    case .confidenceThreshold: "A decider that is not sure is not followed; a person is asked."
    case .closedTransitions: "A decider chooses among the graph's transitions, and nothing else is followed."
    case .escalationContext: "A hand-over says what exists, what possibly exists, and what to do next."
    case .dryRunIsolation: "A dry run calls nothing but reads."
    case .scopedCredentials: "Each step's calls carry a principal that may do that step and no more."
    case .optimisticConcurrency: "A change carries the version that was read, so that nobody's change is lost."
    case .versionPinning: "A run finishes under the workflow version that it began with."
    case .pivotLast: "What can't be taken back happens after everything that can fail."
    case .auditLog: "Each side effect leaves a record of who did what, why and with which outcome."
    }
  }

  /// Puts the plain alternative in this part's place.
  public func remove(from parts: inout AgentParts) {
    switch self {
    case .persistedState: parts.memory = .volatile
    case .writeAheadIntent: parts.intents = .unwritten
    case .externalIDsAtOnce: parts.results = .whenTheStepIsOver
    case .idempotencyKeys: parts.keys = .freshPerAttempt
    case .readBack: parts.readBack = .none
    case .preActionGuards: parts.guards = .trusting
    case .blastRadiusCap: parts.blastRadius = .unlimited
    case .compensation: parts.compensation = .skipped
    case .reverseOrderCompensation: parts.compensationOrder = .asDone
    case .idempotentCompensation: parts.compensationRepeats = .asIfFirst
    case .boundedRetries: parts.retries = .eager
    case .honouredRetryAfter: parts.pauses = .ownBackoff
    case .unknownIsNotFailed: parts.unknowns = .takenForFailure
    case .singleFlightLease: parts.flight = .free
    case .fencing: parts.fencing = .none
    case .confidenceThreshold: parts.confidence = .any
    case .closedTransitions: parts.transitions = .followed
    case .escalationContext: parts.handOver = .bare
    case .dryRunIsolation: parts.dryRun = .pivotOnly
    case .scopedCredentials: parts.credentials = .broad
    case .optimisticConcurrency: parts.concurrency = .lastWriteWins
    case .versionPinning: parts.versions = .newest
    case .pivotLast: parts.pivot = .whereAsked
    case .auditLog: parts.audit = .none
    }
  }

  /// The reference agent's parts without these safeguards.
  public static func without(_ removed: [Safeguard]) -> AgentParts {
    var parts = AgentParts.reference
    for safeguard in removed { safeguard.remove(from: &parts) }
    return parts
  }
}
