// The schema and the reader accept the same keys.

import Testing

@testable import Faultline

@Suite struct ScenarioSchemaTests {
  let document = ScenarioSchema(.example).document
  let shapes = ScenarioShapes(.example)

  @Test func everyMappingOffersExactlyTheKeysThatTheReaderAccepts() throws {
    try expectSame(document, shapes.scenario)
    let properties = try #require(document["properties"])
    try expectSame(try #require(properties["source"]), shapes.source)
    try expectSame(try #require(properties["world"]), shapes.world)
    try expectSame(try #require(properties["input"]), shapes.input(nil))
    try expectSame(try #require(properties["limits"]), shapes.limits)
    try expectSame(try #require(properties["intents"]?["additionalProperties"]), shapes.intent)
    try expectSame(try #require(properties["rules"]?["items"]), shapes.rule)
    let faults = alternatives(properties["faults"]?["items"])
    try expectSame(try #require(faults.first), shapes.fault)
    try expectSame(try #require(faults.last), ScenarioShapes.sitedFault)
    let expect = try #require(properties["expect"]?["patternProperties"])
    let agents = try #require(expect.names.first)
    try expectSame(try #require(expect[agents]), shapes.expectation)
  }

  /// The schema says which keys there are; a scenario that uses one of them must not be told it is unknown.
  @Test func theReaderKnowsEveryKeyOfTheSchema() throws {
    let properties = try #require(document["properties"])
    for key in properties.names {
      let text = plainScenario.split(separator: "\n").filter { !$0.hasPrefix("\(key):") }.joined(separator: "\n")
      #expect(!mistakesOf(text + "\n\(key): []").contains { $0.message.contains("unknown key of a scenario") })
    }
    #expect(mistakesOf(plainScenario + "\nextra: []").contains { $0.message.contains("unknown key of a scenario") })
  }

  @Test func namesAreOfferedFromTheVocabulary() throws {
    let text = ScenarioSchema(.example).text
    for name in ["\"response-lost\"", "\"cloud.cluster\"", "\"stripe-v2\"", "\"double-billing\"", "\"rolled-back\""] {
      #expect(text.contains(name))
    }
    let properties = try #require(document["properties"])
    guard case .list(let cloud)? = properties["world"]?["properties"]?["cloud"]?["anyOf"] else {
      Issue.record("a system is a name or a mapping")
      return
    }
    #expect(cloud.count == 2)
    #expect(cloud[1]["properties"]?.names == ["profile", "quota", "dead_tokens"])
  }

  private func expectSame(_ schema: JSONText, _ shape: Shape) throws {
    #expect(schema["properties"]?.names == shape.keys.map(\.name))
    let required = shape.keys.filter(\.isRequired).map(\.name)
    var listed: [String] = []
    if case .list(let items)? = schema["required"] {
      listed = items.compactMap { if case .text(let name) = $0 { name } else { nil } }
    }
    #expect(listed == required)
    guard case .bool(false)? = schema["additionalProperties"] else {
      Issue.record("\(shape.title) must be closed")
      return
    }
  }

  private func alternatives(_ schema: JSONText?) -> [JSONText] {
    if case .list(let items)? = schema?["anyOf"] { items } else { [] }
  }
}
