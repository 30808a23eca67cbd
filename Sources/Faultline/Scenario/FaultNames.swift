// Faults as people write them: a name, and a moment or an end where the name alone says too little.

import Primitives
import Simulation

/// One fault that a scenario can inject, and the answers that it stands for.
struct FaultName: Sendable {
  /// `late-arrival`
  var name: String
  var aspect: Aspect
  /// What follows the colon in the answers' names: `after-timeout`; empty where there is one answer.
  var variants: [String]
  /// The key that names the variant, one of ``keys``; nil where there is one answer.
  var key: String?

  /// The keys by which variants are named.
  static let keys = ["moment", "change", "field", "until", "direction"]

  /// The variant that is meant where none is written.
  var standard: String? {
    switch name {
    case "crash", "deploy": "after"
    case "late-arrival", "pause": "after-timeout"
    default: variants.first
    }
  }

  /// The answer's name in a plan.
  func answer(_ variant: String?) -> Name { Name(variant.map { "\(name):\($0)" } ?? name) }

  /// Every fault, in the order of the vocabularies.
  static let all: [FaultName] =
    names(of: RequestFault.self, bending: .request) + names(of: AnswerFault.self, bending: .answer)
    + names(of: KeyFault.self, bending: .key) + names(of: ReadFault.self, bending: .read)
    + names(of: LifecycleFault.self, bending: .lifecycle) + names(of: SchemaFault.self, bending: .schema)
    + names(of: OutsideFault.self, bending: .outside) + names(of: MessageFault.self, bending: .message)
    + names(of: CrashFault.self, bending: .crash) + names(of: FlightFault.self, bending: .crash)
    + names(of: StoreFault.self, bending: .store)
    + names(of: VolumeFault.self, bending: .store) + names(of: ModelFault.self, bending: .decision)

  static func find(_ name: String) -> FaultName? { all.first { $0.name == name } }

  private static func names<A: ChoiceAnswer>(of answers: A.Type, bending aspect: Aspect) -> [FaultName] {
    var found: [FaultName] = []
    for answer in A.allCases where answer != .benign {
      let parts = answer.name.text.split(separator: ":", maxSplits: 1).map(String.init)
      if let index = found.firstIndex(where: { $0.name == parts[0] }) {
        found[index].variants += parts.dropFirst()
      } else {
        found.append(
          FaultName(
            name: parts[0], aspect: aspect, variants: Array(parts.dropFirst()),
            key: parts.count == 1 ? nil : key(of: parts[0])))
      }
    }
    return found
  }

  private static func key(of fault: String) -> String {
    switch fault {
    case "crash", "deploy", "store-io-error": "moment"
    case "out-of-band-change", "schema-drift": "change"
    case "clock-jump": "direction"
    case "model-wrong-field": "field"
    default: "until"
    }
  }

  /// All answers that a plan may name at this aspect; empty for aspects whose answers are not faults.
  static func answers(at aspect: Aspect?) -> [String] {
    all.filter { aspect == nil || $0.aspect == aspect }.flatMap { fault in
      fault.variants.isEmpty ? [fault.name] : fault.variants.map { "\(fault.name):\($0)" }
    }
  }
}
