// Requests that arrive together: who is first.

import Faultline
import Primitives

/// In which order requests are handled that arrived together.
public enum ArrivalOrder: String, Sendable, CaseIterable {
  /// By what they ask for, always the same.
  case canonical
  /// As the run's plan says: each next one is a choice, and by default the canonical one.
  case chosen
}

extension Session {
  /// The places, in canonical order, of so many requests as they are to be handled. The trace says which order it was:
  /// `together:3 canonical`, or `together:3 2-1-3`.
  func arrivalOrder(of count: Int) -> [Int] {
    guard let current else { return Array(0..<count) }
    var order: [Int] = []
    if settings.order == .chosen {
      var left = Array(0..<count)
      while !left.isEmpty { order.append(left.remove(at: world.chooseNext(among: left.count, of: current))) }
    } else {
      order = Array(0..<count)
    }
    let text = order == Array(0..<count) ? "canonical" : order.map { "\($0 + 1)" }.joined(separator: "-")
    world.mark(Name("together:\(count) \(text)"), of: current)
    return order
  }
}
