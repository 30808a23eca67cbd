// Neither done nor given up.

import Operations
import Primitives

/// The run stalled, went round in circles or hit a limit, a process lives, and nobody said how it ended.
///
/// Fires when nothing is under way any more, nothing new came of what went on, or the virtual time or the number of
/// events ran out, while a live process has made no claim. It says what each such process waits for or keeps doing.
/// Silent once any process made a claim, and where all are dead, which is ``SilentFailure``.
/// Source: wedged for ever, https://github.com/hashicorp/terraform-provider-aws/issues/12121
public struct Stuck: Oracle {
  public static let name: Name = "stuck"
  public static let summary = "The run stalled, went in circles or hit a limit, and a live process had made no claim."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard let end = facts.end, end != .quiet, facts.claims.isEmpty, let idle = facts.processes.last(where: \.isAlive)
    else { return [] }
    let why =
      switch end {
      case .limit(let name): "The limit of \(name) was reached"
      case .livelocked: "What goes on leads to nothing new"
      case .stalled, .quiet: "Nothing is under way"
      }
    let doing = facts.leftOpen.map(\.doing).joined(separator: "; ")
    return [
      Violation(
        Self.name, expected: 1, observed: 0,
        message: "\(why), and the run has neither ended nor been handed over"
          + (doing.isEmpty ? "." : ": \(doing)."),
        evidence: [idle.startIndex] + facts.leftOpen.map(\.index) + [facts.endIndex])
    ]
  }
}
