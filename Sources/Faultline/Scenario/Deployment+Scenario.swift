// What a scenario's environment tells its agents, as a deployment that can be handed to a process.

import Operations
import Primitives

extension Deployment.Rule {
  public init(_ rule: Scenario.Rule) {
    switch rule.term {
    case .regionIn(let regions): self = .regionIn(regions, kinds: rule.kinds)
    case .changeFreeze(let window): self = .changeFreeze(window, kinds: rule.kinds)
    case .booksClosed(let zone, let after): self = .booksClosed(zone, after: after, kinds: rule.kinds)
    case .fourEyes(let above, _): self = .fourEyes(above: above, kinds: rule.kinds)
    }
  }
}

extension AgentTask {
  /// The environment that the task is given in, as a process of its index is told.
  public func deployment(of process: Int) -> Deployment {
    Deployment(
      services: catalogue.services, principals: principals.map { .init($0.name, scopes: $0.scopes) },
      rules: rules.map { Deployment.Rule($0) }, mutationLimit: mutationLimit, isDryRun: isDryRun,
      release: releases.indices.contains(process) ? releases[process] : 1)
  }
}
