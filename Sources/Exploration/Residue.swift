// Sums of products that do not depend on the order of adding: what digests of whole searches are made of.

import Faultline
import Primitives
import Simulation

/// A number modulo the prime 2^61 - 1.
///
/// The digest of a search is the sum, over its plans, of the product of the plan's answers and of what the
/// verdict said. A sum can be formed in any order by any number of workers, and the sum over all plans that
/// begin alike is their common beginning times the sum over the rest.
struct Residue: Hashable, Sendable {
  private(set) var value: UInt64

  static let modulus: UInt64 = 1 << 61 - 1
  static let zero = Residue(value: 0)
  static let one = Residue(value: 1)

  private init(value: UInt64) { self.value = value }

  /// Spreads a hash over all residues but zero, which would swallow what it is multiplied with.
  init(hash: UInt64) { value = 1 + Draw.mix(hash) % (Residue.modulus - 1) }

  /// What one answer of a plan contributes.
  init(_ entry: Plan.Entry) {
    let at = entry.at
    var hasher = StableHasher()
    hasher.combine(at.process)
    hasher.combine(at.incarnation ?? 0)
    hasher.combine(at.run)
    hasher.combine(at.point)
    hasher.combine(at.subject)
    hasher.combine(at.call ?? 0)
    hasher.combine(at.attempt ?? 0)
    hasher.combine(at.aspect?.rawValue)
    hasher.combine(entry.choose)
    self.init(hash: hasher.digest)
  }

  /// What a run contributes: how it ended, by the agent's word, and what was wrong, by oracle and intent.
  init(_ verdict: Verdict, isUndecided: Bool, isUnfair: Bool) {
    var hasher = StableHasher()
    hasher.combine(verdict.outcome?.rawValue)
    hasher.combine(isUndecided)
    hasher.combine(isUnfair)
    for key in verdict.violations.map({ Draw.mix($0.oracle.hash) &+ ($0.intent?.hash ?? 0) }).sorted() {
      hasher.combine(key)
    }
    self.init(hash: hasher.digest)
  }

  static func + (a: Residue, b: Residue) -> Residue {
    let sum = a.value + b.value
    return Residue(value: sum >= modulus ? sum - modulus : sum)
  }

  static func * (a: Residue, b: Residue) -> Residue {
    let product = a.value.multipliedFullWidth(by: b.value)
    // 2^61 is 1: the bits above the 61st are added to those below.
    let low = product.low & modulus
    let high = product.high << 3 | product.low >> 61
    return Residue(value: low) + Residue(value: high >= modulus ? high - modulus : high)
  }

  static func += (a: inout Residue, b: Residue) { a = a + b }
}

extension Residue: Codable {
  init(from decoder: any Decoder) throws {
    value = try UInt64(from: decoder)
    guard value < Residue.modulus else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "A digest is below 2^61 - 1."))
    }
  }

  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
