// A credential that has expired is renewed once, and the call is sent again. It is no reason to take another one.

import Operations
import Primitives

extension Orchestrator {
  /// A call that waits for a credential, and what it was answered.
  struct RefusedCall: Hashable, Sendable, StableHashable {
    let purpose: Call.Purpose
    let answer: Answer

    func hash(into hasher: inout StableHasher) {
      hasher.combine(purpose.rawValue)
      hasher.combine(answer)
    }
  }

  /// Asks for a new credential where a refusal says that the old one has expired, but not twice in a row.
  mutating func renews(
    after response: Response, _ purpose: Call.Purpose, _ now: Instant, _ commands: inout [Command]
  ) -> Bool {
    guard purpose != .renew, purpose != .page, purpose != .pageLookup else { return false }
    let nature = response.error.flatMap { plan.catalogue.nature(of: $0.code) }
    guard nature == .expired, !hasRenewed, let renewal = plan.catalogue.service(of: act.operation)?.renewal else {
      hasRenewed = false
      return false
    }
    if purpose.isMutation { audit(.refused, now) }
    hasRenewed = true
    refusedCall = RefusedCall(purpose: purpose, answer: .response(response))
    call(.renew, renewal, [:], attempt: 1, &commands)
    return true
  }

  /// Sends the call again under the new credential, or takes its refusal for what it is.
  mutating func renewalAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard let refused = refusedCall.take() else { preconditionFailure("a credential is renewed for a call") }
    guard case .succeeded = plan.catalogue.outcome(of: answer) else {
      return dispatch(refused.answer, refused.purpose, now, &commands)
    }
    commands.append(.note(.renewedCredential))
    switch refused.purpose {
    case .read, .poll: run(.poll, now, &commands)
    case .check: run(.check, now, &commands)
    case .change: run(.send, now, &commands)
    case .readBack: run(.readBack, now, &commands)
    case .undoLookup: run(.undoLookup, now, &commands)
    case .undo: run(.undoSend, now, &commands)
    case .review: run(.review, now, &commands)
    case .remove: run(.remove, now, &commands)
    case .verify: run(.verify, now, &commands)
    case .survey: run(.survey, now, &commands)
    case .renew, .page, .pageLookup: preconditionFailure("no credential is renewed for these")
    }
  }
}
