// Sites: stable names for the places where a run could have gone otherwise.

import Primitives

/// The arrow or moment that a choice bends.
public enum Aspect: String, Hashable, Sendable, CaseIterable {
  case request, answer, read, lifecycle, crash, order, decision, latency, identity
  /// What others do before a request arrives.
  case outside
  /// What happens to a message that a system sends by itself.
  case message
  /// Which part of a key store a request meets.
  case key
  /// Whether a system speaks as documented.
  case schema
  /// What the agent's own store does.
  case store
}

/// A place in a run where chance enters, named by what is going on there and not by a step count.
///
///     process~incarnation / workflow-run / point[subject] #call.attempt / aspect
///     agent-0~2/onboarding:acme/cloud.create_cluster[acme]#1.2/answer
///
/// A site occurs at most once in a run. Because everything is keyed by site, taking one fault out of a
/// plan leaves every other decision of the run as it was.
///
/// A run meets a dozen sites for each call, so what they share is one object and a copy counts one
/// reference: a site is made readable only when it is printed.
public struct Site: Sendable {
  /// The names that all sites of one point share within an incarnation.
  public final class Place: Sendable {
    @usableFromInline let process: Name
    @usableFromInline let incarnation: Int
    @usableFromInline let run: Name
    /// An operation, a checkpoint, a decision or a timer.
    public let point: Name
    /// A natural key, never a generated id.
    public let subject: Name?
    /// Has taken in the names' part of every key.
    @usableFromInline let hasher: StableHasher

    public init(process: Name, incarnation: Int, run: Name, point: Name, subject: Name?) {
      self.process = process
      self.incarnation = incarnation
      self.run = run
      self.point = point
      self.subject = subject
      var hasher = StableHasher()
      hasher.combine(process)
      hasher.combine(run)
      hasher.combine(point)
      hasher.combine(subject?.hash ?? 0)
      self.hasher = hasher
    }
  }

  @usableFromInline let place: Place
  @usableFromInline let number: UInt32
  @usableFromInline let wire: UInt16
  /// Which arrow or moment of the point is meant.
  public let aspect: Aspect
  /// A stable digest of all that a site is.
  public let key: UInt64

  /// - Parameters:
  ///   - call: The n-th logical call, or n-th passage, under the place's names, from 1.
  ///   - attempt: The wire attempt, from 1; 0 means the logical call as a whole.
  @inlinable public init(_ place: Place, call: Int, attempt: Int = 0, aspect: Aspect) {
    self.place = place
    number = UInt32(call)
    wire = UInt16(attempt)
    self.aspect = aspect
    var hasher = place.hasher
    hasher.combine(UInt64(place.incarnation) << 40 | UInt64(call) << 16 | UInt64(attempt))
    hasher.combine(aspect.word)
    key = hasher.digest
  }

  public init(
    process: Name, incarnation: Int, run: Name, point: Name, subject: Name?, call: Int, attempt: Int = 0,
    aspect: Aspect
  ) {
    self.init(
      Place(process: process, incarnation: incarnation, run: run, point: point, subject: subject), call: call,
      attempt: attempt, aspect: aspect)
  }

  /// The replica or actor, `agent-0`.
  @inlinable public var process: Name { place.process }
  /// Grows by one at each restart, from 1.
  @inlinable public var incarnation: Int { place.incarnation }
  /// The workflow run, `onboarding:acme`.
  @inlinable public var run: Name { place.run }
  /// An operation, a checkpoint, a decision or a timer.
  @inlinable public var point: Name { place.point }
  /// A natural key, never a generated id.
  @inlinable public var subject: Name? { place.subject }
  /// The n-th logical call, or n-th passage, under the names above, from 1.
  @inlinable public var call: Int { Int(number) }
  /// The wire attempt, from 1; 0 means the logical call as a whole.
  @inlinable public var attempt: Int { Int(wire) }

  /// The same place, another aspect.
  @inlinable public func aspect(_ aspect: Aspect, attempt: Int? = nil) -> Site {
    Site(place, call: call, attempt: attempt ?? self.attempt, aspect: aspect)
  }
}

extension Aspect {
  /// A number for hashing that does not depend on the order of cases.
  @inlinable var word: UInt64 {
    switch self {
    case .request: 1
    case .answer: 2
    case .read: 3
    case .lifecycle: 4
    case .crash: 5
    case .order: 6
    case .decision: 7
    case .latency: 8
    case .identity: 9
    case .outside: 10
    case .message: 11
    case .key: 12
    case .schema: 13
    case .store: 14
    }
  }
}

extension Site: Hashable, StableHashable {
  @inlinable public static func == (a: Site, b: Site) -> Bool { a.key == b.key }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(key) }
  public func hash(into hasher: inout StableHasher) { hasher.combine(key) }
}

extension Site: CustomStringConvertible {
  public var description: String {
    "\(process)~\(incarnation)/\(run)/\(point)\(subject.map { "[\($0)]" } ?? "")#\(call)"
      + (attempt > 0 ? ".\(attempt)" : "") + "/\(aspect.rawValue)"
  }
}
