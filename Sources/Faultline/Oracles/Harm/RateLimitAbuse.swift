// Calling again before the system asked to be called.

import Operations
import Primitives

/// A call was sent before the time that a system's Retry-After named.
///
/// A promise binds the incarnation of the process that saw the answer, for that principal and that system: a
/// process that never saw it can't keep it. Fires on a wire attempt sent before the time is over, whether the
/// agent or its client library sent it. Silent at the named time and later, for answers without Retry-After,
/// and for calls that were on their way already.
/// Source: RFC 9110 section 10.2.3, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
public struct RateLimitAbuse: Oracle {
  public static let name: Name = "rate-limit-abuse"
  public static let summary = "A call was sent to a system before the time that its Retry-After named."
  public static let interests: EventKinds = .sent

  private struct Offence: Hashable, Sendable, StableHashable {
    var service: Int
    var promise: Int
    var index: Int

    func hash(into hasher: inout StableHasher) {
      hasher.combine(service)
      hasher.combine(promise)
      hasher.combine(index)
    }
  }
  private var offences: [Offence] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    guard !facts.promises.isEmpty, let number = facts.current,
      let operation = facts.calls[number].operation
    else { return }
    let call = facts.calls[number]
    let service = terms.operations[operation].service
    for promise in facts.promises where promise.service == service && now < promise.until {
      guard promise.process == call.process, promise.principal == call.principal else { continue }
      offences.append(Offence(service: service, promise: promise.index, index: index))
    }
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var found: [Violation] = []
    for service in terms.catalogue.services.indices {
      let mine = offences.filter { $0.service == service }
      guard !mine.isEmpty else { continue }
      found.append(
        Violation(
          Self.name, expected: 0, observed: mine.count,
          message: "\(terms.catalogue.services[service].backend) asked to wait and was called again too early, "
            + "\(mine.count) time\(mine.count == 1 ? "" : "s").",
          evidence: mine.flatMap { [$0.promise, $0.index] }))
    }
    return found
  }

  public func hash(into hasher: inout StableHasher) { hasher.combine(offences) }
}
