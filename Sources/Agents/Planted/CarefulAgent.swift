// A right onboarding in ordinary `async` Swift, small enough to be read in one sitting.

import Faultline
import Operations
import Primitives

/// Onboards a customer and can stand for what it did: it writes down what it asks for, finds out what it
/// does not know, takes back what it can't finish, and hands over what it can't take back.
///
/// It is not the reference: no decider, no lease, one process at a time. It shows that the oracles ask for
/// no particular style, and lends its good habits to the planted bugs.
struct CarefulAgent: AsyncAgent {
  let habits: Habits

  func run(_ context: AgentContext) async throws -> Claim? {
    if habits.leases != .none { try await takeLease(context) }
    let store = CarefulStore(context)
    var work = CarefulWork(context, habits, Journal(nil))
    let claim: Claim
    do {
      work.journal = Journal(try await store.get(Journal.key))
      if context.trigger == .resume { try await work.takeUp() }
      claim = try await conclude(&work)
    } catch let failure as StoreFailure {
      // It stops where it is and looks at nothing any more: what was there may be gone.
      claim = work.handOver(because: "its store does not work (\(failure.rawValue))", isCertain: false)
    }
    if habits.hasAfterthought {
      context.announce(claim)
      try await work.comment("One more thing: welcome aboard.")
      return nil
    }
    switch habits.ending {
    case .truthful: return claim
    case .success: return Claim(.completed, text: "\(work.customer) is onboarded.", holdings: claim.holdings)
    case .silent: throw CallError.timedOut
    }
  }

  /// Waits until nobody else has the work, and takes it for a minute.
  private func takeLease(_ context: AgentContext) async throws {
    let me = Value.int(Int64(context.process.index))
    let store = CarefulStore(context)
    while let lease = try await store.get("lease")?.record, lease["holder"] != me,
      let until = lease["until"]?.instant, until > context.now
    {
      try await context.sleep(until: until)
    }
    try await store.put("lease", ["holder": me, "until": .instant(context.now + .minutes(1))])
  }

  private func conclude(_ work: inout CarefulWork) async throws -> Claim {
    if work.context.task.workflow == "customer-offboarding" || work.context.task.workflow == "plan-change" {
      return Claim(
        .escalated, text: "Nothing was done.", reason: "this agent only onboards customers",
        nextAction: "Do it by hand, or with another agent.")
    }
    if work.context.task.isDryRun, habits.respectsDryRun { return try await work.plan() }
    do {
      if work.journal.isRollingBack { throw Stop.failed("the last process had begun to roll back") }
      try await work.onboard()
      return Claim(.completed, text: "\(work.customer) is onboarded.", holdings: work.journal.holdings)
    } catch Stop.failed(let reason) where !work.isPastPivot {
      guard try await work.rollBack() else { return work.handOver(because: "\(reason), and not all could be undone") }
      return Claim(.rolledBack, text: "\(work.customer) is not onboarded: \(reason). Nothing is left.")
    } catch Stop.failed(let reason) {
      switch habits.givingBack {
      case .never: break
      case .twice: try await work.refundAndCredit()
      case .eachRound: try await work.refundOrCredit()
      }
      return work.handOver(because: reason)
    } catch Stop.unknown(let reason) {
      return work.handOver(because: reason)
    } catch Stop.illegible(let system, let reason) {
      return work.handOver(because: reason, distrusting: system)
    }
  }
}

/// Why the work does not go on.
enum Stop: Error {
  /// It is known that a step can't be done.
  case failed(String)
  /// It is not known whether a step was done, and there is no sound way to find out.
  case unknown(String)
  /// A system speaks otherwise than it documents, so that nothing it holds is certain any more.
  case illegible(Name, String)
}

extension CarefulAgent {
  /// The practices that an agent with these habits declares. A bug's author means well and declares them all.
  private var practices: Set<Practice> {
    var practices: Set<Practice> = [
      .auditLog, .guards, .dryRun, .closedTransitions, .escalationContext, .compensateBeforeRetry,
    ]
    if habits.style == .keys { practices.insert(.keyedMutations) }
    return practices
  }

  /// The agent as it is put into a world. Its client library sends each call once; where the agent gives no key, the
  /// library makes one up for that call, by which a network that delivers it twice is harmless.
  func underTest(name: Name, summary: String) -> AsyncAgentUnderTest<CarefulAgent> {
    AsyncAgentUnderTest(
      self, name: name, summary: summary, practices: practices,
      client: ClientPolicy(
        attempts: 1, timeout: .seconds(10), backoff: .zero, generatesKeys: habits.style != .keys),
      runsReplicas: habits.leases != .none)
  }
}
