// The vendors' own clients from PyPI against the built command. Without .venv these are skipped, and say so.

import Foundation
import Testing

@Suite struct ClientTests {
  private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  private static let python = "\(root)/.venv/bin/python"
  private static var hasClients: Bool {
    ["openai", "anthropic", "mcp", "schemathesis"].allSatisfy { package in
      let libraries = "\(root)/.venv/lib"
      let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []
      return versions.contains { FileManager.default.fileExists(atPath: "\(libraries)/\($0)/site-packages/\(package)") }
    }
  }

  @Test(
    .enabled(if: hasClients, "needs the clients from PyPI: run Scripts/venv, then the tests again"),
    arguments: ["check-clients", "check-openapi"])
  func theVendorsOwnClientsWork(script: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.python)
    process.arguments = ["\(Self.root)/Scripts/\(script)", try Workshop.command.path]
    process.currentDirectoryURL = URL(fileURLWithPath: Self.root)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.contains(script == "check-clients" ? "of" : "API Operations"), "\(said)")
  }
}
