// Bad configuration gets one error that says what was found and what would have been right.

import Operations
import Primitives

/// A backend could not be made from a name and options.
public struct BackendConfigurationError: Error, Sendable, CustomStringConvertible {
  /// What is wrong and how to put it right, in one sentence or two.
  public let description: String

  /// - Parameter description: what is wrong and how to put it right.
  public init(_ description: String) { self.description = description }

  static func unknownProfile(system: Name, profile: Name, among profiles: [BackendProfile]) -> Self {
    let ofSystem = profiles.filter { $0.system == system }.map(\.profile.text)
    if ofSystem.isEmpty {
      var systems: [String] = []
      for entry in profiles where !systems.contains(entry.system.text) { systems.append(entry.system.text) }
      return Self("There is no system '\(system)'. Known systems: \(systems.joined(separator: ", ")).")
    }
    return Self(
      "The system '\(system)' has no profile '\(profile)'. Known profiles: \(ofSystem.joined(separator: ", ")).")
  }

  static func unknownOption(_ option: Name, of entry: BackendProfile) -> Self {
    let known = (entry.options + BackendFactory.commonOptions).map(\.name.text).joined(separator: ", ")
    return Self("The profile '\(entry.profile)' has no option '\(option)'. Known options: \(known).")
  }

  static func invalidOption(_ option: Parameter, found: Value) -> Self {
    let wanted = option.allowed.isEmpty ? option.kind.rawValue : option.allowed.joined(separator: " or ")
    return Self("The option '\(option.name)' is \(found), but takes \(wanted). \(option.summary)")
  }

  static func missingOption(_ option: Parameter, of entry: BackendProfile) -> Self {
    Self("The profile '\(entry.profile)' needs the option '\(option.name)'. \(option.summary)")
  }
}
