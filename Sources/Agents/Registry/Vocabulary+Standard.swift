// The names that come with Faultline: its systems, its agents, its oracles.

import Backends
import Faultline
import Operations
import Primitives

extension Vocabulary {
  /// Everything that a scenario can name in a Faultline without additions.
  public static func standard() -> Vocabulary {
    Vocabulary(
      profiles: BackendRegistry.profiles,
      agents: AgentRegistry.entries.map { Agent($0.name, safeguards: $0.safeguards) },
      oracles: OracleCatalogue.all.map(\.name), marks: ReferenceAgent().marks)
  }
}
