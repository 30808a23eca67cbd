// Plans: the answers of a run that differ from the default. A failure is one, shrinking shrinks it.

import Primitives

/// The non-default answers of a run.
public struct Plan: Hashable, Sendable {
  /// One answer at one site.
  public struct Entry: Hashable, Sendable {
    /// Where; the first site of the run that matches is meant.
    public var at: SitePattern
    /// The answer's name, `response-lost`.
    public var choose: Name

    public init(at: SitePattern, choose: Name) {
      self.at = at
      self.choose = choose
    }
  }

  /// In the order in which a run met them; files may have another.
  public var entries: [Entry]

  /// A plan of these answers; none is the benign run.
  public init(_ entries: [Entry] = []) { self.entries = entries }

  /// Whether the run is benign.
  public var isEmpty: Bool { entries.isEmpty }
}

extension Plan: StableHashable {
  /// Places and answers, in their order.
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(entries.count)
    for entry in entries {
      hasher.combine(entry.at.description)
      hasher.combine(entry.choose)
    }
  }
}

extension Plan: CustomStringConvertible {
  public var description: String {
    isEmpty ? "no faults" : entries.map { "\($0.at) \($0.choose)" }.joined(separator: "\n")
  }
}
