// Runs by mark, counted without a string: every run of a campaign adds to this.

import Faultline
import Primitives

extension RandomCoverage {
  /// How many runs touched each mark. Written as a list by name.
  struct Tally: Hashable, Sendable, Codable {
    private var counts: [Name: Int] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
      for count in try [Count](from: decoder) { add(count.count, to: Name(count.name)) }
    }

    func encode(to encoder: any Encoder) throws { try list.encode(to: encoder) }

    /// Nil for what was neither declared nor touched.
    subscript(mark: Name) -> Int? { counts[mark] }

    var list: [Count] { counts.map { Count(name: $0.key.text, count: $0.value) }.sorted { $0.name < $1.name } }

    mutating func add(_ runs: Int, to mark: Name) { counts[mark, default: 0] += runs }

    mutating func merge(_ other: Tally) { counts.merge(other.counts, uniquingKeysWith: +) }
  }
}
