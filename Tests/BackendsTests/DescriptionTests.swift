// What every profile declares about itself has to hang together: agents and oracles rely on nothing else.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Descriptions of all profiles")
struct DescriptionTests {
  private static let profiles = BackendRegistry.profiles.map(\.profile.text)

  private func description(_ profile: String) throws -> ServiceDescription {
    let entry = try #require(BackendRegistry.profiles.first { $0.profile.text == profile })
    let description = try BackendFactory.make(system: entry.system, profile: entry.profile).description
    #expect(description.backend == entry.system)
    #expect(description.profile == entry.profile)
    return description
  }

  @Test("an operation refers only to operations and arguments that exist", arguments: profiles)
  func references(profile: String) throws {
    let description = try description(profile)
    let operations = Dictionary(uniqueKeysWithValues: description.operations.map { ($0.name, $0) })
    for operation in description.operations {
      #expect(operation.backend == description.backend)
      #expect(operation.scope.text.hasPrefix("\(description.backend)."))
      #expect(operation.summary.hasSuffix("."))
      if let compensation = operation.compensation {
        #expect(operations[compensation]?.isMutation == true, "\(operation.name): \(compensation)")
      }
      if let readBack = operation.readBack {
        #expect(operations[readBack]?.isMutation == false, "\(operation.name): \(readBack)")
      }
      if let subject = operation.subject {
        #expect(operation.parameters.contains { $0.name == subject }, "\(operation.name): \(subject)")
      }
      #expect(Set(operation.parameters.map(\.name)).count == operation.parameters.count)
    }
  }

  @Test("what creates something says how it is found again after an unknown outcome", arguments: profiles)
  func readBacks(profile: String) throws {
    for operation in try description(profile).operations where operation.effect?.change == .created {
      #expect(operation.readBack != nil, "\(operation.name)")
    }
  }

  @Test("bounds are positive, and a system that takes keys says for how long", arguments: profiles)
  func bounds(profile: String) throws {
    let description = try description(profile)
    #expect(description.bounds.staleness >= .zero)
    #expect(description.bounds.lateness > .zero)
    #expect(description.operations.contains(where: \.takesKey) == (description.bounds.keyWindow != nil))
  }

  @Test("a code means one thing within a system", arguments: profiles)
  func codes(profile: String) throws {
    var natures: [Name: Set<ErrorNature>] = [:]
    for error in try description(profile).errors { natures[error.code, default: []].insert(error.nature) }
    for (code, meanings) in natures { #expect(meanings.count == 1, "\(code): \(meanings)") }
  }

  @Test("a code means one thing in all systems that can stand in one world")
  func codesAcrossSystems() throws {
    var natures: [Name: Set<ErrorNature>] = [:]
    for profile in Self.profiles {
      for error in try description(profile).errors { natures[error.code, default: []].insert(error.nature) }
    }
    for (code, meanings) in natures { #expect(meanings.count == 1, "\(code): \(meanings)") }
  }
}
