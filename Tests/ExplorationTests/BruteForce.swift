// Counts the plans of a small world without any of the search: it tries every name there could be.

import Faultline
import Primitives
import Simulation

/// Tries every set of answers over every site that could conceivably exist, by planned runs alone.
///
/// It knows nothing of forks, of noted alternatives, of what is offered where, nor of pruning. A plan counts
/// if its run met every one of its answers. That is the whole definition, and it is slow.
struct BruteForce {
  let setup: WorldSetup
  let agent: any AgentUnderTest
  /// What the agent can be at: operations with their subjects, store labels, decisions.
  let places: [(point: Name, subject: Name?)]
  /// How often an incarnation can be at one of them.
  let passages: Int
  let decisions: [Name]

  private(set) var plans: Set<Set<Plan.Entry>> = []
  private(set) var failures: [Set<Plan.Entry>: Set<String>] = [:]

  init(
    _ agent: any AgentUnderTest, in scenario: Scenario, at places: [(point: Name, subject: Name?)], passages: Int,
    decisions: [Name] = []
  ) throws {
    setup = try WorldSetup(scenario: scenario)
    self.agent = agent
    self.places = places
    self.passages = passages
    self.decisions = decisions
  }

  /// Plays every plan of at most so many answers.
  mutating func play(maxFaults: Int) throws {
    try play(Plan())
    var last: Set<Set<Plan.Entry>> = [[]]
    for _ in 0..<maxFaults {
      var next: Set<Set<Plan.Entry>> = []
      for known in last {
        for entry in candidates(beside: known) {
          let plan = known.union([entry])
          guard !plans.contains(plan), try play(Plan(Array(plan))) else { continue }
          next.insert(plan)
        }
      }
      last = next
    }
  }

  /// Plays a plan. Returns whether all of it was met.
  @discardableResult private mutating func play(_ plan: Plan) throws -> Bool {
    let record = try Runner.run(
      RunInput(scenario: setup.scenario, agent: agent, seed: 0, chance: .plan(plan)), in: setup)
    guard record.verdict.plan.entries.count == plan.entries.count else { return false }
    let key = Set(plan.entries)
    plans.insert(key)
    if record.verdict.result == .fail {
      failures[key] = Set(record.verdict.violations.map { "\($0.oracle) \($0.intent?.text ?? "")" })
    }
    return true
  }

  /// Every answer at every site that a run with this plan could possibly meet: each crash makes one more
  /// incarnation, each takeover one more process.
  private func candidates(beside plan: Set<Plan.Entry>) -> [Plan.Entry] {
    let crashes = plan.count { $0.choose.text.hasPrefix("crash") }
    let takeovers = plan.count { $0.choose.text.hasPrefix("pause:after-takeover") }
    var found: [Plan.Entry] = []
    for process in 0...takeovers {
      for incarnation in 1...(crashes + 1) {
        for (point, subject) in places {
          for call in 1...passages {
            let site = Site(
              process: Name("agent-\(process)"), incarnation: incarnation, run: setup.scenario.run, point: point,
              subject: subject, call: call, aspect: .request)
            if plan.contains(where: { $0.at == SitePattern(site) }) { continue }
            for (aspect, answers) in vocabulary {
              let attempt = aspect == .order ? 1 : 0
              let at = SitePattern(site.aspect(aspect, attempt: attempt))
              if plan.contains(where: { $0.at == at }) { continue }
              found += answers.map { Plan.Entry(at: at, choose: $0) }
            }
          }
        }
      }
    }
    return found
  }

  private var vocabulary: [(Aspect, [Name])] {
    [
      (.request, RequestFault.allCases.map(\.name)), (.answer, AnswerFault.allCases.map(\.name)),
      (.read, ReadFault.allCases.map(\.name)), (.lifecycle, LifecycleFault.allCases.map(\.name)),
      (.crash, CrashFault.allCases.map(\.name)), (.order, OrderAnswer.allCases.map(\.name)),
      (.outside, OutsideFault.allCases.map(\.name)), (.message, MessageFault.allCases.map(\.name)),
      (.key, KeyFault.allCases.map(\.name)), (.schema, SchemaFault.allCases.map(\.name)), (.decision, decisions),
    ]
  }
}
