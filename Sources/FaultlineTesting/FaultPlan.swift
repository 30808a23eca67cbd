// What goes wrong in a test's run, written as sites and answers.

import Primitives
import Simulation

/// What goes wrong in one run: the answer at each site.
///
///     ["agent-0~1/customer-onboarding:acme/cloud.create_cluster[acme]#1/answer": "response-lost"]
///
/// Parts of a site that are not needed may be `*`.
public struct FaultPlan: Sendable, ExpressibleByDictionaryLiteral {
  private let answers: [(site: String, answer: String)]

  public init(dictionaryLiteral answers: (String, String)...) { self.answers = answers.map { ($0, $1) } }

  /// - Throws: a failure that says which site can't be read.
  func read() throws -> Plan {
    Plan(
      try answers.map { site, answer in
        guard let pattern = SitePattern(path: site) else {
          throw FaultlineFailure(
            "'\(site)' is no site; expected process/run/point[subject]#call/aspect, with * for what is left out.")
        }
        return Plan.Entry(at: pattern, choose: Name(answer))
      })
  }
}
