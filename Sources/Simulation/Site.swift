// Sites: stable names for the places where a run could have gone otherwise.

import Primitives

/// The arrow or moment that a choice bends.
public enum Aspect: String, Hashable, Sendable, CaseIterable {
  case request, answer, read, lifecycle, crash, order, decision, latency, identity
}

/// A place in a run where chance enters, named by what is going on there and not by a step count.
///
///     process~incarnation / workflow-run / point[subject] #call.attempt / aspect
///     agent-0~2/onboarding:acme/cloud.create_cluster[acme]#1.2/answer
///
/// A site occurs at most once in a run. Because everything is keyed by site, taking one fault out of a
/// plan leaves every other decision of the run as it was.
public struct Site: Sendable {
  /// The replica or actor, `agent-0`.
  public let process: Name
  /// Grows by one at each restart, from 1.
  public let incarnation: Int
  /// The workflow run, `onboarding:acme`.
  public let run: Name
  /// An operation, a checkpoint, a decision or a timer.
  public let point: Name
  /// A natural key, never a generated id.
  public let subject: Name?
  /// The n-th logical call, or n-th passage, under the names above, from 1.
  public let call: Int
  /// The wire attempt, from 1; 0 means the logical call as a whole.
  public let attempt: Int
  /// Which arrow or moment of the point is meant.
  public let aspect: Aspect
  /// A stable digest of all the above.
  public let key: UInt64

  public init(
    process: Name, incarnation: Int, run: Name, point: Name, subject: Name?, call: Int, attempt: Int = 0,
    aspect: Aspect
  ) {
    self.process = process
    self.incarnation = incarnation
    self.run = run
    self.point = point
    self.subject = subject
    self.call = call
    self.attempt = attempt
    self.aspect = aspect
    var hasher = StableHasher()
    hasher.combine(process)
    hasher.combine(run)
    hasher.combine(point)
    hasher.combine(subject?.hash ?? 0)
    hasher.combine(UInt64(incarnation) << 40 | UInt64(call) << 16 | UInt64(attempt))
    hasher.combine(aspect.word)
    key = hasher.digest
  }

  /// The same place, another aspect.
  public func aspect(_ aspect: Aspect, attempt: Int? = nil) -> Site {
    Site(
      process: process, incarnation: incarnation, run: run, point: point, subject: subject, call: call,
      attempt: attempt ?? self.attempt, aspect: aspect)
  }
}

extension Aspect {
  /// A number for hashing that does not depend on the order of cases.
  var word: UInt64 {
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
