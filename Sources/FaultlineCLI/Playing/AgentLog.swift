// What a process of the agent does, one line for each step, for whoever watches it.

import OpsAgent
import OpsAgentProcess
import Operations
import Primitives

/// Words for people about what a process does and what comes of it.
enum AgentLog {
  /// Nil for what says nothing new.
  static func line(_ happening: AgentProcess.Happening) -> String? {
    switch happening {
    case .asked(let command): line(command)
    case .came(let event): line(event)
    }
  }

  private static func line(_ command: Command) -> String? {
    switch command {
    case .acquire: "asks for the run's lease"
    case .load: "reads the journal"
    case .store(let records, _): "writes \(records.count == 1 ? "a record" : "\(records.count) records")"
    case .renew: "extends the lease"
    case .call(let call):
      "calls \(call.request.operation) (\(call.purpose.rawValue) of \(call.act), attempt \(call.attempt))"
    case .decide(let query): "asks its decider at \(query.step): \(query.options.map(\.text).joined(separator: ", "))"
    case .wait(let until, let why): "waits until \(until): \(why.rawValue)"
    case .note(let note): line(note)
    case .finish, .leave: nil
    }
  }

  private static func line(_ note: Note) -> String? {
    switch note {
    case .transition(let from, let to, _): "goes from \(from) to \(to)"
    case .guarded(_, let act, let check, let holds): "checks before \(act): \(check) \(holds ? "holds" : "does not hold")"
    case .audited: nil
    case .compensating(let act): "takes back \(act)"
    case .planned(let effect): "would call \(effect.operation) for \(effect.act)"
    case .resumed(let step): "goes on at \(step)"
    case .takenUp: "was told to go on, and looks at what is there"
    case .adopted(let act, let object): "takes \(object) for what \(act) makes"
    case .readBack(let act, let found): "looked what \(act) had done: \(found ? "it is there" : "nothing is there")"
    case .paged(let owner): "paged \(owner)"
    case .renewedCredential: "renewed a credential"
    case .held(let safeguard): "was held back by \(safeguard.rawValue)"
    case .escalated: "hands over to a person"
    }
  }

  private static func line(_ event: Event) -> String? {
    switch event {
    case .leased(.held(let until)): "another has the lease until \(until)"
    case .loaded(let records): "the journal has \(records.count == 1 ? "one record" : "\(records.count) records")"
    case .stored(.fenced): "another has the run: what it wrote was refused"
    case .failed(_, let failure): "the store \(failure)"
    case .answered(.none(let absence)): "no answer: \(absence.rawValue)"
    case .answered(.response(let response)):
      response.error.map { "status \(response.status): \($0.code) \($0.message)" } ?? "status \(response.status)"
    case .decided(let decision): "decides: \(decision.transition), \(decision.confidence) % sure, \(decision.reason)"
    case .undecided(let failure): "its decider \(failure)"
    case .started, .leased, .stored, .renewed, .woke: nil
    }
  }
}
