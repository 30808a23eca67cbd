// What this build knows, entry by entry, for people and for programs.

import Agents
import Backends
import Faultline
import Operations
import Primitives
import Reporting

/// One name that a user may type.
struct Listing {
  var name: String
  /// What tells it apart at a glance: a system, a practice, an effect.
  var detail = ""
  /// One sentence.
  var summary: String
  /// Further fields for programs, in order.
  var fields: [JSON.Member] = []
  /// What it can be found under.
  var groups: [ListCommand.Grouping: [String]] = [:]

  func json(kind: String) -> JSON {
    .object(
      [
        JSON.Member("schema", .text("faultline.list/1")), .init("kind", .text(kind)), .init("name", .text(name)),
        .init("summary", .text(summary)),
      ] + fields)
  }

  static func of(_ kind: ListCommand.Kind) throws -> [Listing] {
    switch kind {
    case .scenarios: try scenarios()
    case .workflows: try workflows()
    case .operations: try operations()
    case .faults: faults()
    case .oracles: oracles()
    case .safeguards: safeguards()
    case .agents: agents()
    case .profiles: profiles()
    case .rules: rules()
    }
  }

  private static func workflows() throws -> [Listing] {
    try WorkflowGate.known.compactMap { name in
      guard let newest = try WorkflowGate.judge(name).last else { return nil }
      return Listing(
        name: name.text, detail: "version \(newest.version)", summary: newest.summary,
        fields: [
          .init("version", .int(newest.version)), .init("steps", .texts(newest.steps.map(\.text))),
          .init("accepted", .bool(newest.isAccepted)),
        ])
    }
  }

  private static func operations() throws -> [Listing] {
    var listings: [Listing] = []
    for profile in BackendRegistry.profiles {
      let description = try BackendFactory.make(system: profile.system, profile: profile.profile).description
      for operation in description.operations {
        if let index = listings.firstIndex(where: { $0.name == operation.name.text }) {
          listings[index].detail += " \(profile.profile)"
        } else {
          listings.append(listing(of: operation, in: profile.profile))
        }
      }
    }
    for index in listings.indices {
      let profiles = listings[index].detail.split(separator: " ").map(String.init)
      listings[index].fields.append(.init("profiles", .texts(profiles)))
    }
    return listings.sorted { $0.name < $1.name }
  }

  private static func listing(of operation: Operation, in profile: Name) -> Listing {
    Listing(
      name: operation.name.text, detail: profile.text, summary: operation.summary,
      fields: [
        .init("effect", .text(operation.effect?.kind.text)),
        .init("change", .text(operation.effect?.change.rawValue)),
        .init("permanence", .text(operation.effect?.permanence.rawValue)),
        .init("compensation", .text(operation.compensation?.text)),
        .init("read_back", .text(operation.readBack?.text)),
        .init("takes_key", .bool(operation.takesKey)), .init("scope", .text(operation.scope.text)),
        .init("parameters", .array(operation.parameters.map { parameter in
          .object([
            "name": .text(parameter.name.text), "kind": .text(parameter.kind.rawValue),
            "required": .bool(parameter.isRequired), "summary": .text(parameter.summary),
            "allowed": .texts(parameter.allowed),
          ])
        })),
      ])
  }

  private static func agents() -> [Listing] {
    AgentRegistry.entries.map { entry in
      Listing(
        name: entry.name.text, summary: entry.summary,
        fields: [.init("safeguards", .texts(entry.safeguards.map(\.text)))])
    }
  }

  private static func safeguards() -> [Listing] {
    AgentRegistry.entries.flatMap { entry in
      entry.safeguards.map { safeguard in
        Listing(
          name: safeguard.text, detail: entry.name.text, summary: AgentRegistry.summary(ofSafeguard: safeguard) ?? "",
          fields: [.init("agent", .text(entry.name.text))])
      }
    }
  }

  private static func rules() -> [Listing] {
    RuleName.allCases.map { Listing(name: $0.rawValue, summary: $0.summary) }
  }

  private static func profiles() -> [Listing] {
    BackendRegistry.profiles.map { profile in
      Listing(
        name: profile.profile.text, detail: profile.system.text, summary: profile.summary,
        fields: [
          .init("system", .text(profile.system.text)),
          .init("options", .array(profile.options.map { option in
            .object([
              "name": .text(option.name.text), "kind": .text(option.kind.rawValue),
              "summary": .text(option.summary), "allowed": .texts(option.allowed),
            ])
          })),
        ])
    }
  }
}
