// What an agent that is known to be right does differently under the same plan.

import Faultline
import Operations
import Primitives
import Simulation

/// How an agent that is known to be right fares under the plan that another one failed.
public struct Comparison: Sendable {
  public let model: Name
  public let verdict: Verdict
  /// Whether it met every fault of the plan, so that its passing means something.
  public let meetsPlan: Bool
  /// Parts without which it fails under the plan, and passes without faults: each alone, or two that stand in for
  /// each other.
  public let parts: [Name]
  public let runs: Int

  /// - Throws: what setting up an agent throws.
  public init(with model: any ModularAgent, under verdict: Verdict, setup: WorldSetup) throws {
    let plan = verdict.plan
    var runs = 0
    func play(_ agent: any AgentUnderTest, _ plan: Plan) throws -> Verdict {
      runs += 1
      let input = RunInput(replaying: verdict, agent: agent, in: setup.scenario, plan: plan)
      return try Runner.run(input, in: setup).verdict
    }
    var agents: [[Name]: any AgentUnderTest] = [:]
    func agent(_ without: [Name]) throws -> any AgentUnderTest {
      if let agent = agents[without] { return agent }
      let agent = try model.removing(without)
      agents[without] = agent
      return agent
    }
    self.model = model.name
    let whole = try play(model, plan)
    self.verdict = whole
    meetsPlan = whole.result != .inconclusive && whole.plan.entries.count == plan.entries.count
    guard whole.result == .pass, !plan.isEmpty else {
      parts = []
      self.runs = runs
      return
    }
    let calm = try play(model, Plan())
    var needed: [Name] = []
    // Parts that change how the fault is handled, and that another one may stand in for.
    var acting: [Name] = []
    for part in model.safeguards {
      let struck = try play(agent([part]), plan)
      guard struck.result != .pass || struck.cost != whole.cost else { continue }
      let undisturbed = try play(agent([part]), Plan())
      guard undisturbed.result == .pass else { continue }
      if struck.result == .fail {
        needed.append(part)
      } else if struck.cost(beyond: undisturbed) != whole.cost(beyond: calm) {
        acting.append(part)
      }
    }
    for (index, first) in acting.enumerated() {
      for second in acting[(index + 1)...] {
        guard try play(agent([first, second]), plan).result == .fail,
          try play(agent([first, second]), Plan()).result == .pass
        else { continue }
        for part in [first, second] where !needed.contains(part) { needed.append(part) }
      }
    }
    parts = model.safeguards.filter(needed.contains)
    self.runs = runs
  }
}

extension Verdict {
  /// What a run took, in numbers by which its way of handling a fault can be told from another's.
  fileprivate var cost: [Int] {
    [
      metrics.calls, metrics.attempts, metrics.mutations, metrics.rollbacks, metrics.escalations,
      Int(virtualTime.inMilliseconds),
    ]
  }

  /// What it took more than another run of the same agent.
  fileprivate func cost(beyond other: Verdict) -> [Int] { zip(cost, other.cost).map { $0 - $1 } }
}
