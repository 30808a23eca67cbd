// The story of a run, told from events written by hand.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Reporting

@Suite struct RunReportTests {
  private let text = WarStory.report(WarStory.record()).text(.plain)

  private func line(_ number: Int) -> Substring? {
    text.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix("\(number)  ") }
  }

  @Test func saysInOnePlainSentenceWhatShouldBeAndWhatIs() {
    #expect(text.hasPrefix("FAIL  timeout-after-create   naive   seed 7\n"))
    #expect(text.contains("acme should have 1 cluster and 1 charge for 2026-11. It has 2 clusters and 2 charges."))
  }

  @Test func listsEachViolationWithCountsObjectsAndEvidence() {
    #expect(text.contains("double-billing      acme-november  wanted 1 x 1,200.00 EUR  found 2  ch_1 ch_2"))
    #expect(text.contains("duplicate-resource  acme-cluster   wanted 1                 found 2  i-0a1 i-0b2  [5, 12]"))
  }

  @Test func countsWhatTheSystemsHoldAtEachStep() {
    #expect(line(5)?.contains("+ cluster i-0a1 (1 of 1)") == true)
    #expect(line(12)?.contains("+ cluster i-0b2 (2 of 1)") == true)
    #expect(line(17)?.contains("pay_invoice in_2") == false)
    #expect(line(17)?.contains("+ charge ch_2 1,200.00 EUR (2 of 1)") == true)
  }

  @Test func marksUnknownAndTheStepThatTreatedItAsFailed() {
    #expect(line(3)?.contains("<--X-- response-lost") == true)
    #expect(line(3)?.contains("FAULT 1, attempts 1-2") == true)
    #expect(line(9)?.contains("sees: timeout") == true)
    #expect(line(9)?.contains("truth: committed -> UNKNOWN") == true)
    #expect(line(10)?.contains("another key") == true)
    #expect(text.contains("<== DEFECT"))
  }

  @Test func showsWhatASystemDidByItself() {
    #expect(line(6)?.contains("billing itself: + invoice in_1") == true)
  }

  @Test func setsTheAgentsWordAgainstTheTruth() {
    #expect(line(18)?.contains("says: \"onboarded\"") == true)
    #expect(text.contains("in truth: 2 clusters and 2 charges"))
    #expect(text.contains("said: completed | real: violation"))
  }

  @Test func fitsAHundredColumns() {
    for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }

  @Test func hidesWhatDoesNotMatterUnlessAllIsAskedFor() {
    #expect(text.contains("--all)"))
    var report = WarStory.report(WarStory.record())
    report.showsAll = true
    let all = report.text(.plain)
    for number in 1...WarStory.events.count {
      #expect(all.split(separator: "\n").contains { $0.drop { $0 == " " }.hasPrefix("\(number)  ") })
    }
    #expect(!all.contains("--all)"))
  }

  @Test func offersOnlyCommandsThatExist() {
    #expect(!text.contains("See it again"))
    var report = WarStory.report(WarStory.record())
    report.commands.run = "faultline replay x.yaml"
    #expect(report.text(.plain).contains("Run it again   faultline replay x.yaml"))
    #expect(text.contains("exit 1         trace \(WarStory.record().verdict.traceHash.hexadecimal)"))
  }

  @Test func showsTheResumeOfAnAgentThatKeptItsKey() {
    let process = ProcessID(index: 0, incarnation: 1)
    let events: [(Int64, WorldEvent)] = Array(WarStory.events[..<9]) + [
      (30_200, WarStory.create(2, key: "sdk-1")),
      (
        30_241,
        .handled(
          Wire(call: WarStory.call(2), attempt: 1), response: .ok(["cluster": ["id": "i-0a1"]]), isCopy: false)
      ),
      (30_260, .answered(WarStory.call(2), operation: "cloud.create_cluster", .response(.ok(["id": "i-0a1"])))),
      (32_000, .claimed(process, Claim(.completed, text: "done"))),
      (32_000, .ended(.quiet)),
    ]
    let text = WarStory.report(WarStory.record(events, violations: [], result: .pass, agent: "reference")).text(.plain)
    #expect(text.hasPrefix("PASS"))
    #expect(text.contains("same key"))
    #expect(text.contains("= cluster i-0a1, nothing new"))
    #expect(!text.contains("DEFECT"))
    #expect(text.contains("said: completed | real: as it said"))
  }

  @Test func doesNotCallARepetitionAfterAReadBackADefect() {
    let lookup: WorldEvent = .sent(
      Wire(call: WarStory.call(9), attempt: 1),
      request: Request("cloud.list_clusters", ["customer": "acme"], principal: "agent"), step: "",
      isCompensation: false)
    var events = WarStory.events
    events.insert((30_100, lookup), at: 9)
    events.insert((30_150, .answered(WarStory.call(9), operation: "cloud.list_clusters", .response(.ok()))), at: 10)
    let violation = Violation(
      "duplicate-resource", intent: "acme-cluster", expected: 1, observed: 2, message: "", evidence: [5, 14])
    let text = WarStory.report(WarStory.record(events, violations: [violation])).text(.plain)
    #expect(text.contains("after a read-back"))
    #expect(!text.contains("DEFECT"))
  }

  @Test func nothingThatAnAgentSaysReachesTheTerminalRaw() {
    var events = WarStory.events
    events[17].1 = .claimed(
      ProcessID(index: 0, incarnation: 1), Claim(.completed, text: "ok\u{1B}[2J\u{7}\nPASS forged"))
    var report = WarStory.report(WarStory.record(events))
    #expect(!report.text(.plain).contains("\u{1B}"))
    #expect(!report.text(.plain).contains("\nPASS forged"))
    report.showsAll = true
    #expect(!report.text(.plain).contains("\u{7}"))
  }

  @Test func coloursOnlyWhereAsked() {
    #expect(!text.contains("\u{1B}"))
    #expect(WarStory.report(WarStory.record()).text(Style(isColoured: true)).contains("\u{1B}[1;31mFAIL"))
  }

  @Test func namesTheReplicaWhereThereAreSeveral() {
    #expect(!text.contains("agent-0: "))
    var events = WarStory.events
    events.insert((30_250, .processStarted(ProcessID(index: 1, incarnation: 1), trigger: "takeover")), at: 12)
    let text = WarStory.report(WarStory.record(events, violations: [])).text(.plain)
    #expect(text.contains("agent-0: create_cluster acme"))
    #expect(text.contains("agent-1~1 starts: takeover"))
  }

  @Test func aGoodEndOtherThanTheGoalIsSaid() {
    var record = WarStory.record(violations: [], result: .pass)
    record.verdict.outcome = .rolledBack
    #expect(WarStory.report(record).text(.plain).contains("took it back; nothing of it is left."))
    record.verdict.outcome = .escalated
    #expect(WarStory.report(record).text(.plain).contains("stopped and handed over."))
  }

  @Test func saysWhyARunIsInconclusive() {
    var record = WarStory.record(violations: [], result: .inconclusive)
    record.verdict.reasons = ["The planned fault outage was never met."]
    let text = WarStory.report(record).text(.plain)
    #expect(text.hasPrefix("OPEN"))
    #expect(text.contains("The planned fault outage was never met."))
    #expect(text.contains("real: undecided"))
  }
}
