// One world, one vocabulary: an error code must mean the same in every system that an agent may meet beside another.

import Backends
import Operations
import Primitives
import Testing

@Suite struct CatalogueAgreementTests {
  static let descriptions: [ServiceDescription] = BackendRegistry.profiles.compactMap {
    try? BackendFactory.make(system: $0.system, profile: $0.profile).description
  }

  /// Where two systems disagreed about a code, callers could conclude nothing from it; see ``Catalogue``.
  @Test func noTwoSystemsOfOneWorldDisagreeAboutACode() {
    #expect(Self.descriptions.count == BackendRegistry.profiles.count)
    for first in Self.descriptions {
      for second in Self.descriptions where second.backend != first.backend {
        for error in first.errors {
          let other = second.errors.first { $0.code == error.code && $0.nature != error.nature }
          #expect(other == nil, "\(error.code) of \(first.profile) is \(error.nature); of \(second.profile) it is not")
        }
      }
    }
  }

  @Test func everyOperationHasOneSystemAndEveryCompensationAndReadBackExists() {
    for description in Self.descriptions {
      let names = description.operations.map(\.name)
      #expect(Set(names).count == names.count)
      for operation in description.operations {
        #expect(operation.backend == description.backend, "\(operation.name) of \(description.profile)")
        for other in [operation.compensation, operation.readBack].compactMap(\.self) {
          #expect(names.contains(other), "\(operation.name) of \(description.profile) names \(other)")
        }
      }
    }
  }
}
