// How a person or a file names a site: whatever is unique may be left out.

import Primitives

/// A site with parts left out. It matches the first site of the run that agrees with every part given.
public struct SitePattern: Hashable, Sendable {
  /// The replica or actor; nil, here and below, for any.
  public var process: Name?
  /// From 1.
  public var incarnation: Int?
  /// The workflow run.
  public var run: Name?
  /// An operation, a checkpoint, a decision or a timer.
  public var point: Name?
  /// A natural key.
  public var subject: Name?
  /// The n-th logical call or passage, from 1.
  public var call: Int?
  /// Nil or 0: the logical call as a whole.
  public var attempt: Int?
  /// The arrow or moment.
  public var aspect: Aspect?

  public init(
    process: Name? = nil, incarnation: Int? = nil, run: Name? = nil, point: Name? = nil, subject: Name? = nil,
    call: Int? = nil, attempt: Int? = nil, aspect: Aspect? = nil
  ) {
    self.process = process
    self.incarnation = incarnation
    self.run = run
    self.point = point
    self.subject = subject
    self.call = call
    self.attempt = attempt == 0 ? nil : attempt
    self.aspect = aspect
  }

  /// The pattern that matches this site alone.
  public init(_ site: Site) {
    self.init(
      process: site.process, incarnation: site.incarnation, run: site.run, point: site.point,
      subject: site.subject, call: site.call, attempt: site.attempt, aspect: site.aspect)
  }

  /// Whether the site agrees with every part that is given.
  public func matches(_ site: Site) -> Bool {
    (point == nil || point == site.point) && (aspect == nil || aspect == site.aspect)
      && (attempt ?? 0) == site.attempt && (call == nil || call == site.call)
      && (subject == nil || subject == site.subject) && (process == nil || process == site.process)
      && (incarnation == nil || incarnation == site.incarnation) && (run == nil || run == site.run)
  }
}

extension SitePattern {
  /// Whether every site that `other` matches is matched by this one, too: all that is given here is given there.
  public func covers(_ other: SitePattern) -> Bool {
    (point == nil || point == other.point) && (aspect == nil || aspect == other.aspect)
      && (attempt == nil || attempt == other.attempt) && (call == nil || call == other.call)
      && (subject == nil || subject == other.subject) && (process == nil || process == other.process)
      && (incarnation == nil || incarnation == other.incarnation) && (run == nil || run == other.run)
  }
}

extension SitePattern: CustomStringConvertible {
  /// The path form, with `*` for what is left out.
  public var description: String {
    let place = "\(point?.text ?? "*")\(subject.map { "[\($0)]" } ?? "")"
    let number = call.map(String.init) ?? "*"
    let count = if let attempt, attempt > 0 { "#\(number).\(attempt)" } else { call == nil ? "" : "#\(number)" }
    return "\(process?.text ?? "*")\(incarnation.map { "~\($0)" } ?? "")/\(run?.text ?? "*")/\(place)\(count)"
      + "/\(aspect?.rawValue ?? "*")"
  }

  /// Reads the path form, in which `*` stands for what is left out. Nil where it does not have four
  /// parts, a count is not a number, or the aspect is unknown.
  public init?(path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    // Only a subject can contain a slash, so the first two parts and the last one are certain.
    guard parts.count >= 4 else { return nil }
    func name(_ text: some StringProtocol) -> Name? { text == "*" || text.isEmpty ? nil : Name(String(text)) }
    let actor = parts[0].split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(process: name(actor[0]), run: name(parts[1]))
    if actor.count == 2 {
      guard let number = Int(actor[1]), number > 0 else { return nil }
      incarnation = number
    }
    var place = parts[2..<(parts.count - 1)].joined(separator: "/")[...]
    if let mark = place.lastIndex(of: "#"), !place[mark...].contains("]") {
      let counts = place[mark...].dropFirst().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      if counts[0] != "*" {
        guard let number = Int(counts[0]), number > 0 else { return nil }
        call = number
      }
      if counts.count == 2 {
        guard let number = Int(counts[1]), number >= 0 else { return nil }
        attempt = number == 0 ? nil : number
      }
      place = place[..<mark]
    }
    if place.hasSuffix("]"), let open = place.firstIndex(of: "[") {
      subject = name(place[place.index(after: open)...].dropLast())
      place = place[..<open]
    }
    point = name(place)
    if parts[parts.count - 1] != "*" {
      guard let known = Aspect(rawValue: parts[parts.count - 1]) else { return nil }
      aspect = known
    }
  }
}
