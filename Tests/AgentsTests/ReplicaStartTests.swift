// Replicas start in whatever order the world lets them.

import Agents
import Faultline
import Primitives
import Simulation
import Testing

@Suite struct ReplicaStartTests {
  /// The ticket is announced twice; the first process stops and gets a stand-in, which takes its time to start; the
  /// second announcement starts a third process before that.
  @Test func aThirdProcessMayStartBeforeTheSecond() throws {
    let plan = Plan([
      Plan.Entry(at: SitePattern(point: "ticketing.ticket.created", aspect: .message), choose: "webhook-duplicate"),
      Plan.Entry(
        at: SitePattern(process: "agent-0", point: "ticketing.get_ticket", aspect: .crash),
        choose: "pause:after-takeover"),
    ])
    let run = try Runner.run(RunInput(scenario: Acme.scenario(plan.entries), agent: ReferenceAgent(), seed: 1))
    #expect(run.verdict.plan.entries.count == 2)
    #expect(run.verdict.result == .pass)
  }
}
