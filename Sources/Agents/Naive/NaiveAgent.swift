// The war story's agent: what a good engineer in a hurry writes.

import Faultline
import Operations
import Primitives

/// Does each workflow with a retry loop around a straight line of calls, and its state in local variables.
///
/// It is no straw man: it gets through the happy path, waits out a rate limit, and tries again after an
/// error. What it got an answer for it does not do twice. What it got none for it takes for not done; and
/// a restart forgets everything.
public struct NaiveAgent: AsyncAgent {
  /// How often it starts from the top before it gives up.
  private static let rounds = 4

  /// An agent without settings.
  public init() {}

  /// Goes through all steps, and from the top again after an error, four times at most.
  public func run(_ context: AgentContext) async throws -> Claim? {
    var work: any NaiveWork =
      switch context.task.workflow {
      case "customer-offboarding": NaiveOffboarding(context)
      case "plan-change": NaivePlanChange(context)
      case "access-key": NaiveAccessKey(context)
      default: NaiveOnboarding(context)
      }
    for round in 1...NaiveAgent.rounds {
      do {
        try await work.fromTheTop()
        return Claim(.completed, text: work.done)
      } catch let error as CallError {
        guard round < NaiveAgent.rounds else {
          return Claim(.escalated, text: "Not \(work.done), \(work.customer): \(error)")
        }
        try await context.sleep(.milliseconds(200))
      }
    }
    return nil
  }
}

extension NaiveAgent {
  /// The agent as `--agent naive` runs it. Its client library is an ordinary one: three attempts, and a key
  /// of its own making for each logical call, as the AWS and Stripe libraries do.
  public static var underTest: AsyncAgentUnderTest<NaiveAgent> {
    AsyncAgentUnderTest(
      NaiveAgent(), name: "naive",
      summary: "The war story's: straight-line code, a retry loop, state in local variables.")
  }
}
