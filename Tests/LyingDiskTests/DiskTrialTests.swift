// The reference agent on a disk that fails at every write and every sync of a whole onboarding.

import Agents
import Faultline
import Foundation
import OpsAgent
import Primitives
import Testing

@testable import LyingDisk

@Suite struct DiskTrialTests {
  private static func scenario(_ name: String) throws -> Scenario {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try ScenarioReader(.standard()).read(path: root.appending(path: "scenarios/\(name).yaml").path())
  }

  private func expectGood(_ tally: TrialTally) {
    #expect(tally.failures == 0, "\(tally.problems)")
    #expect(tally.resumed + tally.handedOver == tally.cases)
  }

  /// One of so many, evenly spread: the whole is played by `Scripts/check-disks`, in a release build.
  private static func some(_ cases: [DiskTrial.Case], each step: Int) -> [DiskTrial.Case] {
    stride(from: 0, to: cases.count, by: step).map { cases[$0] }
  }

  @Test func everyWriteAndEverySyncIsAMomentAtWhichThePowerFails() throws {
    let trial = try DiskTrial(Self.scenario("happy-path"))
    // Some twenty transactions, each a sync of the log, and each some pages with their headers.
    #expect(trial.counts.syncs >= 20)
    #expect(trial.counts.writes >= 80)
    #expect(trial.counts.events == trial.counts.writes + trial.counts.syncs)
    var turn = 0
    let cases = trial.powerFailures { changes in
      // In turns: nothing of it is kept, all of it, all but the first, and all with the last write torn.
      let survivals: [Survival] = [
        .nothing, .everything, .torn(changes - 1, isSecondHalf: false), .allBut(0),
        .torn(changes - 1, isSecondHalf: true),
      ]
      turn += 1
      return [survivals[turn % survivals.count]]
    }
    #expect(cases.count == trial.counts.events, "no moment is left out")
    let tally = try trial.play(cases)
    expectGood(tally)
    #expect(tally.resumed == tally.cases, "an honest disk loses nothing that it promised, and the run goes on")
    print("power failures: \(trial.counts.events) moments, \(tally.cases) cases, \(tally.failures) wrong")
  }

  @Test func anErrorAtAnyMomentOrReadEndsWellOrIsHandedOver() throws {
    let trial = try DiskTrial(Self.scenario("happy-path"))
    let cases = trial.errors()
    #expect(cases.count == 3 * trial.counts.events + 2 * trial.counts.reads)
    expectGood(try trial.play(Self.some(cases, each: 9)))
  }

  @Test func noOlderCopyOfTheVolumeDoublesAnything() throws {
    for name in ["happy-path", "declined-card"] {
      let trial = try DiskTrial(Self.scenario(name))
      let operations = trial.operations.count
      let cases = trial.copies()
      #expect(cases.count == operations * (operations + 1) / 2, "each pair of a moment and an earlier copy, and empty")
      expectGood(try trial.play(Self.some(cases, each: name == "happy-path" ? 6 : 40)))
    }
  }

  @Test func aDiskWhoseSyncsAreLiesDoublesNothing() throws {
    let trial = try DiskTrial(Self.scenario("happy-path"))
    let cases = trial.powerFailures({ [.nothing, .first($0 / 2), .drawn(1)] }, liesAboutSync: true)
    expectGood(try trial.play(Self.some(cases, each: 8)))
  }

  @Test func damageIsRefusedByNameOrDoesNoHarm() throws {
    let trial = try DiskTrial(Self.scenario("happy-path"), checkpointInterval: 8)
    let cases = trial.damages(afterOperation: trial.operations.count / 2, step: 1_000)
    let tally = try trial.play(Self.some(cases, each: 3))
    expectGood(tally)
    #expect(tally.handedOver > 0, "some damage shows")
  }

  /// The trial's own control: an agent that takes what its disk says for the whole truth is caught.
  @Test func anAgentThatKeepsNoJournalIsCaught() throws {
    let trial = try DiskTrial(Self.scenario("happy-path"))
    let cases = trial.copies().filter { $0.title.hasSuffix("of operation -1") }
    let bare = Safeguard.allCases.filter { [.preActionGuards, .readBack, .idempotencyKeys].contains($0) }
    let tally = try trial.play(cases, without: bare)
    #expect(tally.failures > 0)
  }
}
