// Marks: names of what a run touched, so that a campaign can say what it never reached.

import Operations
import Primitives
import Simulation

/// Names of what a run may touch, `kind:name`.
///
/// `fault:` took effect. `crash:` a process died or stopped at this place. `safeguard:` a protective part did what
/// it is there for. `compensation:` this step was taken back. `recovery:` a way back to work was gone. The world
/// knows faults and crash points, and gathers the others from what agents let be known; an agent declares those
/// that it can reach in ``AgentUnderTest/marks``.
public enum Marks {
  /// The faults that a run can be given.
  public static let faults: [Name] = FaultName.answers(at: nil).map { Name("fault:\($0)") }

  /// A fault that took effect, by the answer that a plan names; nil for an answer that is none, such as a decision.
  public static func fault(_ answer: Name) -> Name? { faultsByAnswer[answer] }

  private static let faultsByAnswer = Dictionary(
    zip(FaultName.answers(at: nil).map { Name($0) }, faults), uniquingKeysWith: { first, _ in first })

  /// A process died or stopped at this operation, checkpoint or decision.
  public static func crash(at point: Name) -> Name { Name("crash:\(point)") }
  public static func compensation(of step: Name) -> Name { Name("compensation:\(step)") }

  public static let guardRefused: Name = "safeguard:pre-action-guards"
  /// A system that was sent the same key again changed nothing.
  public static let keyReplayed: Name = "safeguard:idempotency-keys"
  /// A write of a replica that lost its lease was refused, by a system or by the store.
  public static let fenceRefused: Name = "safeguard:fencing"
  public static let adopted: Name = "recovery:adopted"
  public static let readBackFound: Name = "recovery:read-back-found"
  public static let readBackEmpty: Name = "recovery:read-back-nothing"

  /// The mark that an agent makes by what it lets be known; nil where it makes none.
  static func mark(of observation: Observation) -> Name? {
    switch observation {
    case .mark(let name): name
    case .guardChecked(_, holds: false): guardRefused
    case .compensating(let step): compensation(of: step)
    case .adopted: adopted
    case .readBack(_, let found): found ? readBackFound : readBackEmpty
    case .transition, .guardChecked, .audited: nil
    }
  }
}

extension World {
  /// Notes that the run touched something. A run touches a dozen things, so a short list will do.
  mutating func touch(_ mark: Name) {
    if !marks.contains(mark) { marks.append(mark) }
  }

  /// Whether this request carries a key that was sent before. Asked only where a system changed nothing.
  func isRepeat(_ terms: CallTerms, attempt: UInt8, isCopy: Bool) -> Bool {
    guard let key = terms.request.idempotencyKey else { return false }
    return isCopy || attempt > 1
      || calls.contains { $0.terms.id != terms.id && $0.terms.request.idempotencyKey == key && $0.attempt > 0 }
  }

  /// The places that the processes' last incarnations passed and where they could have died; some more than once.
  var places: [Name] {
    processes.flatMap { $0.passages.lazy.map(\.place.point).filter { $0 != World.restartPoint } }
  }
}
