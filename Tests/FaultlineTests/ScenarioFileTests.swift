// Files: what can't be opened is told as plainly as what can't be understood.

import Foundation
import Operations
import Primitives
import Testing

@testable import Faultline

@Suite struct ScenarioFileTests {
  @Test func aMissingFileADirectoryAndForeignBytesAreMistakes() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    try Data([0x74, 0x3A, 0x20, 0xFF, 0xFE]).write(to: folder.url.appendingPathComponent("latin.yaml"))
    #expect(told(folder.path("nothing.yaml")).contains("there is no such file"))
    #expect(told(folder.url.path).contains("expected a file, found a directory"))
    #expect(told(folder.path("latin.yaml")).contains("not UTF-8"))
  }

  @Test func aTicketIsReadFromBesideTheScenario() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    try folder.write("tickets/acme.txt", "Please onboard Acme.\n")
    let text = plainScenario.replacing("customer: acme", with: "ticket: ../tickets/acme.txt, customer: acme")
    try folder.write("scenarios/a.yaml", text)
    let reader = ScenarioReader(.example)
    let first = try reader.read(path: folder.path("scenarios/a.yaml"))
    #expect(first.input.text("ticket_text") == "Please onboard Acme.\n")
    #expect(first.name == "a")
    try folder.write("tickets/acme.txt", "Please onboard Acme, now.\n")
    #expect(try reader.read(path: folder.path("scenarios/a.yaml")).digest != first.digest)
  }

  @Test func aMissingTicketIsToldAtItsPlaceInTheScenario() throws {
    let found = mistakesOf(
      plainScenario.replacing("{customer:", with: "{ticket: gone.txt, customer:"), path: "x/a.yaml")
    #expect(found.map { "\($0.line):\($0.column) \($0.message)" } == ["4:17 x/gone.txt: there is no such file"])
  }

  private func told(_ path: String) -> String {
    do throws(ScenarioErrors) {
      _ = try ScenarioReader(.example).read(path: path)
      return "no mistake"
    } catch {
      return error.description
    }
  }
}

/// A folder for one test.
struct Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("faultline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ name: String, _ text: String) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
