// Processes: how their ends are taken, and that a killed one takes its children with it.

import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct SupervisorTests {
  private func trial(
    _ script: String, faults: [Plan.Entry] = [], timeout: Duration = .seconds(20), reset: String? = nil
  ) async throws -> OutsideTrials.Outcome {
    let folder = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await Bench.trial(
      AgentCommandLine(["/bin/sh", "-c", script]), faults: faults, folder: folder, timeout: timeout, reset: reset)
  }

  @Test func aStatusOfZeroClaimsThatAllIsDone() async throws {
    let outcome = try await trial("exit 0")
    #expect(outcome.record.verdict.outcome == .completed)
    #expect(outcome.record.verdict.violations.contains { $0.oracle == "untruthful-claim" })
  }

  @Test func anotherStatusHandsOver() async throws {
    let outcome = try await trial("exit 3")
    #expect(outcome.record.verdict.outcome == .escalated)
    #expect(outcome.record.verdict.result == .pass)
  }

  @Test func aProcessThatCouldNotBeginIsNoAgentThatHandsOver() async throws {
    let outcome = try await trial("echo 'ModuleNotFoundError: no langgraph' >&2; exit 1")
    #expect(outcome.record.verdict.result == .inconclusive)
    #expect(outcome.record.verdict.outcome == nil)
    #expect(
      outcome.record.verdict.reasons.prefix(2) == [
        "The process did not start: it ended with status 1 before its first request, and said:",
        "ModuleNotFoundError: no langgraph",
      ])
    // Who says nothing about an error hands over.
    #expect(try await trial("exit 1").record.verdict.outcome == .escalated)
  }

  @Test func aProcessThatDoesNotEndIsInconclusive() async throws {
    let outcome = try await trial("sleep 60", timeout: .seconds(2))
    #expect(outcome.record.verdict.result != .pass)
    #expect(outcome.record.verdict.reasons.first == "The process did not end in its time.")
    #expect(outcome.survivors.isEmpty)
  }

  @Test func whatAnEndedProcessLeftBehindIsKilled() async throws {
    let outcome = try await trial("sleep 61 & setsid sleep 62 & exit 0")
    #expect(outcome.survivors.isEmpty)
    let listing = Process()
    let pipe = Pipe()
    listing.executableURL = URL(filePath: "/bin/sh")
    listing.arguments = ["-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"]
    listing.standardOutput = pipe
    try listing.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(!text.contains("sleep 61"))
    #expect(!text.contains("sleep 62"))
  }

  @Test func stateElsewhereIsClearedBeforeATrial() async throws {
    let file = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
    try Data("old".utf8).write(to: URL(filePath: file))
    let outcome = try await trial("test -e \(file) || exit 3", reset: "rm \(file)")
    #expect(outcome.record.verdict.outcome == .escalated)
  }

  @Test func aResetThatFailsEndsTheTrial() async throws {
    await #expect(throws: ResetFailure.self) { try await trial("exit 3", reset: "echo no >&2; exit 7") }
  }

  /// What is cleared may have to be found at the world that the agent will work with.
  @Test func clearsWithTheEnvironmentOfTheAgent() async throws {
    let names = ["FAULTLINE_URL", "FAULTLINE_MCP_URL", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "FAULTLINE_STATE_DIR"]
    let outcome = try await trial("exit 0", reset: names.map { "test -n \"$\($0)\"" }.joined(separator: " && "))
    #expect(outcome.survivors.isEmpty)
  }

  @Test func noKeyToARealAccountIsHandedOn() throws {
    let command = AgentCommandLine(["agent"], passing: ["STRIPE_API_KEY"])
    #expect(throws: AgentCommandLine.LiveKey.self) {
      try command.environment(adding: [:], from: ["STRIPE_API_KEY": "sk_live_1"])
    }
    let environment = try command.environment(
      adding: ["FAULTLINE_TRIAL": "1"], from: ["STRIPE_API_KEY": "sk_test_1", "SECRET": "x", "PATH": "/bin"])
    #expect(environment["STRIPE_API_KEY"] == "sk_test_1")
    #expect(environment["PATH"] == "/bin")
    #expect(environment["SECRET"] == nil)
    #expect(environment["FAULTLINE_TRIAL"] == "1")
  }

  @Test(arguments: [
    (["python3", "agents/plain.py"], "plain"), (["./agent", "--fast"], "agent"), (["node", "--x", "a/b.mjs"], "b"),
  ])
  func aCommandIsCalledByItsScript(words: [String], name: String) {
    #expect(AgentCommandLine(words).name == name)
  }

  /// The test's own image stands for the command's.
  @Test func theReferenceAgentIsKnownByItsFileAndNotOnlyByItsName() throws {
    let own = try #require(Bundle.main.executableURL)
    let folder = FileManager.default.temporaryDirectory.appending(path: "faultline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (linked, copied, other) = (
      folder.appending(path: "linked"), folder.appending(path: "copied"), folder.appending(path: "other")
    )
    try FileManager.default.createSymbolicLink(at: linked, withDestinationURL: own)
    try FileManager.default.copyItem(at: own, to: copied)
    try Data("#!/bin/sh\n".utf8).write(to: other)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: other.path)
    for executable in [own.path, linked.path, copied.path, "/nowhere/faultline"] {
      let command = AgentCommandLine([executable, "agent", "--workflow", "customer-onboarding"])
      #expect(command.name == "faultline-agent", "\(executable)")
      #expect(command.declaresWaits)
    }
    for words in [[other.path, "agent"], [linked.path, "run"], [linked.path], ["nobody-has-this", "agent"]] {
      let command = AgentCommandLine(words)
      #expect(command.name != "faultline-agent", "\(words)")
      #expect(!command.declaresWaits)
    }
  }

  @Test(arguments: [("real", ClockMode.real), ("virtual", .virtual), ("scaled:20", .scaled(20))])
  func clocksAreReadAsTheyAreWritten(text: String, mode: ClockMode) {
    #expect(ClockMode(text) == mode)
    #expect(mode.description == text)
  }

  @Test(arguments: ["", "scaled", "scaled:1", "scaled:x", "Real"])
  func whatIsNoClockIsNone(text: String) { #expect(ClockMode(text) == nil) }
}
