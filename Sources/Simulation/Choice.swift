// Choices: finite sets of answers with a benign default. Faults, crashes, orders and decisions are all choices.

import Primitives

/// The vocabulary of one kind of choice; a small enumeration whose first case is the benign default.
public protocol ChoiceAnswer: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == UInt8 {
  /// What happens when nobody asks for trouble.
  static var benign: Self { get }
  /// The name that plans, reports and users use.
  var name: Name { get }
}

/// The answers that are possible at one site: a set over one vocabulary of at most 64 answers.
public struct Offer<Answer: ChoiceAnswer>: Hashable, Sendable {
  /// A bit for each answer, by its raw value.
  public var mask: UInt64

  /// The benign default alone.
  @inlinable public init() { self.init(mask: 1 << UInt64(Answer.benign.rawValue)) }
  /// The answers whose bits are set.
  @inlinable public init(mask: UInt64) { self.mask = mask }

  /// The default and these.
  public init(of answers: Answer...) {
    self.init()
    for answer in answers { add(answer) }
  }

  /// Makes an answer possible.
  @inlinable public mutating func add(_ answer: Answer) { insert(answer.rawValue) }
  /// Makes the answer with this raw value possible.
  @inlinable public mutating func insert(_ raw: UInt8) { mask |= 1 << UInt64(raw) }
  /// Makes answers possible.
  @inlinable public mutating func add(_ answers: Answer...) { for answer in answers { insert(answer.rawValue) } }

  /// Whether there is nothing to choose.
  @inlinable public var isTrivial: Bool { mask & (mask &- 1) == 0 }
  /// Whether the answer is possible.
  @inlinable public func contains(_ answer: Answer) -> Bool { mask >> UInt64(answer.rawValue) & 1 == 1 }

  /// The alternatives to the default, in the vocabulary's order.
  @inlinable public var alternatives: [Answer] {
    Answer.allCases.filter { $0 != .benign && contains($0) }
  }
}

/// One answer that a run gave otherwise than by default.
public struct Decision: Hashable, Sendable {
  public let site: Site
  /// The answer's name.
  public let answer: Name

  @inlinable init(site: Site, answer: Name) {
    self.site = site
    self.answer = answer
  }

  /// The entry of a plan that gives this answer again.
  public var entry: Plan.Entry { Plan.Entry(at: SitePattern(site), choose: answer) }
}

/// A site that a run met, with the answers it could have given there instead.
public struct Fork: Hashable, Sendable {
  public let site: Site
  /// The names of the answers beside the default.
  public let alternatives: [Name]

  /// What a plan says to have this answer given here.
  public func entry(choosing answer: Name) -> Plan.Entry { Plan.Entry(at: SitePattern(site), choose: answer) }
}
