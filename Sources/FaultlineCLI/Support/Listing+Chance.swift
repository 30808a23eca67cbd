// The faults that can be injected and the oracles that judge.

import Faultline
import Primitives
import Reporting
import Simulation

extension Listing {
  static func faults() -> [Listing] {
    names(of: RequestFault.self, bending: .request) + names(of: AnswerFault.self, bending: .answer)
      + names(of: KeyFault.self, bending: .key) + names(of: ReadFault.self, bending: .read)
      + names(of: LifecycleFault.self, bending: .lifecycle) + names(of: SchemaFault.self, bending: .schema)
      + names(of: OutsideFault.self, bending: .outside) + names(of: MessageFault.self, bending: .message)
      + names(of: CrashFault.self, bending: .crash) + names(of: FlightFault.self, bending: .crash)
      + names(of: StoreFault.self, bending: .store)
      + names(of: VolumeFault.self, bending: .store) + names(of: ModelFault.self, bending: .decision)
  }

  private static func names<A: ChoiceAnswer>(of answers: A.Type, bending aspect: Aspect) -> [Listing] {
    A.allCases.filter { $0 != .benign }.map { answer in
      Listing(
        name: answer.name.text, detail: aspect.rawValue, summary: FaultText.summary(of: answer.name),
        fields: [.init("aspect", .text(aspect.rawValue))])
    }
  }

  static func oracles() -> [Listing] {
    OracleCatalogue.all.map { entry in
      Listing(
        name: entry.name.text, detail: entry.kind.rawValue, summary: entry.summary,
        fields: [
          .init("judges", .text(entry.kind == .harm ? "every agent" : "agents that declare the practice")),
          .init("practice", .text(entry.practice?.rawValue)),
        ])
    }
  }
}

/// What each fault does, in one sentence: what the caller sees, and what is true.
private enum FaultText {
  static func summary(of name: Name) -> String {
    switch name.text {
    case "rate-limited": "The limiter turns the request away: the caller sees 429 or 503, nothing was done."
    case "request-lost": "The request never arrives: the caller sees a timeout, nothing was done."
    case "duplicate-delivery": "The network delivers the request twice: the caller sees one answer."
    case "outage": "The system's front end is down for a while: the caller sees 503, nothing was done."
    case "compensation-refused": "The system refuses to take something back, for a reason that it documents."
    case "laggy-limiter":
      "The limiter counts late: it lets the request through, then refuses for longer than it announces."
    case "credential-expired": "The caller's credential has expired: nothing is done for it until it is renewed."
    case "late-arrival:after-timeout": "The request arrives when the caller has given up, and is done then."
    case "late-arrival:after-retry": "The request arrives after the caller's next attempt, and is done then."
    case "late-arrival:after-compensation": "The request arrives after the caller took it back, and is done then."
    case "late-arrival:after-restart": "The request arrives after the caller's process started again."
    case "late-arrival:at-end": "The request arrives when everything else is over, and is done then."
    case "response-lost": "The system did it, and the answer never comes: the caller sees a timeout."
    case "error-after-commit": "The system did it, and its front end answers 500."
    case "truncated-response": "The system did it, and the answer is cut off: the caller can't read it."
    case "slow-response": "The system is done only after the caller hung up: it sees a timeout, then \"in progress\"."
    case "key-expired":
      "The system did it, and the caller sees its timeout only when the system has forgotten the key."
    case "key-store-split": "A repeated key meets a shard that does not know it: done again, and called a replay."
    case "key-scope-change": "A failover moves a repeated request to where its key is another one: done again."
    case "schema-drift:renamed-field": "From here on the system's answers call the id by another name."
    case "schema-drift:new-value": "From here on the system's answers hold states that nobody has documented."
    case "schema-drift:new-parameter": "From here on the operation asks for a parameter that nobody has documented."
    case "webhook-duplicate": "A system's message arrives twice, under one id."
    case "webhook-reordered": "A system's message takes as long as it may, and later ones arrive first."
    case "clock-jump:ahead": "The process's clock goes a day and two hours fast; nobody else's does."
    case "clock-jump:back": "The process's clock goes back ten minutes; nobody else's does."
    case "stale-read": "A lagging replica answers: the caller sees an older truth, or nothing."
    case "async-failure": "The system accepts the work and never finishes it."
    case "partial-batch": "The system does a part of what was asked for, and answers 2xx; all or nothing is refused."
    case "out-of-band-change:settled": "Before the request arrives, somebody does by hand what it asks for."
    case "out-of-band-change:altered": "Before the request arrives, somebody changes the object that it is about."
    case "out-of-band-change:removed": "Before the request arrives, somebody ends the object that it is about."
    case "crash:before": "The process dies before the request leaves, or before the transaction commits."
    case "crash:after": "The process dies after the request left, or after the transaction committed."
    case "crash:on-answer": "The process dies when the answer is there and not yet taken in."
    case "request-dropped": "A process of an agent dies, and with it another request that it had just sent."
    case "pause:after-timeout": "The process stops after sending until its deadline has passed, then goes on."
    case "pause:after-takeover": "The process stops, another takes over and finishes, then the first goes on."
    case "pause:after-takeover-unsent": "The same, stopped just before a request that it sends, or a store write, when it goes on."
    case "deploy:before": "The process is stopped before a transaction and starts under the agent's next release."
    case "deploy:after": "The same, when the transaction has committed."
    case "model-timeout": "The model gives no answer in time: nobody has decided."
    case "model-malformed": "The model's answer can't be read: nobody has decided."
    case "model-off-graph": "The model names a transition that it was not given, and is sure of it."
    case "model-low-confidence": "The model guesses, and says that it is not sure."
    case "model-flip-flop": "The model is half sure of another answer than it gives when it is asked again."
    case "model-refusal": "The model declines to answer: nobody has decided."
    case "model-injected": "The model does what a text that it was shown tells it to do."
    case "model-wrong-field:customer": "The model takes another customer for the ticket's, and is sure of it."
    case "model-wrong-field:plan": "The model takes another plan for the ticket's, and is sure of it."
    case "model-wrong-field:amount": "The model names an amount that the catalogue does not have for that plan."
    case "store-busy": "The agent's store is locked: the agent sees busy, nothing was written."
    case "store-full:after-retry": "The agent's volume has no room for this write, and has for the next."
    case "store-full:at-end": "The agent's volume is full from this write on to the end; it can still be read."
    case "store-io-error:before": "The agent's disk fails before it has written: the agent sees an I/O error."
    case "store-io-error:after": "The agent's disk fails when it has written: the agent sees an I/O error."
    case "store-lost-write": "At a restart the store's last write, which was reported as durable, is not there."
    case "store-stale-restore": "At a restart the volume is an older copy: the second half of its writes is gone."
    case "store-wiped": "At a restart the volume is a new one: the store is empty."
    default: ""
    }
  }
}
