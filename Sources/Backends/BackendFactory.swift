// The scenario layer's way in: names and options in, a backend or one clear error out.

import Operations
import Primitives

/// Makes backends by name, so that no floor above knows one by type.
public enum BackendFactory {
  /// What every profile understands.
  public static let commonOptions: [Parameter] = [
    Parameter(
      "principals", .record, "Service principals, each with the list of its scopes; none by default.",
      required: false)
  ]

  /// Makes a backend.
  ///
  /// - Parameters:
  ///   - system: the system's name, `billing`.
  ///   - profile: the dialect's name, `stripe-v1`.
  ///   - options: what the scenario sets; see ``BackendProfile/options`` and ``commonOptions``.
  ///   - start: when the world begins; what is there then was made then.
  ///   - profiles: what can be built; Faultline's own, and yours where there are any.
  /// - Throws: ``BackendConfigurationError`` naming what is wrong and what is possible.
  public static func make(
    system: Name, profile: Name, options: Fields = [:], start: Instant = Instant(nanoseconds: 0),
    among profiles: [BackendProfile] = BackendRegistry.profiles
  ) throws -> any Backend {
    guard let entry = profiles.first(where: { $0.system == system && $0.profile == profile }) else {
      throw BackendConfigurationError.unknownProfile(system: system, profile: profile, among: profiles)
    }
    var own: Fields = [:]
    var principals: [(Name, Set<Name>)] = []
    for option in options.entries {
      let declared = (entry.options + commonOptions).first { $0.name == option.name }
      guard let declared else {
        throw BackendConfigurationError.unknownOption(option.name, of: entry)
      }
      guard declared.accepts(option.value) else {
        throw BackendConfigurationError.invalidOption(declared, found: option.value)
      }
      if declared.name == "principals" {
        principals = try Self.principals(in: option.value.record ?? [:], declared)
      } else {
        own[option.name] = option.value
      }
    }
    for option in entry.options where option.isRequired && own[option.name] == nil {
      throw BackendConfigurationError.missingOption(option, of: entry)
    }
    own["start"] = .instant(start)
    var backend = try entry.build(own)
    for (principal, scopes) in principals { backend.admit(principal, scopes: scopes) }
    return backend
  }

  private static func principals(in record: Fields, _ declared: Parameter) throws -> [(Name, Set<Name>)] {
    try record.entries.map { entry in
      let scopes = entry.value.list?.compactMap(\.text)
      guard let scopes, scopes.count == entry.value.list?.count else {
        throw BackendConfigurationError.invalidOption(declared, found: entry.value)
      }
      return (entry.name, Set(scopes.map { Name($0) }))
    }
  }
}
