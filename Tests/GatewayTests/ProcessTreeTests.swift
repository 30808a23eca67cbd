// Whatever a process of an agent starts dies with it, however it tries to get away, and nobody else does.

import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@testable import Gateway

/// Whether the trees of other tests stay out of the way: without control groups no orphan can be told from theirs.
private let areTreesApart: Bool = {
  guard hasPython, let group = ControlGroup(named: "probe-\(UUID().uuidString)") else { return false }
  group.remove()
  return true
}()

@Suite(.serialized, .enabled(if: areTreesApart, "no control groups of version 2, or no python3"))
struct ProcessTreeTests {
  private func trial(
    _ script: String, faults: [Plan.Entry] = [], usesControlGroups: Bool
  ) async throws -> OutsideTrials.Outcome {
    let folder = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await Bench.trial(
      AgentCommandLine(["/bin/sh", "-c", script]), faults: faults, folder: folder, timeout: .seconds(20),
      usesControlGroups: usesControlGroups)
  }

  /// How long a daemon of this run sleeps, by which it is known: whoever ran these tests before may have left some.
  private static func seconds(_ number: Int) -> Int { 1_000_000 + Int(getpid()) * 10 + number }

  /// Leaves a process behind that has forgotten its parents, its session and its environment, and goes on for so long.
  private static func daemon(seconds: Int) -> String {
    """
    python3 -c '
    import os, sys
    ready, held = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: os.execve("/bin/sleep", ["sleep", "\(seconds)"], {})
        os._exit(0)
    os.close(held)
    os.wait()
    # Ends when the last one who holds the other end has become another program.
    os.read(ready, 1)
    '
    """
  }

  private static func isRunning(_ words: String) -> Bool {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.contains { entry in
      guard pid_t(entry) != nil, let line = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline") else {
        return false
      }
      return String(decoding: line, as: UTF8.self).replacingOccurrences(of: "\0", with: " ").hasPrefix(words)
    }
  }

  @Test(arguments: [true, false])
  func aDaemonThatForgotWhereItCameFromIsKilled(usesControlGroups: Bool) async throws {
    let bystander = Process()
    bystander.executableURL = URL(filePath: "/bin/sleep")
    bystander.arguments = ["\(Self.seconds(0))"]
    bystander.standardOutput = FileHandle.nullDevice
    bystander.standardError = FileHandle.nullDevice
    try bystander.run()
    // It inherits whatever signals the test's own parent ignores.
    defer { kill(bystander.processIdentifier, SIGKILL) }
    let seconds = Self.seconds(usesControlGroups ? 1 : 2)
    let outcome = try await trial(
      Self.daemon(seconds: seconds) + "\nexit 3", usesControlGroups: usesControlGroups)
    #expect(outcome.record.verdict.result == .pass, "\(outcome.record.verdict.reasons)")
    #expect(outcome.survivors.isEmpty)
    #expect(!Self.isRunning("sleep \(seconds)"))
    // Whoever is of no tree is left alone.
    #expect(bystander.isRunning)
  }

  @Test(arguments: [true, false])
  func aKilledProcessTakesItsDaemonsWithIt(usesControlGroups: Bool) async throws {
    let seconds = Self.seconds(usesControlGroups ? 3 : 4)
    let death = Plan.Entry(at: SitePattern(incarnation: 1, point: "running", aspect: .crash), choose: "crash:after-1s")
    let outcome = try await trial(
      "[ $FAULTLINE_START = 2 ] && exit 3\n" + Self.daemon(seconds: seconds)
        + "\nexec python3 -c 'import time; time.sleep(\(Self.seconds(5)))'",
      faults: [death], usesControlGroups: usesControlGroups)
    #expect(outcome.record.verdict.outcome == .escalated)
    #expect(!Self.isRunning("sleep \(seconds)"))
    #expect(!Self.isRunning("python3 -c import time; time.sleep(\(Self.seconds(5)))"))
  }

  @Test func anOrphanThatMayBeAnothersIsNamedAndMakesTheTrialOpen() async throws {
    // Another tree is under way: nobody can say whose the orphan is.
    Orphanage.shared.add(1)
    defer { Orphanage.shared.remove(1) }
    let outcome = try await trial(Self.daemon(seconds: Self.seconds(6)) + "\nexit 3", usesControlGroups: false)
    #expect(outcome.survivors.count == 1)
    #expect(outcome.survivors.first?.contains("sleep (it may belong to another trial: try --jobs 1)") == true)
    #expect(outcome.record.verdict.result == .inconclusive)
    for survivor in outcome.survivors {
      if let id = pid_t(survivor.prefix { $0 != " " }), id > 1 { kill(id, SIGKILL) }
    }
  }
}
