// How a person or a file names a site: whatever is unique may be left out.

import Primitives

/// A site with parts left out. It matches the first site of the run that agrees with every part given.
public struct SitePattern: Hashable, Sendable {
  public var process: Name?
  public var incarnation: Int?
  public var run: Name?
  public var point: Name?
  public var subject: Name?
  public var call: Int?
  /// Nil or 0: the logical call as a whole.
  public var attempt: Int?
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
    self.attempt = attempt
    self.aspect = aspect
  }

  /// The pattern that matches this site alone.
  public init(_ site: Site) {
    self.init(
      process: site.process, incarnation: site.incarnation, run: site.run, point: site.point,
      subject: site.subject, call: site.call, attempt: site.attempt, aspect: site.aspect)
  }

  public func matches(_ site: Site) -> Bool {
    (point == nil || point == site.point) && (aspect == nil || aspect == site.aspect)
      && (attempt ?? 0) == site.attempt && (call == nil || call == site.call)
      && (subject == nil || subject == site.subject) && (process == nil || process == site.process)
      && (incarnation == nil || incarnation == site.incarnation) && (run == nil || run == site.run)
  }
}

extension SitePattern: CustomStringConvertible {
  /// The path form, with `*` for what is left out.
  public var description: String {
    let place = "\(point?.text ?? "*")\(subject.map { "[\($0)]" } ?? "")"
    let count = call.map { "#\($0)" + (attempt.map { $0 > 0 ? ".\($0)" : "" } ?? "") } ?? ""
    return "\(process?.text ?? "*")\(incarnation.map { "~\($0)" } ?? "")/\(run?.text ?? "*")/\(place)\(count)"
      + "/\(aspect?.rawValue ?? "*")"
  }

  /// Reads the path form; nil where it does not have four parts or an unknown aspect.
  public init?(path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4 else { return nil }
    func name(_ text: String) -> Name? { text == "*" || text.isEmpty ? nil : Name(text) }
    let actor = parts[0].split(separator: "~", maxSplits: 1).map(String.init)
    guard let first = actor.first else { return nil }
    self.init(process: name(first), run: name(parts[1]))
    if actor.count == 2 {
      guard let number = Int(actor[1]) else { return nil }
      incarnation = number
    }
    var place = parts[2]
    if let mark = place.lastIndex(of: "#") {
      let counts = place[place.index(after: mark)...].split(separator: ".").map { Int($0) }
      guard (1...2).contains(counts.count), !counts.contains(nil) else { return nil }
      call = counts[0]
      attempt = counts.count == 2 ? counts[1] : nil
      place = String(place[..<mark])
    }
    if place.hasSuffix("]"), let open = place.firstIndex(of: "[") {
      subject = Name(String(place[place.index(after: open)...].dropLast()))
      place = String(place[..<open])
    }
    point = name(place)
    if parts[3] != "*" {
      guard let known = Aspect(rawValue: parts[3]) else { return nil }
      aspect = known
    }
  }
}
