// The clouds that can be built, and what a scenario may set of them.

import Operations
import Primitives

extension BackendProfile {
  static let ec2 = BackendProfile(
    .cloud, "ec2",
    "Amazon EC2: lagging reads, asynchronous instances, client tokens, request and resource buckets.",
    options: [
      Parameter("vcpu_limit", .int, "Virtual processors that may run at once; 256 unless set.", required: false),
      Parameter("instance_limit", .int, "Instances that may exist at once; 100 unless set.", required: false),
      Parameter(
        "exhausted_zones", .list, "Availability zones without capacity; none unless set.", required: false),
      Parameter(
        "dead_token", .text, "What a client token answers whose cluster was terminated; refused unless set.",
        required: false, allowed: CloudDialect.TokenOfTheDead.allCases.map(\.rawValue)),
      KeyRisks.storeOption, KeyRisks.zoneOption,
      Parameter(
        "request_burst", .int,
        "How many requests of one kind may come at once that make or end networks or snapshots, or resize clusters, as "
          + "where other tools of the account use its bucket up; 50 unless set.", required: false),
      Parameter(
        "default_term_minutes", .int,
        "When the provider ends a cluster that was launched without a term; never unless set.", required: false),
    ],
    build: { SimulatedBackend(try CloudSystem.ec2($0), KeyRisks($0)) })
}

extension CloudSystem {
  fileprivate static func ec2(_ options: Fields) throws -> CloudSystem {
    var account = CloudAccount()
    account.vcpuLimit = try limit("vcpu_limit", in: options) ?? account.vcpuLimit
    account.instanceLimit = try limit("instance_limit", in: options) ?? account.instanceLimit
    for zone in options["exhausted_zones"]?.list ?? [] {
      guard let zone = zone.text else {
        throw BackendConfigurationError("The option 'exhausted_zones' holds \(zone), but takes names of zones.")
      }
      account.exhaustedZones.append(zone)
    }
    account.defaultTerm = try limit("default_term_minutes", in: options).map(TimeSpan.minutes)
    let deadTokens = options.text("dead_token").flatMap(CloudDialect.TokenOfTheDead.init(rawValue:))
    let burst = try limit("request_burst", from: 1, in: options)
    return CloudSystem(dialect: .ec2(deadTokens: deadTokens ?? .refused, burst: burst ?? 50), account: account)
  }

  private static func limit(_ option: Name, from least: Int64 = 0, in options: Fields) throws -> Int64? {
    guard let limit = options.int(option) else { return nil }
    guard limit >= least else {
      throw BackendConfigurationError("The option '\(option)' is \(limit), but takes a number from \(least) upwards.")
    }
    return limit
  }
}
