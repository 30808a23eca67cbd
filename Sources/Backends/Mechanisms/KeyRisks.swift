// What can be wrong with a key store, where a scenario says so. No profile's vendor documents a store that is.

import Operations
import Primitives

/// Ways in which a key that was used once may be taken for another.
struct KeyRisks: OptionSet, Sendable {
  let rawValue: UInt8

  /// The store has shards, and a request may meet one that does not know its key: ten identical requests made two
  /// media buys in turn, all marked as replayed (https://github.com/adcontextprotocol/adcp/issues/2346).
  static let sharded = KeyRisks(rawValue: 1)
  /// What the scope of a key depends on is left to the system, which may change it between two requests.
  static let movingScope = KeyRisks(rawValue: 2)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// What the options of a profile say.
  init(_ options: Fields) {
    self = []
    if options.text("key_store") == "sharded" { insert(.sharded) }
    if options.bool("zone_failover") == true { insert(.movingScope) }
  }

  /// For every profile whose system takes keys.
  static let storeOption = Parameter(
    "key_store", .text,
    "sharded: a repeated key may meet a shard that does not know it; whole unless set.", required: false,
    allowed: ["whole", "sharded"])

  /// For clouds whose keys are zonal where a zone is named, and regional where none is.
  static let zoneOption = Parameter(
    "zone_failover", .bool,
    "Whether a launch that names no zone goes to the account's default one, which a failover may change: a client "
      + "token is then zonal. False unless set.", required: false)
}

extension IdempotencyDialect {
  /// Whether the request leaves what its key's scope depends on to the system.
  func leavesScopeOpen(_ request: Request) -> Bool {
    switch scope {
    case .account, .operation: false
    case .argument(let name): request.arguments[name] == nil
    case .firstArgument(let names): names.first.map { request.arguments[$0] == nil } ?? false
    }
  }
}
