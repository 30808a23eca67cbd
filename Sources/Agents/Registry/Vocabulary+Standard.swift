// The names that come with Faultline: its systems, its agents, its oracles.

import Backends
import Faultline
import Operations
import Primitives

extension Vocabulary {
  /// Everything that a scenario can name in a Faultline without additions.
  ///
  /// - Parameters:
  ///   - backends: systems of yours, which a scenario may then name as well.
  ///   - workflows: what scenarios may say about workflows of yours.
  public static func standard(
    adding backends: [BackendProfile] = [], workflows: [WorkflowTemplate] = []
  ) -> Vocabulary {
    var vocabulary = Vocabulary(
      profiles: BackendRegistry.profiles + backends,
      agents: AgentRegistry.entries.map { Agent($0.name, safeguards: $0.safeguards) },
      oracles: OracleCatalogue.all.map(\.name), marks: ReferenceAgent().marks)
    vocabulary.workflows += workflows
    return vocabulary
  }
}
