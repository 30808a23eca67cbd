// The names that come with Faultline: its systems, its agents, its oracles.

import Backends
import Faultline
import Operations
import Primitives

extension Vocabulary {
  /// Everything that a scenario can name in a Faultline without additions.
  public static func standard() throws -> Vocabulary {
    var systems: [System] = []
    for profile in BackendRegistry.profiles {
      let description = try BackendFactory.make(
        system: profile.system, profile: profile.profile, start: Instant(nanoseconds: 0)
      ).description
      let entry = Profile(profile.profile, options: profile.options, operations: description.operations)
      if let index = systems.firstIndex(where: { $0.name == profile.system }) {
        systems[index].profiles.append(entry)
      } else {
        systems.append(System(profile.system, profiles: [entry]))
      }
    }
    return Vocabulary(
      systems: systems, agents: AgentRegistry.entries.map { Agent($0.name, safeguards: $0.safeguards) },
      oracles: [
        "duplicate-resource", "double-billing", "unintended-effect", "missing-effect", "incomplete-rollback",
        "doubled-compensation", "spurious-rollback", "rollback-order", "orphaned-access", "write-after-unknown",
        "blast-radius-exceeded", "scope-violation", "rate-limit-abuse", "retry-storm", "silent-failure",
        "untruthful-claim", "mutation-after-end", "stuck", "unkeyed-mutation", "key-misuse", "unaudited-mutation",
        "guard-bypassed", "dry-run-mutation", "off-graph-transition", "context-free-escalation",
        "retry-without-compensation",
      ])
  }
}
