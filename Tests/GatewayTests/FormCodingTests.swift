// Forms and XML: what goes in comes out, and no bytes bring the readers down.

import Foundation
import Primitives
import Testing

@testable import Gateway

@Suite struct FormCodingTests {
  @Test func fieldsAreDecoded() throws {
    let form = try #require(Form(bytes: "items[0][price]=pro&name=A+%26+B&empty=&name=C&%C3%A4=%C3%B6".utf8))
    #expect(form["items[0][price]"] == "pro")
    #expect(form["name"] == "A & B", "the first counts")
    #expect(form["empty"] == nil)
    #expect(form["ä"] == "ö")
  }

  @Test func listsAreNumberedFromOneWithoutGaps() throws {
    let form = try #require(Form(bytes: "Id.1=a&Id.2=b&Id.4=d".utf8))
    #expect(form.numbered("Id") == ["a", "b"])
  }

  @Test(arguments: ["a=%", "a=%4", "a=%zz", "%ff=1"])
  func whatIsNoFormIsRefused(text: String) { #expect(Form(bytes: text.utf8) == nil) }

  @Test func tooManyFieldsAreRefused() {
    let text = (0..<Form.limit).map { "a\($0)=1" }.joined(separator: "&")
    #expect(Form(bytes: text.utf8) != nil)
    #expect(Form(bytes: "\(text)&more=1".utf8) == nil)
  }

  @Test func xmlEscapesWhatHasAMeaning() {
    let written = XML("a", [XML("b", "<&>\"\r\u{1}ä")])
    #expect(
      String(decoding: written.bytes, as: UTF8.self)
        == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a><b>&lt;&amp;&gt;&quot;&#13;\u{FFFD}ä</b></a>")
  }

  /// A hundred thousand forms, each a few changes away from one that EC2 takes.
  @Test func noBytesBringTheFormReaderDown() {
    let sound = Array("Action=RunInstances&TagSpecification.1.Tag.1.Value=a%20b&ClientToken=%C3%A4+x&MinCount=3".utf8)
    var draw = Draw(word: 11)
    var read = 0
    for _ in 0..<100_000 {
      draw = draw.derived(1)
      var bytes = sound
      for step in 0..<(1 + draw.below(4)) {
        let at = Int(draw.derived(10 + step).below(UInt64(bytes.count)))
        bytes[at] = UInt8(truncatingIfNeeded: draw.derived(20 + step).word)
      }
      if let form = Form(bytes: bytes) {
        read += 1
        if form.fields.count > bytes.count { Issue.record("more fields than bytes") }
      }
    }
    #expect(read > 10_000 && read < 100_000, "\(read) of the forms could be read")
  }
}
