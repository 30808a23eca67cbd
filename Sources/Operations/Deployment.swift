// What an agent is configured with in one environment: systems, credentials, rules and caps, as a document.

import Primitives

/// An environment as an agent's operators describe it to the agent.
///
/// `GET /deployment` of a served world gives the document; in production it is a file. Nothing of a run is in it.
public struct Deployment: Hashable, Sendable {
  /// A service principal that the environment gives out.
  public struct Principal: Hashable, Sendable, Codable {
    public var name: Name
    public var scopes: [Name]

    public init(_ name: Name, scopes: [Name]) {
      self.name = name
      self.scopes = scopes
    }
  }

  /// A rule of the house that agents are told.
  public enum Rule: Hashable, Sendable {
    /// Things of these kinds may stand in these regions alone.
    case regionIn([String], kinds: [Name])
    /// Nothing of these kinds is changed in the window.
    case changeFreeze(CalendarWindow, kinds: [Name])
    /// So long after the end of a month in the zone, nothing of these kinds is posted into it.
    case booksClosed(CivilZone, after: TimeSpan, kinds: [Name])
    /// Effects of these kinds need a second person above an amount; nil for any amount.
    case fourEyes(above: Money?, kinds: [Name])
  }

  /// What the systems declare about themselves.
  public var services: [ServiceDescription]
  public var principals: [Principal]
  public var rules: [Rule]
  /// How many side effects one run may send.
  public var mutationLimit: Int
  /// Whether effects are to be planned and none caused.
  public var isDryRun: Bool
  /// The release under which an agent starts, from 1: of the workflows that it knows, those that had come out by then;
  /// nil for its newest.
  public var release: Int?

  public init(
    services: [ServiceDescription], principals: [Principal], rules: [Rule] = [], mutationLimit: Int,
    isDryRun: Bool = false, release: Int? = nil
  ) {
    self.services = services
    self.principals = principals
    self.rules = rules
    self.mutationLimit = mutationLimit
    self.isDryRun = isDryRun
    self.release = release
  }
}
