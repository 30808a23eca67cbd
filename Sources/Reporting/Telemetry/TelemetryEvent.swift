// What an event of a run is called in telemetry, and what it says there: the same on spans and in the log.

import Faultline
import Operations
import Primitives
import Simulation

/// An event's name and attributes.
struct TelemetryEvent {
  var name: String
  var attributes: Attributes

  init(_ name: String, _ attributes: Attributes = Attributes()) {
    self.name = "faultline.\(name)"
    self.attributes = attributes
  }

  // One case for each kind of event; each says all that the event holds.
  init(_ event: WorldEvent, in story: Story) {
    switch event {
    case .processStarted(_, let trigger): self.init("process.started", [TelemetryNames.trigger: .text(trigger)])
    case .processCrashed: self.init("process.crashed")
    case .processPaused(_, let landmark):
      self.init("process.paused", [TelemetryNames.landmark: .text(landmark.rawValue)])
    case .processResumed: self.init("process.resumed")
    case .sent(let wire, let request, let step, let isCompensation):
      self.init("call.sent", .call(request, step: step, isCompensation: isCompensation))
      attributes[TelemetryNames.resendCount] = wire.attempt > 1 ? .int(Int64(wire.attempt) - 1) : nil
    case .handled(_, let response, let isCopy):
      self.init("call.handled", .answer(.response(response)))
      attributes[TelemetryNames.isCopy] = isCopy ? .bool(true) : nil
    case .effect(let effect): self.init("effect", .effect(effect))
    case .attemptEnded(_, let answer): self.init("call.attempt_failed", .answer(answer))
    case .answered(_, let operation, let answer):
      self.init("call.answered", .answer(answer))
      attributes[TelemetryNames.toolName] = .text(operation)
      attributes[TelemetryNames.callOutcome] = .text(story.catalogue.outcome(of: answer).word)
    case .fault(let record): self.init("fault", .fault(record, in: story.verdict))
    case .stored(_, let label, let isWrite):
      self.init("stored", [TelemetryNames.storeLabel: .text(label), TelemetryNames.storeIsWrite: .bool(isWrite)])
    case .staleWrite(_, let label, let outcome):
      self.init(
        "stale_write",
        [TelemetryNames.storeLabel: .text(label), TelemetryNames.storeStaleWrite: .text(outcome.rawValue)])
    case .storeFailed(_, let label, let failure):
      self.init(
        "store_failed",
        [TelemetryNames.storeLabel: .text(label), TelemetryNames.errorType: .text(failure.rawValue)])
    case .decided(_, let decided): self.init("decided", .decision(decided))
    case .observed(_, let observation): self.init(observation)
    case .delivered(let delivery, let recipient):
      self.init(
        "message",
        [
          TelemetryNames.topic: .text(delivery.topic), TelemetryNames.messageID: .text(delivery.id),
          TelemetryNames.recipient: .text(recipient),
        ])
    case .acted(let who, let request, let response):
      self.init("acted", .call(request, step: "", isCompensation: false))
      attributes.add(.answer(.response(response)))
      attributes[TelemetryNames.person] = .text(who)
    case .desk(let who, let step, _):
      self.init("desk", [TelemetryNames.person: .text(who), TelemetryNames.deskStep: .text(step.rawValue)])
    case .claimed(_, let claim): self.init("claimed", .claim(claim))
    case .stoodDown: self.init("stood_down")
    case .leftOpen(_, let doing): self.init("left_open", [TelemetryNames.leftOpen: .text(doing)])
    case .ended(let reason): self.init("ended", [TelemetryNames.endReason: .text(reason.word)])
    }
  }

  private init(_ observation: Observation) {
    switch observation {
    case .transition(let from, let to, let isAllowed):
      self.init(
        "transition",
        [
          TelemetryNames.transitionFrom: .text(from), TelemetryNames.transitionTo: .text(to),
          TelemetryNames.transitionIsAllowed: .bool(isAllowed),
        ])
    case .guardChecked(let step, let holds):
      self.init("guard_checked", [TelemetryNames.step: .text(step), TelemetryNames.guardHolds: .bool(holds)])
    case .audited: self.init("audited")
    case .compensating(let step): self.init("compensating", [TelemetryNames.step: .text(step)])
    case .adopted(let step, let object):
      self.init("adopted", [TelemetryNames.step: .text(step), TelemetryNames.object: .text(object)])
    case .readBack(let step, let found):
      self.init("read_back", [TelemetryNames.step: .text(step), TelemetryNames.readBackFound: .bool(found)])
    case .mark(let name): self.init("mark", [TelemetryNames.mark: .text(name)])
    }
  }
}

extension Attributes {
  static func call(_ request: Request, step: Name, isCompensation: Bool) -> Attributes {
    [
      TelemetryNames.toolName: .text(request.operation),
      TelemetryNames.toolCallArguments: .fields(request.arguments),
      TelemetryNames.step: step.text.isEmpty ? nil : .text(step),
      TelemetryNames.isCompensation: isCompensation ? .bool(true) : nil,
      TelemetryNames.idempotencyKey: .text(request.idempotencyKey),
      TelemetryNames.fence: request.fence.map { .int($0) },
      TelemetryNames.principal: .text(request.principal),
    ]
  }

  static func answer(_ answer: Answer) -> Attributes {
    switch answer {
    case .none(let absence): [TelemetryNames.errorType: .text(absence.errorType)]
    case .response(let response):
      [
        TelemetryNames.statusCode: .int(Int64(response.status)),
        TelemetryNames.errorType: response.error == nil ? nil : .text(String(response.status)),
        TelemetryNames.vendorCode: response.error.map { .text($0.code) },
        TelemetryNames.vendorMessage: response.error.map { .text($0.message) },
        TelemetryNames.retryAfter: response.headers.int("retry-after").map { .int($0) },
        TelemetryNames.toolCallResult: response.body.isEmpty ? nil : .fields(response.body),
      ]
    }
  }

  static func effect(_ effect: Effect) -> Attributes {
    [
      TelemetryNames.backend: .text(effect.backend), TelemetryNames.effectKind: .text(effect.kind),
      TelemetryNames.effectChange: .text(effect.change.rawValue), TelemetryNames.effectObject: .text(effect.object),
      TelemetryNames.effectOwner: effect.owner.map { .text($0) },
      TelemetryNames.effectAmount: effect.amount.map { .text($0.description) },
      TelemetryNames.effectPrincipal: effect.principal.map { .text($0) },
    ]
  }

  static func fault(_ record: FaultRecord, in verdict: Verdict) -> Attributes {
    let outcome = verdict.faults.first { $0.record == record }
    return [
      TelemetryNames.faultName: .text(record.answer), TelemetryNames.faultSite: .text(record.site.description),
      TelemetryNames.faultTookEffect: outcome.map { .bool($0.tookEffect) },
    ]
  }

  /// What a decision rested on and what came of it.
  static func decision(_ decided: Decided) -> Attributes {
    let grounds = decided.grounds
    return [
      TelemetryNames.decisionPoint: .text(decided.point),
      TelemetryNames.decisionAlternatives: .list(decided.alternatives.map { .text($0) }),
      TelemetryNames.decisionChosen: (decided.answer ?? decided.proposal).map { .text($0) },
      TelemetryNames.decisionProposed: decided.proposal.map { .text($0) },
      TelemetryNames.decisionConfidence: grounds?.confidence.map { .int(Int64($0)) },
      TelemetryNames.decisionReason: grounds.flatMap { $0.reason.isEmpty ? nil : .text($0.reason) },
      TelemetryNames.decisionFacts: grounds.flatMap { $0.facts.isEmpty ? nil : .fields($0.facts) },
      TelemetryNames.decisionText: grounds.flatMap { $0.text.isEmpty ? nil : .text($0.text) },
      TelemetryNames.decisionFields: grounds.flatMap { $0.fields.isEmpty ? nil : .fields($0.fields) },
    ]
  }

  static func claim(_ claim: Claim) -> Attributes {
    func holdings(_ holdings: [Claim.Holding]) -> TelemetryValue? {
      holdings.isEmpty
        ? nil : .list(holdings.map { .text("\($0.kind) \($0.object ?? "of unknown id")") })
    }
    return [
      TelemetryNames.ending: .text(claim.ending.rawValue), TelemetryNames.claimText: .text(claim.text),
      TelemetryNames.claimReason: .text(claim.reason), TelemetryNames.claimNextAction: .text(claim.nextAction),
      TelemetryNames.claimHoldings: holdings(claim.holdings), TelemetryNames.claimPossibly: holdings(claim.possibly),
    ]
  }
}

extension Answer.Absence {
  /// A value for `error.type`, which is to be of few different values and without spaces.
  var errorType: String {
    switch self {
    case .timedOut: "timeout"
    case .connectionLost: "connection_lost"
    case .unreadable: "unreadable_response"
    }
  }
}

extension Answer {
  /// A value for `error.type`; nil where the answer is no error.
  var errorType: String? {
    switch self {
    case .none(let absence): absence.errorType
    case .response(let response): response.isSuccess ? nil : String(response.status)
    }
  }
}

extension Outcome {
  var word: String {
    switch self {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .notNow: "not-now"
    case .unknown: "unknown"
    }
  }
}

extension EndReason {
  var word: String {
    switch self {
    case .quiet: "quiet"
    case .stalled: "stalled"
    case .livelocked: "livelocked"
    case .limit(let name): "limit:\(name)"
    }
  }
}
