// Plans: the answers of a run that differ from the default. A failure is one, shrinking shrinks it.

import Primitives

/// The non-default answers of a run.
public struct Plan: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public var at: SitePattern
    /// The answer's name, `response-lost`.
    public var choose: Name

    public init(at: SitePattern, choose: Name) {
      self.at = at
      self.choose = choose
    }
  }

  public var entries: [Entry]

  public init(_ entries: [Entry] = []) { self.entries = entries }

  public var isEmpty: Bool { entries.isEmpty }
}

extension Plan: CustomStringConvertible {
  public var description: String {
    isEmpty ? "no faults" : entries.map { "\($0.at) \($0.choose)" }.joined(separator: "\n")
  }
}
