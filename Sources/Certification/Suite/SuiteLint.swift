// Whether a suite can tell a good decider from one that knows nothing.

import Faultline
import Operations
import OpsAgent
import Primitives

/// What is wrong with a suite that reads well.
public struct SuiteLint: Sendable {
  /// A decider without a model, and how it fares.
  public struct Baseline: Hashable, Sendable {
    public var name: String
    public var summary: String
    public var successes: Int
    public var cases: Int
    /// Whether it would pass the exam.
    public var passes: Bool
  }

  public var baselines: [Baseline]
  public var findings: [Diagnostic]
  public var isAccepted: Bool { findings.isEmpty }

  /// - Parameters:
  ///   - test: the exam that the suite is for; a baseline that passes it makes the suite worthless.
  ///   - seed: under which the cases are rendered.
  public init(_ suite: Suite, for test: AcceptanceTest, seed: UInt64 = 1) {
    let cases = suite.cases.map { $0.rendered(seed: seed) }
    let needed = test.successesNeeded(of: cases.count)
    baselines = Self.deciders(cases).map { name, summary, decide in
      let successes = cases.count { $0.grade(.success(decide($0.query))).isSuccess }
      return Baseline(
        name: name, summary: summary, successes: successes, cases: cases.count, passes: successes >= needed)
    }
    findings = []
    let head = "\(suite.path)/suite.yaml"
    for baseline in baselines where baseline.passes {
      findings.append(
        Diagnostic(
          path: head, line: 1, column: 1,
          message: "\(baseline.name) is right in \(baseline.successes) of \(baseline.cases) cases and would pass",
          remedy: "add cases that \(baseline.summary) gets wrong"))
    }
    if let least = test.casesNeeded, cases.count < least {
      findings.append(
        Diagnostic(
          path: head, line: 1, column: 1,
          message:
            "\(cases.count) cases can't tell a success of \(Self.percent(test.p1)) from \(Self.percent(test.p0))",
          remedy: "at alpha \(test.alpha) and beta \(test.beta) it takes \(least); add cases or widen the policy's gap")
      )
    }
    findings += zip(suite.cases, cases).compactMap { Self.finding($0, $1) }
  }

  static func percent(_ part: Double) -> String { "\((part * 1000).rounded() / 10) %" }

  private static func finding(_ item: SuiteCase, _ rendered: RenderedCase) -> Diagnostic? {
    func report(_ message: String, _ remedy: String) -> Diagnostic {
      Diagnostic(path: item.path, line: item.line, column: 1, message: "\(item.id): \(message)", remedy: remedy)
    }
    // A transition that demands a field can still be got wrong.
    let free = Set(rendered.admissible.filter(\.fields.isEmpty).map(\.transition))
    if Set(item.options).isSubset(of: free) {
      return report("every answer is right", "leave out what a person would not accept, or demand a field")
    }
    for answer in rendered.admissible {
      for entry in answer.fields.entries {
        guard let text = entry.value.text, rendered.query.facts[entry.name] == nil else { continue }
        if !rendered.query.text.lowercased().contains(text.lowercased()) {
          return report(
            "the text says nothing of \(entry.name) \(text)", "the reference follows no field that is not in the text")
        }
      }
    }
    if item.kind == .contradicting, item.facts.isEmpty {
      return report("nothing is there to contradict", "write into 'facts' what the account says")
    }
    if item.kind == .injected, !rendered.query.text.lowercased().contains(where: \.isLetter) {
      return report("there are no orders in it", "write the injected text into 'text'")
    }
    return nil
  }

  // MARK: Baselines

  private typealias Decide = @Sendable (DecisionQuery) -> Decision

  private static func deciders(_ cases: [RenderedCase]) -> [(String, String, Decide)] {
    let rules = RuleBasedDecider()
    // For each fork the transition that is right most often; the first in the order of options among equals.
    var favourites: [DecisionQuery.Fork: Name] = [:]
    for fork in DecisionQuery.Fork.allCases {
      let asked = cases.filter { $0.query.fork == fork }
      let options = asked.first?.query.options ?? []
      let counts = options.map { option in asked.count { item in item.admissible.contains { $0.transition == option } }
      }
      if let best = counts.max(), let index = counts.firstIndex(of: best) { favourites[fork] = options[index] }
    }
    let majority = favourites
    return [
      (
        "always-escalate", "whoever always asks a person",
        { _ in
          Decision(.escalate, confidence: 100, reason: "always")
        }
      ),
      (
        "majority", "whoever always takes the commonest way",
        { query in
          Decision(majority[query.fork] ?? .escalate, confidence: 100, reason: "as usual", fields: query.facts)
        }
      ),
      (
        "keyword rules", "whoever looks for keywords",
        { query in
          var rules = rules
          return rules.decide(query)
        }
      ),
    ]
  }
}
