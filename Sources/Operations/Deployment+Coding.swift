// A deployment as a JSON document. Members that say nothing are left out; spans are texts such as `90s`.

import Primitives

extension Deployment: Codable {
  private enum Key: String, CodingKey {
    case services, principals, rules, release
    case mutationLimit = "mutation_limit"
    case isDryRun = "dry_run"
  }

  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    self.init(
      services: try members.decode([ServiceDescription].self, forKey: .services),
      principals: try members.decode([Principal].self, forKey: .principals),
      rules: try members.decodeIfPresent([Rule].self, forKey: .rules) ?? [],
      mutationLimit: try members.decode(Int.self, forKey: .mutationLimit),
      isDryRun: try members.decodeIfPresent(Bool.self, forKey: .isDryRun) ?? false,
      release: try members.decodeIfPresent(Int.self, forKey: .release))
  }

  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    try members.encode(services, forKey: .services)
    try members.encode(principals, forKey: .principals)
    try members.encode(rules, forKey: .rules)
    try members.encode(mutationLimit, forKey: .mutationLimit)
    try members.encode(isDryRun, forKey: .isDryRun)
    try members.encodeIfPresent(release, forKey: .release)
  }
}

extension Deployment.Rule: Codable {
  private enum Key: String, CodingKey {
    case rule, kinds, allow, zone, from, until, weekly, after, above
  }

  private enum Word: String, Codable {
    case regionIn = "region-in"
    case changeFreeze = "change-freeze"
    case booksClosed = "books-closed"
    case fourEyes = "four-eyes"
  }

  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    let kinds = try members.decode([Name].self, forKey: .kinds)
    func zone() throws -> CivilZone {
      try members.read(.zone, "the name of a zone, such as Europe/Berlin") { CivilZone($0) }
    }
    switch try members.decode(Word.self, forKey: .rule) {
    case .regionIn: self = .regionIn(try members.decode([String].self, forKey: .allow), kinds: kinds)
    case .changeFreeze:
      let extent: CalendarWindow.Extent
      if let weekly = try members.decodeIfPresent([Int64].self, forKey: .weekly) {
        guard weekly.count == 2 else {
          throw DecodingError.dataCorruptedError(
            forKey: .weekly, in: members, debugDescription: "expected two moments, in seconds since Monday 00:00")
        }
        extent = .weekly(from: weekly[0], until: weekly[1])
      } else {
        extent = .once(
          from: CivilTime(secondsSinceEpoch: try members.decode(Int64.self, forKey: .from)),
          until: CivilTime(secondsSinceEpoch: try members.decode(Int64.self, forKey: .until)))
      }
      self = .changeFreeze(CalendarWindow(extent, in: try zone()), kinds: kinds)
    case .booksClosed:
      self = .booksClosed(
        try zone(), after: try members.decodeIfPresent(TimeSpan.self, forKey: .after) ?? .zero, kinds: kinds)
    case .fourEyes:
      self = .fourEyes(above: try members.decodeIfPresent(Value.self, forKey: .above)?.money, kinds: kinds)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    switch self {
    case .regionIn(let regions, let kinds):
      try members.encode(Word.regionIn, forKey: .rule)
      try members.encode(kinds, forKey: .kinds)
      try members.encode(regions, forKey: .allow)
    case .changeFreeze(let window, let kinds):
      try members.encode(Word.changeFreeze, forKey: .rule)
      try members.encode(kinds, forKey: .kinds)
      try members.encode(window.zone.name, forKey: .zone)
      switch window.extent {
      case .once(let from, let until):
        try members.encode(from.secondsSinceEpoch, forKey: .from)
        try members.encode(until.secondsSinceEpoch, forKey: .until)
      case .weekly(let from, let until): try members.encode([from, until], forKey: .weekly)
      }
    case .booksClosed(let zone, let after, let kinds):
      try members.encode(Word.booksClosed, forKey: .rule)
      try members.encode(kinds, forKey: .kinds)
      try members.encode(zone.name, forKey: .zone)
      try members.encode(after, forKey: .after)
    case .fourEyes(let above, let kinds):
      try members.encode(Word.fourEyes, forKey: .rule)
      try members.encode(kinds, forKey: .kinds)
      try members.encodeIfPresent(above.map(Value.money), forKey: .above)
    }
  }
}

// MARK: What systems declare

extension ServiceDescription: Codable {
  private enum Key: String, CodingKey {
    case system, profile, operations, errors, bounds, topics, values
  }

  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    self.init(
      backend: try members.decode(Name.self, forKey: .system),
      profile: try members.decode(Name.self, forKey: .profile),
      operations: try members.decode([Operation].self, forKey: .operations),
      errors: try members.decode([ErrorCode].self, forKey: .errors),
      bounds: try members.decode(ServiceBounds.self, forKey: .bounds),
      topics: try members.decodeIfPresent([Name].self, forKey: .topics) ?? [],
      values: try members.decodeIfPresent([ClosedField].self, forKey: .values) ?? [])
  }

  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    try members.encode(backend, forKey: .system)
    try members.encode(profile, forKey: .profile)
    try members.encode(operations, forKey: .operations)
    try members.encode(errors, forKey: .errors)
    try members.encode(bounds, forKey: .bounds)
    try members.encode(topics, forKey: .topics)
    try members.encode(values, forKey: .values)
  }
}

extension Operation: Codable {
  private enum Key: String, CodingKey {
    case name, summary, parameters, effect, compensation, scope, subject, condition
    case takesKey = "takes_key"
    case readBack = "read_back"
  }

  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    self.init(
      try members.decode(Name.self, forKey: .name), try members.decode(String.self, forKey: .summary),
      parameters: try members.decodeIfPresent([Parameter].self, forKey: .parameters) ?? [],
      effect: try members.decodeIfPresent(EffectClass.self, forKey: .effect),
      compensation: try members.decodeIfPresent(Name.self, forKey: .compensation),
      scope: try members.decode(Name.self, forKey: .scope),
      subject: try members.decodeIfPresent(Name.self, forKey: .subject),
      takesKey: try members.decodeIfPresent(Bool.self, forKey: .takesKey) ?? false,
      readBack: try members.decodeIfPresent(Name.self, forKey: .readBack),
      condition: try members.decodeIfPresent(Name.self, forKey: .condition))
  }

  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    try members.encode(name, forKey: .name)
    try members.encode(summary, forKey: .summary)
    try members.encode(parameters, forKey: .parameters)
    try members.encodeIfPresent(effect, forKey: .effect)
    try members.encodeIfPresent(compensation, forKey: .compensation)
    try members.encode(scope, forKey: .scope)
    try members.encodeIfPresent(subject, forKey: .subject)
    try members.encode(takesKey, forKey: .takesKey)
    try members.encodeIfPresent(readBack, forKey: .readBack)
    try members.encodeIfPresent(condition, forKey: .condition)
  }
}

extension Parameter.Kind: Codable {}
extension EffectClass.Permanence: Codable {}
extension Effect.Change: Codable {}
extension ErrorNature: Codable {}

extension KeyedDecodingContainer {
  fileprivate func read<T>(_ key: Key, _ expected: String, _ reading: (String) -> T?) throws -> T {
    guard let value = reading(try decode(String.self, forKey: key)) else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "expected \(expected)")
    }
    return value
  }
}
