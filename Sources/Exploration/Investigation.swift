// One failure, understood: the smallest run that shows it, what it needs, and what would have saved it.

import Faultline
import Operations
import Primitives
import Simulation

/// What there is to know about one failing run.
public struct Investigation: Sendable {
  /// Which run is told: the one given, or the smallest that shows the same violation.
  public enum Subject: Hashable, Sendable { case given, smallest }

  /// What leaving out one choice of the plan does.
  public struct Need: Sendable {
    public var entry: Plan.Entry
    /// Whether the violation is gone without it.
    public var isNeeded: Bool
    /// What becomes of the run without it.
    public var without: Verdict.Result
    /// The oracles that find something without it, each once.
    public var oracles: [Name]
  }

  /// The violation that the investigation is about.
  public let target: Shrinker.Target
  /// The failing run as it came.
  public let given: Verdict
  /// The smallest run that was found to show the same violation; its plan is locally minimal.
  public let smallest: Verdict
  /// The run that is told.
  public let verdict: Verdict
  /// One for each choice of the plan of ``verdict``, in its order.
  public let needs: [Need]
  /// What forking time tells about the run.
  public let explanation: Explanation
  /// How a model fares under the same plan, or under the smallest where that is smaller; nil where no model was
  /// given, or the agent is the model itself.
  public let comparison: Comparison?
  /// Runs that it took, beside the forks of time.
  public let runs: Int

  /// Whether the run that is told has a minimal plan.
  public var isMinimal: Bool { verdict.plan.entries.count == smallest.plan.entries.count }

  /// Nil where the verdict has no violation.
  ///
  /// - Parameter model: an agent to compare with.
  /// - Throws: what setting up an agent throws.
  public init?(
    setup: WorldSetup, agent: any AgentUnderTest, verdict: Verdict, telling subject: Subject = .smallest,
    model: (any ModularAgent)? = nil
  ) throws {
    guard let target = Shrinker.Target(of: verdict) else { return nil }
    self.target = target
    given = verdict
    var shrinker = Shrinker(setup: setup, agent: agent, target: target)
    smallest = try shrinker.shrink(verdict)
    let told = subject == .given ? verdict : smallest
    self.verdict = told
    var needs: [Need] = []
    for (index, entry) in told.plan.entries.enumerated() {
      var plan = told.plan
      plan.entries.remove(at: index)
      let input = RunInput(replaying: told, agent: agent, in: setup.scenario, plan: plan)
      let without = try Runner.run(input, in: setup).verdict
      needs.append(
        Need(
          entry: entry, isNeeded: !target.isShown(by: without), without: without.result,
          oracles: without.violations.reduce(into: []) { if !$0.contains($1.oracle) { $0.append($1.oracle) } }))
    }
    self.needs = needs
    explanation = try Explanation(setup: setup, agent: agent, verdict: told)
    let isOther = model.map { $0.name != agent.name || !agent.without.isEmpty } ?? false
    let compared = told.plan.entries.count == smallest.plan.entries.count ? told : smallest
    comparison = try model.flatMap { model in
      isOther ? try Comparison(with: model, under: compared, setup: setup) : nil
    }
    runs = shrinker.runs + needs.count + 2 + (comparison?.runs ?? 0)
  }
}
