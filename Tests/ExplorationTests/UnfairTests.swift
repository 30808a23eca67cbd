// Law 6 in the figures of a search: a bad end that nobody could have avoided is listed, and not blamed.

import Agents
@testable import Exploration
import Faultline
import Primitives
import Simulation
import Testing

@Suite struct UnfairTests {
  /// A run that ends badly without any harm: the agent waits until nothing is under way any more.
  private func stuckRun() throws -> Verdict {
    let scenario = try ExhaustiveSearchTests.scenario("happy-path")
    let agent = AsyncAgentUnderTest(Silent(), name: "silent", summary: "Says nothing.")
    let verdict = try Runner.run(RunInput(scenario: scenario, agent: agent, seed: 1, chance: .plan(Plan()))).verdict
    #expect(verdict.result == .fail)
    return verdict
  }

  private struct Silent: AsyncAgent {
    func run(_ context: AgentContext) async throws -> Claim? { nil }
  }

  private func coverage(of verdict: Verdict, isFair: Bool) -> (Coverage, Bool) {
    var coverage = Coverage()
    var subtree = Subtree(budget: 0)
    let failed = coverage.add(
      verdict, end: .quiet, path: ExhaustiveSearch.Path(), in: &subtree, isFair: { isFair })
    return (coverage, failed)
  }

  @Test func whatNobodyCouldEndWellIsListedAndNoViolation() throws {
    let (coverage, failed) = coverage(of: try stuckRun(), isFair: false)
    #expect(!failed)
    #expect(coverage.unfair == 1)
    #expect(coverage.unfairPlans.count == 1)
    #expect(coverage.violations == 0)
  }

  @Test func whatSomebodyCouldEndWellIsAViolation() throws {
    let verdict = try stuckRun()
    let (coverage, failed) = coverage(of: verdict, isFair: true)
    #expect(failed)
    #expect(coverage.unfair == 0)
    #expect(coverage.violations == 1)
    #expect(coverage.digest != self.coverage(of: verdict, isFair: false).0.digest)
  }
}
