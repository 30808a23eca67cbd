// The part of the vocabulary that comes from the systems that can be built.

import Backends
import Operations
import Primitives

extension Vocabulary {
  /// The names of these dialects, with what their systems say about their operations.
  ///
  /// - Parameters:
  ///   - profiles: usually all of `BackendRegistry`.
  ///   - agents: what can be named under `expect`, with the parts that can be taken out of each.
  ///   - oracles: what can be named under `violates`.
  public init(profiles: [BackendProfile], agents: [Agent], oracles: [Name], marks: [Name] = []) {
    var systems: [System] = []
    for entry in profiles {
      let backend = try? BackendFactory.make(system: entry.system, profile: entry.profile, among: profiles)
      let profile = Profile(entry.profile, options: entry.options, operations: backend?.description.operations ?? [],
        topics: backend?.description.topics ?? [])
      if let index = systems.firstIndex(where: { $0.name == entry.system }) {
        systems[index].profiles.append(profile)
      } else {
        systems.append(System(entry.system, profiles: [profile]))
      }
    }
    self.init(systems: systems, agents: agents, oracles: oracles, marks: marks)
  }
}
