// The table of all profiles. A new system adds its lines here and nothing anywhere else.

import Operations
import Primitives

/// Every profile that Faultline ships.
public enum BackendRegistry {
  /// In the order in which they are listed to people: by system, then by profile.
  public static let profiles: [BackendProfile] = [
    .stripeV1, .stripeV2,
    .ec2,
    .iam,
    .email, .pager,
    .zendesk, .jira,
  ]

  /// The profile of that name for that system, if there is one.
  public static func profile(_ profile: Name, of system: Name) -> BackendProfile? {
    profiles.first { $0.system == system && $0.profile == profile }
  }
}
