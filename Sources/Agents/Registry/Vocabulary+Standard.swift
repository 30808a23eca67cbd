// The names that come with Faultline: its systems, its agents, its oracles.

import Backends
import Faultline
import Operations
import Primitives

extension Vocabulary {
  /// Everything that a scenario can name in a Faultline without additions.
  ///
  /// - Parameter backends: systems of yours, which a scenario may then name as well.
  public static func standard(adding backends: [BackendProfile] = []) -> Vocabulary {
    Vocabulary(
      profiles: BackendRegistry.profiles + backends,
      agents: AgentRegistry.entries.map { Agent($0.name, safeguards: $0.safeguards) },
      oracles: OracleCatalogue.all.map(\.name), marks: ReferenceAgent().marks)
  }
}
