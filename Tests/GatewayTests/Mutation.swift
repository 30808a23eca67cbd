// Inputs for parsers: sound ones with a few damages, as many as are asked for.

import Foundation
import Primitives

/// Damaged copies of inputs that are right.
struct Mutation {
  /// How many parsers share the inputs: those of ``FuzzTests`` and of ``VendorFuzzTests``.
  private static let parsers = 11
  private static let total = ProcessInfo.processInfo.environment["FAULTLINE_FUZZ"].flatMap { Int($0) } ?? 22_000
  /// Rounded up, so that they are not fewer in all.
  static var perDoor: Int { (total + parsers - 1) / parsers }

  let seeds: [[UInt8]]
  var words = Self.words

  /// What has a meaning to some parser.
  static let words: [[UInt8]] = [
    "{", "}", "[", "]", "\"", ":", ",", "null", "true", "-0", "1e309", "9223372036854775808", "\\u0000", "\\ud800",
    "\u{0}", "\u{FEFF}", "{{", "}}", "{{customer}}", "&a", "*a", "!!", "- ", "\n", "\t", "jsonrpc", "id", "params",
    "[[[[[[[[[[[[",
    "{\"a\":", "é", "\u{1F600}", "data: ", "\r\n\r\n",
  ].map { Array($0.utf8) }

  func input(_ number: Int) -> [UInt8] {
    var draw = Draw(word: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    func next(_ bound: Int) -> Int {
      draw = draw.derived(1)
      return Int(draw.below(UInt64(max(1, bound))))
    }
    var bytes = seeds[next(seeds.count)]
    for _ in 0..<(1 + next(6)) {
      let at = next(bytes.count + 1)
      switch next(6) {
      case 0 where at < bytes.count: bytes[at] = UInt8(next(256))
      case 1: bytes.insert(contentsOf: words[next(words.count)], at: at)
      case 2: bytes.removeSubrange(at..<min(bytes.count, at + next(8)))
      case 3: bytes = Array(bytes[..<at])
      case 4:
        let other = seeds[next(seeds.count)]
        bytes.insert(contentsOf: other[next(other.count)...].prefix(40), at: at)
      default:
        let part = bytes[at...].prefix(1 + next(30))
        bytes.insert(contentsOf: Array(repeating: Array(part), count: 1 + next(3)).joined(), at: at)
      }
    }
    return bytes
  }
}
