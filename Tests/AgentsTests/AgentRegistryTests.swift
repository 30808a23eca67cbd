// Agents are found by name; a wrong name is answered with the right one.

import Faultline
import Primitives
import Testing

@testable import Agents

@Suite("Agent registry")
struct AgentRegistryTests {
  @Test("Every listed agent can be made, and has its listed name", arguments: AgentRegistry.entries.map(\.name.text))
  func makes(name: String) throws {
    #expect(try AgentRegistry.make(name: Name(name)).name.text == name)
  }

  @Test("No two agents share a name")
  func unique() {
    let names = AgentRegistry.entries.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.prefix(2) == ["reference", "naive"])
  }

  @Test("A mistyped agent or safeguard is answered with the nearest name")
  func nearest() {
    #expect(throws: AgentRegistryError.self) { try AgentRegistry.make(name: "niave") }
    do {
      _ = try AgentRegistry.make(name: "niave")
    } catch {
      #expect("\(error)".contains("'naive'"))
    }
    do {
      _ = try AgentRegistry.make(name: "reference", without: ["idempotency-key"])
      Issue.record("there is no such safeguard")
    } catch {
      #expect("\(error)".contains("'idempotency-keys'"))
    }
  }

  @Test("An agent without safeguards has none to remove")
  func nothingToRemove() {
    #expect(throws: AgentRegistryError.self) {
      try AgentRegistry.make(name: "naive", without: ["idempotency-keys"])
    }
  }
}
