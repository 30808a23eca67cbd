// The vocabulary of a run's trace: everything that happens, in one typed list.

import Operations
import Primitives
import Simulation

/// Something that happened in a run. Oracles, timelines and hashes are made of these and nothing else.
///
/// Events are passed along by the hundred, so what is large and rare is kept apart.
public enum WorldEvent: Hashable, Sendable {
  case processStarted(ProcessID, trigger: Name)
  case processCrashed(ProcessID)
  case processPaused(ProcessID, until: Landmark)
  case processResumed(ProcessID)
  /// A wire attempt left the caller.
  case sent(Wire, request: Request, step: Name, isCompensation: Bool)
  /// It reached the system and was handled; `isCopy` for a delivery that the network made up.
  case handled(Wire, response: Response, isCopy: Bool)
  /// One change of a system's state.
  case effect(Effect)
  /// A wire attempt ended at the caller: what the client library sees.
  case attemptEnded(Wire, Answer)
  /// A logical call ended: what the agent sees.
  case answered(CallID, operation: Name, Answer)
  /// A choice was answered otherwise than by default.
  case fault(FaultRecord)
  /// A store transaction was done.
  case stored(ProcessID, label: Name, isWrite: Bool)
  /// That transaction was the write of a process that had lost the run to another.
  case staleWrite(ProcessID, label: Name, StaleWrite)
  /// A store transaction failed for its caller.
  case storeFailed(ProcessID, label: Name, StoreFailure)
  /// A decider was asked and answered; nil: as the agent's own decider says.
  indirect case decided(ProcessID, Decided)
  case observed(ProcessID, Observation)
  /// A system sent a message by itself.
  indirect case delivered(Delivery, to: Name)
  /// Somebody who is no agent did something by hand, or tried to.
  case acted(Name, request: Request, response: Response)
  /// A person did something with the run that this process handed over.
  case desk(Name, DeskStep, ProcessID)
  indirect case claimed(ProcessID, Claim)
  /// A process ended without a claim of its own: another replica has the work.
  case stoodDown(ProcessID)
  /// The run has to be ended although this process has said nothing: what it was doing, in words.
  case leftOpen(ProcessID, doing: String)
  /// The run is over: nothing is under way, or a limit was hit.
  case ended(EndReason)
}

/// One wire attempt of one logical call.
public struct Wire: Hashable, Sendable, StableHashable {
  public var call: CallID
  /// From 1.
  public var attempt: UInt8

  public init(call: CallID, attempt: UInt8) {
    self.call = call
    self.attempt = attempt
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(call)
    hasher.combine(UInt64(attempt))
  }
}

/// A decision as it was taken.
public struct Decided: Hashable, Sendable, StableHashable {
  /// The step at which it was taken, `triage`.
  public var point: Name
  /// What was chosen; nil: what the agent's own decider says.
  public var answer: Name?
  /// What the agent's own decider said, where that was known beforehand.
  public var proposal: Name?
  /// What there was to choose from.
  public var alternatives: [Name]
  /// What the choice rests on; nil where the agent gives no account of it.
  public var grounds: Grounds?

  public init(
    point: Name, answer: Name?, proposal: Name? = nil, alternatives: [Name] = [], grounds: Grounds? = nil
  ) {
    self.point = point
    self.answer = answer
    self.proposal = proposal
    self.alternatives = alternatives
    self.grounds = grounds
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(point)
    hasher.combine(answer?.hash ?? 0)
    hasher.combine(proposal?.hash ?? 0)
    hasher.combine(alternatives)
    hasher.combine(grounds)
  }
}

/// Where late requests arrive and paused processes wake: moments, not made-up durations.
public enum Landmark: String, Hashable, Sendable, CaseIterable {
  case afterTimeout = "after-timeout"
  case afterRetry = "after-retry"
  case afterCompensation = "after-compensation"
  case afterRestart = "after-restart"
  case afterTakeover = "after-takeover"
  case afterKeyWindow = "after-key-window"
  case atEnd = "at-end"
}

/// A fault as it was injected.
public struct FaultRecord: Hashable, Sendable {
  public var site: Site
  /// The answer's name, `response-lost`.
  public var answer: Name

  public init(site: Site, answer: Name) {
    self.site = site
    self.answer = answer
  }
}

/// Why a run ended.
public enum EndReason: Hashable, Sendable {
  /// Every process made its claim and nothing is under way.
  case quiet
  /// Nothing is under way, but some process never made a claim.
  case stalled
  /// Faults had stopped, things went on happening, and nothing new came of them for longer than ``Liveness`` allows.
  case livelocked
  /// A limit of the scenario or of the harness was hit: `virtual_time`, `events`.
  case limit(Name)
}

extension WorldEvent {
  /// The process that it is about, where it is about one.
  package var process: ProcessID? {
    switch self {
    case .processStarted(let process, _), .processCrashed(let process), .processPaused(let process, _),
      .processResumed(let process), .stored(let process, _, _), .staleWrite(let process, _, _),
      .storeFailed(let process, _, _), .decided(let process, _), .observed(let process, _), .claimed(let process, _),
      .stoodDown(let process), .leftOpen(let process, _), .desk(_, _, let process):
      process
    case .sent, .handled, .attemptEnded, .answered, .effect:
      call.map { ProcessID(index: $0.process, incarnation: $0.incarnation) }
    case .fault, .delivered, .acted, .ended: nil
    }
  }

  /// The logical call that it is about, where it is about one.
  package var call: CallID? {
    switch self {
    case .sent(let wire, _, _, _), .handled(let wire, _, _), .attemptEnded(let wire, _): wire.call
    case .answered(let call, _, _): call
    case .effect(let effect): effect.cause
    default: nil
    }
  }
}
