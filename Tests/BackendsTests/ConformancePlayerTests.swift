// A table that says something false must be noticed, or the tables prove nothing.

import Foundation
import Testing

@Suite("Conformance player")
struct ConformancePlayerTests {
  static let request = #""request":{"operation":"billing.create_customer","arguments":{"reference":"acme"}}"#

  @Test(
    "a false row is noticed",
    arguments: [
      #""expect":{"status":201}"#, #""expect":{"status":200,"error":"resource_missing"}"#,
      #""expect":{"headers":{"retry-after":1}}"#, #""expect":{"body":{"reference":"globex"}}"#,
      #""expect":{"body":{"colour":"red"}}"#, #""expect":{"deliveries":["some.topic"]}"#,
      #""state":{"effects":[]}"#, #""state":{"effects":[{"kind":"billing.customer","owner":"globex"}]}"#,
      #""state":{"effects":[{"kind":"billing.customer"},{"kind":"billing.customer"}]}"#,
      #""state":{"get":{"operation":"billing.get_customer","arguments":{"customer":"acme"},"status":404}}"#,
    ])
  func falseRow(claim: String) throws {
    let text = #"{"name":"false","source":"https://example.org","# + Self.request + "," + claim + "}"
    let row = try JSONDecoder().decode(ConformanceRow.self, from: Data(text.utf8))
    var player = try ConformancePlayer(profile: "stripe-v1", options: [:])
    withKnownIssue { try player.play(row) }
  }

  @Test("the true row passes")
  func trueRow() throws {
    let claim = #""expect":{"status":200,"body":{"reference":"acme"}},"state":{"effects":[{"owner":"acme"}]}"#
    let text = #"{"name":"true","source":"https://example.org","# + Self.request + "," + claim + "}"
    let row = try JSONDecoder().decode(ConformanceRow.self, from: Data(text.utf8))
    var player = try ConformancePlayer(profile: "stripe-v1", options: [:])
    try player.play(row)
  }
}
