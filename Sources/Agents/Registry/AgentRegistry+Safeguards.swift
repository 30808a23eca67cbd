// What each removable part protects from, for listings; floors above do not know the reference agent.

import OpsAgent
import Primitives

extension AgentRegistry {
  /// What a safeguard protects from, in one sentence; nil for a name that none has.
  public static func summary(ofSafeguard name: Name) -> String? { Safeguard(rawValue: name.text)?.summary }
}
