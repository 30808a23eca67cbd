// What each removable part protects from, for listings; floors above do not know the reference agent.

import OpsAgent
import Primitives

extension AgentRegistry {
  /// What a safeguard protects from, in one sentence; nil for a name that none has.
  public static func summary(ofSafeguard name: Name) -> String? { Safeguard(rawValue: name.text)?.summary }

  /// The fault that a safeguard protects from, where Faultline can't inject it yet: without it no scenario
  /// can tell whether the safeguard is there. Nil for all others.
  public static func awaitedFault(ofSafeguard name: Name) -> Name? {
    switch Safeguard(rawValue: name.text) {
    case .optimisticConcurrency: "out-of-band-change"
    case .versionPinning: "deploy"
    default: nil
    }
  }
}
