// A search that is killed, interrupted or shared ends with the certificate of one that was left alone.

import Foundation
import GRDB
import Primitives
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct ResumeTests {
  private static let small = "scenarios/small.yaml"

  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.addSmallScenario("dry-run", ticket: "acme")
    return workshop
  }

  /// An onboarding of which nothing is done: nine units of a fraction of a second each, cut after every 16 of the
  /// alternatives that the run without faults offers.
  private func arguments(_ results: String, _ more: String...) -> [String] {
    ["explore", Self.small, "--format", "json", "--jobs", "2", "--results", results] + more
  }

  /// A certificate without what depends on time and on who played what.
  private func certificate(_ outcome: Workshop.Outcome) throws -> NSDictionary {
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome)")
    for key in ["seconds", "runs_per_second", "units_resumed"] { object[key] = nil }
    return object as NSDictionary
  }

  @Test func killedAtTwentyRandomMomentsItEndsWithTheSameCertificate() throws {
    let workshop = try workshop()
    let whole = try certificate(workshop.run(all: arguments("whole.sqlite")))
    var (kills, lot, file) = (0, UInt64(0), 0)
    while kills < 20 {
      let results = "killed-\(file).sqlite"
      let running = try workshop.start(arguments(results, "--resume"))
      // The moment: after so many more claims and records as the lot says, and so many looks later.
      let draw = Draw(seed: lot, key: Name("kill").hash)
      lot += 1
      let target = workshop.progress(results) + Int(draw.below(3))
      var looks = Int(draw.derived(1).below(6))
      while running.process.isRunning {
        guard workshop.progress(results) >= target else { continue }
        if looks == 0 { break }
        looks -= 1
      }
      if running.process.isRunning, kill(running.process.processIdentifier, SIGKILL) == 0 {
        running.process.waitUntilExit()
        kills += 1
      } else {
        // It was over before its moment came; the next one begins anew.
        #expect(try certificate(running.outcome()) == whole)
        file += 1
      }
    }
    let ended = try workshop.run(all: arguments("killed-\(file).sqlite", "--resume"))
    #expect(try certificate(ended) == whole)
    #expect(ended.status == 0)
  }

  @Test func twoProcessesShareOneSearch() throws {
    let workshop = try workshop()
    let whole = try certificate(workshop.run(all: arguments("whole.sqlite")))
    let both = try (0..<2).map { _ in try workshop.start(arguments("shared.sqlite", "--resume")) }
    for running in both { #expect(try certificate(running.outcome()) == whole) }
    let path = workshop.folder.appending(path: "shared.sqlite").path
    let queue = try DatabaseQueue(path: path)
    #expect(try queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM campaign") } == 1)
    let players = try queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(DISTINCT claimant) FROM result") }
    #expect(players == 2, "each played a part of it")
  }

  @Test func ctrlCEndsWithAPartialCertificateThatSaysSo() throws {
    let workshop = try workshop()
    let running = try workshop.start(["explore", Self.small, "--jobs", "1", "--results", "r.sqlite"])
    while running.process.isRunning, workshop.progress("r.sqlite") < 4 {}
    running.process.interrupt()
    let outcome = try running.outcome()
    #expect(outcome.status == 130, "\(outcome)")
    #expect(outcome.output.hasPrefix("PART  small   reference"))
    #expect(outcome.output.split(separator: "\n").last?.hasPrefix("PARTIAL: ") == true)
    let command = try #require(outcome.output.split(separator: "\n").first { $0.contains(" --resume") })
    let words = command.split(separator: " ").dropFirst().map(String.init)
    let resumed = try workshop.run(all: words)
    #expect(resumed.status == 0, "\(resumed)")
    #expect(resumed.output.contains("went on with an unfinished search"))
    let again = try workshop.run("explore", Self.small)
    #expect(resumed.output.split(separator: "\n").last == again.output.split(separator: "\n").last)
  }
}

extension Workshop {
  /// How much of the campaigns is on file: units that are claimed or recorded. 0 where there is no file yet.
  func progress(_ results: String) -> Int {
    var configuration = Configuration()
    configuration.readonly = true
    let path = folder.appending(path: results).path
    guard let queue = try? DatabaseQueue(path: path, configuration: configuration) else { return 0 }
    let sql = "SELECT (SELECT COUNT(*) FROM claim) + 2 * (SELECT COUNT(*) FROM result)"
    return (try? queue.read { try Int.fetchOne($0, sql: sql) ?? 0 }) ?? 0
  }
}
