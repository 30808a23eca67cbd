// JSON as text: what is read, what is refused, and that what is written is read again.

import Foundation
import Testing

@testable import Gateway

@Suite struct JSONTests {
  @Test(arguments: [
    ("null", .null), (" true ", .bool(true)), ("-0", .int(0)), ("9223372036854775807", .int(.max)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
    ("1.5e2", .int(150)), ("9007199254740992.0", .number(9_007_199_254_740_992)), ("0.25", .number(0.25)),
    (#""a\\\"\/\b\u00e9\ud83d\ude00""#, .text("a\\\"/\u{8}é😀")), ("[1, [], {}]", .list([.int(1), .list([]), .object([:])])),
    (#"{"a": 1, "a": 2}"#, .object(["a": .int(2)])),
  ] as [(String, JSON)])
  func whatIsJSONIsRead(text: String, document: JSON) { #expect(JSON(bytes: Array(text.utf8)) == document) }

  @Test(arguments: [
    "", " ", "nul", "tru", "01", "1.", ".5", "1e", "+1", "-", "1e999", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{,}",
    "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "1 2", "[", "{\"a\":1", "'a'", "NaN",
  ])
  func whatIsNoneIsRefused(text: String) { #expect(JSON(bytes: Array(text.utf8)) == nil) }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(JSON(bytes: [0x22, 0xFF, 0x22]) == nil)
    #expect(JSON(bytes: [0x22, 0xC3, 0x22]) == nil)
    #expect(JSON(bytes: [0x22, 0xC3, 0xA9, 0x22]) == "é")
  }

  @Test func depthHasABound() {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(JSON(bytes: nested(JSON.deepest)) != nil)
    #expect(JSON(bytes: nested(JSON.deepest + 1)) == nil)
  }

  /// Foundation's reader and this one agree on what is written here.
  @Test func whatIsWrittenIsReadAgain() throws {
    let document: JSON = [
      "z": [.null, true, 1, .number(0.1), .number(1e300), .int(.min)], "a": "\u{0}\u{1F}\u{7F}\"\\/\n\r\té😀\u{2028}", "é": [:],
    ]
    #expect(JSON(bytes: document.bytes) == document)
    let other = try JSONSerialization.jsonObject(with: Data(document.bytes)) as? [String: Any]
    #expect(other?["a"] as? String == document["a"]?.text)
    #expect((other?["z"] as? [Any])?.count == 6)
    #expect(document.printed.hasPrefix(#"{"a":"#))
    #expect(JSON.number(.infinity).printed == "null")
  }
}
