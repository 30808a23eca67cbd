// The vendors' own clients from PyPI against the built command. Without .venv these are skipped, and say so.

import Foundation
import Testing

@Suite struct ClientTests {
  private static var hasClients: Bool {
    ["openai", "anthropic", "mcp", "schemathesis"].allSatisfy { package in
      let libraries = "\(Python.root)/.venv/lib"
      let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []
      return versions.contains { FileManager.default.fileExists(atPath: "\(libraries)/\($0)/site-packages/\(package)") }
    }
  }

  @Test(
    .enabled(if: hasClients, "needs the clients from PyPI: run Scripts/venv, then the tests again"),
    arguments: ["check-clients", "check-openapi"])
  func theVendorsOwnClientsWork(script: String) throws {
    let (status, said) = try Python.run(
      ["Scripts/\(script)", try Workshop.command.path], in: URL(fileURLWithPath: Python.root))
    #expect(status == 0, "\(said)")
    #expect(said.contains(script == "check-clients" ? "of" : "API Operations"), "\(said)")
  }
}
