// Draws: numbers that are a pure function of a seed and a place, so that one never shifts another.

/// A pseudo-random number keyed by where it is drawn, not by how many were drawn before.
///
/// Taking one fault out of a plan leaves every latency and every id elsewhere as it was; a positional
/// generator would shift them all. The mixing function is the finaliser of SplitMix64 (Steele, Lea and
/// Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
public struct Draw: Sendable, Hashable {
  /// The number itself, uniform over all 64 bits.
  public let word: UInt64

  /// A draw that is given, for what is derived from it.
  @inlinable public init(word: UInt64) { self.word = word }

  /// The draw at the place `key` of the run `seed`.
  @inlinable public init(seed: UInt64, key: UInt64) {
    word = Draw.mix(Draw.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ key)
  }

  /// An independent draw derived from this one.
  @inlinable public func derived(_ index: UInt64) -> Draw { Draw(seed: word, key: index) }
  /// An independent draw for one purpose.
  @inlinable public func derived(_ purpose: Name) -> Draw { Draw(seed: word, key: purpose.hash) }

  /// A number in `0..<bound`.
  @inlinable public func below(_ bound: UInt64) -> UInt64 {
    precondition(bound > 0, "a draw below zero has no answer")
    return word.multipliedFullWidth(by: bound).high
  }

  /// A span within the band, its ends included.
  @inlinable public func span(in band: ClosedRange<TimeSpan>) -> TimeSpan {
    let width = UInt64(band.upperBound.nanoseconds - band.lowerBound.nanoseconds) + 1
    return TimeSpan(nanoseconds: band.lowerBound.nanoseconds + Int64(below(width)))
  }

  /// Spreads a difference of any one bit over all bits of the result.
  @inlinable public static func mix(_ x: UInt64) -> UInt64 {
    var z = x
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// An identifier such as `i-0k3v9q2m1` or `cus_7f3a09bc`: the prefix and base-32 digits of this draw,
  /// fifteen bytes in all so that Swift keeps it without allocating.
  ///
  /// - Parameter seal: what its last digits are to tell of the world that made it.
  public func identifier(_ prefix: StaticString, seal: Seal = .none) -> String {
    String(unsafeUninitializedCapacity: Seal.length) { buffer in
      var count = 0
      prefix.withUTF8Buffer { bytes in
        for byte in bytes.prefix(10) {
          buffer[count] = byte
          count += 1
        }
      }
      var rest = word
      let sealAt = seal == .none ? Seal.length : Seal.length - Seal.digits
      if seal != .none { rest &= 1 << UInt64(5 * (sealAt - count)) - 1 }
      let own = rest
      while count < Seal.length {
        if count == sealAt { rest = seal.tail(after: own) }
        let digit = UInt8(truncatingIfNeeded: rest & 31)
        buffer[count] = digit < 10 ? 48 + digit : 87 + digit
        rest >>= 5
        count += 1
      }
      return count
    }
  }
}
