// Any event of a trace in one plain line; what `--all` shows and what a difference between two traces is shown by.

import Faultline
import Operations
import Primitives

/// Writes events as lines.
public enum EventText {
  /// The event in one line, safe to print.
  public static func line(_ event: WorldEvent) -> String {
    Words.printable(raw(event))
  }

  private static func raw(_ event: WorldEvent) -> String {
    switch event {
    case .processStarted(let process, let trigger): "\(name(process)) starts: \(trigger)"
    case .processCrashed(let process): "\(name(process)) crashes"
    case .processPaused(let process, let landmark): "\(name(process)) stops until \(landmark.rawValue)"
    case .processResumed(let process): "\(name(process)) goes on"
    case .sent(let wire, let request, let step, let isCompensation):
      "sent \(name(wire)) \(request.operation) \(request.arguments)"
        + (request.idempotencyKey.map { " key \($0)" } ?? "") + (step.text.isEmpty ? "" : " step \(step)")
        + (isCompensation ? " (takes back)" : "")
    case .handled(let wire, let response, let isCopy):
      "handled \(name(wire))\(isCopy ? " (copy)" : ""): \(text(response))"
    case .effect(let effect):
      "effect \(text(effect)) by \(effect.cause.map { name($0) } ?? effect.principal?.text ?? "itself")"
    case .attemptEnded(let wire, let answer): "attempt \(name(wire)) ends: \(text(answer))"
    case .answered(let call, let operation, let answer): "\(name(call)) \(operation) answered: \(text(answer))"
    case .fault(let record): "fault \(record.answer) at \(record.site)"
    case .stored(let process, let label, let isWrite): "\(name(process)) \(isWrite ? "writes" : "reads") \(label)"
    case .staleWrite(let process, let label, let outcome):
      "\(name(process)) has lost the run to another, and its write \(label) is \(outcome.rawValue)"
    case .storeFailed(let process, let label, let failure):
      "\(name(process)) can't use its store for \(label): \(failure.rawValue)"
    case .decided(let process, let decided):
      "\(name(process)) decides at \(decided.point): \(decided.answer?.text ?? "as its own decider says")"
    case .observed(let process, let observation): "\(name(process)) \(text(observation))"
    case .delivered(let delivery, let recipient): "message \(delivery.topic) \(delivery.id) to \(recipient)"
    case .acted(let who, let request, let response):
      "by hand: \(who) \(request.operation) \(request.arguments): \(text(response))"
    case .desk(let who, let step, let process): "\(who) \(text(step)) \(name(process))"
    case .claimed(let process, let claim): "\(name(process)) says: \(claim.ending.rawValue), \"\(claim.text)\""
    case .stoodDown(let process): "\(name(process)) stands down: another replica has the work"
    case .leftOpen(_, let doing): "left open: \(doing)"
    case .ended(let reason): text(reason)
    }
  }

  /// What a person at the desk does with what was handed over, as a verb.
  static func text(_ step: DeskStep) -> String {
    switch step {
    case .claimed: "takes in hand what was handed over by"
    case .closed: "closes the run of"
    case .resumed: "has it go on:"
    }
  }

  static func name(_ process: ProcessID) -> String { "agent-\(process.index)~\(process.incarnation)" }

  static func name(_ call: CallID) -> String { "agent-\(call.process)~\(call.incarnation)#\(call.number)" }

  static func name(_ wire: Wire) -> String { "\(name(wire.call)).\(wire.attempt)" }

  static func text(_ answer: Answer) -> String {
    switch answer {
    case .response(let response): text(response)
    case .none(let absence): absence.rawValue
    }
  }

  static func text(_ response: Response) -> String {
    response.error.map { "\(response.status) \($0.code)" } ?? "\(response.status) \(response.body)"
  }

  static func text(_ effect: Effect) -> String {
    "\(effect.kind) \(effect.object) \(effect.change.rawValue)" + (effect.owner.map { " for \($0)" } ?? "")
      + (effect.amount.map { " \($0)" } ?? "") + (effect.attributes.isEmpty ? "" : " \(effect.attributes)")
  }

  static func text(_ observation: Observation) -> String {
    switch observation {
    case .transition(let from, let to, let isAllowed): "moves \(from) -> \(to)\(isAllowed ? "" : " (off the graph)")"
    case .guardChecked(let step, let holds): "checks \(step): \(holds ? "holds" : "does not hold")"
    case .audited(let ticket): "writes an audit entry for its call \(ticket)"
    case .compensating(let step): "takes back \(step)"
    case .adopted(let step, let object): "\(step): takes \(object) for its own"
    case .readBack(let step, let found): "\(step): looks whether it happened: \(found ? "found" : "not found")"
    case .mark(let name): "\(name)"
    }
  }

  static func text(_ reason: EndReason) -> String {
    switch reason {
    case .quiet: "nothing is left to happen"
    case .stalled: "nothing is left to happen, and the agent never said how it ended"
    case .livelocked: "stopped: what goes on leads to nothing new"
    case .limit(let name): "stopped by the limit \(name)"
    }
  }
}
