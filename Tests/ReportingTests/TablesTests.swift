// Tables, wrapping, and the sums over many runs.

import Exploration
import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Reporting

@Suite struct TextTests {
  @Test func wrapsAtSpacesAndBreaksOnlyWhatDoesNotFit() {
    #expect("one two three".wrapped(to: 7) == ["one two", "three"])
    #expect("retry-without-compensation".wrapped(to: 16) == ["retry-without-", "compensation"])
    #expect("abcdefgh".wrapped(to: 3) == ["abc", "def", "gh"])
    #expect("".wrapped(to: 5) == [""])
  }

  @Test(arguments: 1...12) func noWrappedLineIsTooLong(_ width: Int) {
    let text = "duplicate-resource, double-billing at a/long/path and unbreakablewordsthatgoon"
    let lines = text.wrapped(to: width)
    #expect(lines.allSatisfy { $0.count <= width })
    #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
  }

  @Test func alignsColumnsAndLeavesEmptyOnesOut() {
    var table = TextTable([.init("a"), .init("empty"), .init("n", rightAligned: true)])
    table.add(["long name", "", "7"])
    table.add(["x", "", "123"])
    #expect(table.text(.plain) == "a            n\nlong name    7\nx          123")
  }

  @Test func longCellsContinueOnTheNextLine() {
    var table = TextTable([.init("", limit: 4), .init("")])
    table.add(["ab cd", "x"])
    #expect(table.text(.plain, hasTitles: false) == "ab    x\ncd")
  }

  @Test(arguments: [(1, "cluster", "1 cluster"), (0, "policy", "0 policies"), (1_200, "key", "1,200 keys")])
  func countsInWords(_ count: Int, _ noun: String, _ text: String) {
    #expect(Words.count(count, noun) == text)
  }

  @Test func writesTimeInIntegers() {
    #expect(Words.seconds(.milliseconds(41)) == "0.041 s")
    #expect(Words.seconds(.seconds(7_200)) == "7,200.000 s")
    #expect(Words.brief(milliseconds: 840) == "840 ms")
    #expect(Words.brief(milliseconds: 30_860) == "30.8 s")
    #expect(Words.brief(milliseconds: 19_800_000) == "5.5 h")
  }

  @Test func quotesForTheShellOnlyWhereNeeded() {
    #expect(CommandLineText.quoted("scenarios/a-b_1.yaml") == "scenarios/a-b_1.yaml")
    #expect(CommandLineText.quoted("my file's") == "'my file'\\''s'")
    #expect(CommandLineText.quoted("$(rm)") == "'$(rm)'")
  }
}

@Suite struct SummaryTableTests {
  private func row(_ agent: Name, _ isAsExpected: Bool) -> SummaryTable.Row {
    var verdict = WarStory.record(agent: agent).verdict
    verdict.expectation = isAsExpected ? .met : .unmet
    verdict.reasons = isAsExpected ? [] : ["naive was expected to violate stuck and did not."]
    return .init(title: "A title", path: "scenarios/t.yaml", verdict: verdict, isAsExpected: isAsExpected)
  }

  @Test func totalsSayWhetherAllWasAsExpected() {
    let good = SummaryTable([row("naive", true), row("reference", true)]).text(.plain)
    #expect(good.contains("2 runs of 1 scenario, all as expected, 38 events."))
    #expect(good.contains("See one closely: faultline run scenarios/t.yaml --agent naive --seed 7"))
    let bad = SummaryTable([row("reference", true), row("naive", false)]).text(.plain)
    #expect(bad.contains("1 not as expected"))
    #expect(bad.contains("naive was expected to violate stuck and did not."))
    #expect(bad.contains("--agent naive"))
  }

  @Test func fitsAHundredColumnsWithTheLongestNames() {
    var verdict = WarStory.record(agent: "reference").verdict
    verdict.without = ["reverse-order-compensation", "idempotent-compensation"]
    verdict.violations = [
      Violation("retry-without-compensation", message: ""), Violation("blast-radius-exceeded", message: ""),
    ]
    verdict.outcome = .rolledBack
    verdict.result = .inconclusive
    verdict.metrics.recoveryMilliseconds = 719_000
    verdict.metrics.calls = 120
    verdict.metrics.attempts = 360
    verdict.events = 4_999
    let text = SummaryTable([
      .init(title: String(repeating: "long ", count: 40), path: "a.yaml", verdict: verdict, isAsExpected: true)
    ]).text(.plain)
    // A command that can be pasted is never broken.
    for line in text.split(separator: "\n") where !line.contains("faultline run") {
      #expect(line.count <= 100, "\(line)")
    }
  }

  @Test func saysThatItIsPartial() {
    var table = SummaryTable([row("naive", true)])
    table.isPartial = true
    #expect(table.text(.plain).contains("Stopped early"))
  }
}

@Suite struct CampaignReportTests {
  private func report(_ verdicts: [Verdict]) -> String {
    var coverage = RandomCoverage()
    for verdict in verdicts { coverage.add(verdict, wasRechecked: true) }
    return CampaignReport(
      title: "happy-path   reference", path: "scenarios/happy-path.yaml", agent: verdicts[0].agent, coverage: coverage,
      options: "--max-faults 3", elapsed: 500_000_000, isPartial: false
    ).text(.plain)
  }

  @Test func sumsFaultsRunsAndRate() {
    var idle = WarStory.record(violations: [], result: .pass).verdict
    idle.faults[0].tookEffect = false
    idle.metrics.recoveryMilliseconds = 1_000
    var other = WarStory.record(violations: [], result: .pass).verdict
    other.metrics.recoveryMilliseconds = 2_000
    let text = report([idle, other])
    #expect(text.hasPrefix("PASS  happy-path   reference   2 random runs"))
    #expect(text.contains("4 runs a second"))
    #expect(text.contains("response-lost         2            1"))
    #expect(text.contains("on average 0.50 faults a run took effect"))
    #expect(text.contains("mean recovery 1.5 s"))
    #expect(text.contains("2 replayed from their plans"))
  }

  @Test func saysWhatWasNeverTouchedAndFailsWhereTheScenarioInsists() {
    var coverage = RandomCoverage()
    coverage.add(WarStory.record(violations: [], result: .pass).verdict)
    coverage.declare(["safeguard:fencing", "recovery:resumed", "recovery:adopted"])
    func text(missing: [String]) -> String {
      CampaignReport(
        title: "a", path: "a.yaml", agent: "naive", coverage: coverage, missing: missing, options: "", elapsed: 0,
        isPartial: false
      ).text(.plain)
    }
    #expect(text(missing: []).hasPrefix("PASS"))
    #expect(
      text(missing: []).contains("1 of 4 marks touched\nnever recovery: adopted, resumed\nnever safeguard: fencing"))
    let insisting = text(missing: ["safeguard:fencing"])
    #expect(insisting.hasPrefix("FAIL"))
    #expect(insisting.contains("The scenario wants these touched, and no run did: safeguard:fencing"))
  }

  @Test func showsTheFirstFailureWithItsCommand() {
    let text = report([WarStory.record().verdict])
    #expect(text.hasPrefix("FAIL"))
    #expect(text.contains("double-billing  in 1 run"))
    #expect(text.contains("faultline run scenarios/happy-path.yaml --agent naive --seed 7 --max-faults 3"))
  }
}

@Suite struct SafeguardTableTests {
  @Test func namesSafeguardsThatNoScenarioMisses() {
    let table = SafeguardTable([
      .init(safeguard: "read-back", misses: [.init(scenario: "a", problems: ["duplicate-resource"])]),
      .init(safeguard: "fencing", misses: []),
    ])
    #expect(table.untested == ["fencing"])
    #expect(table.summary(.plain) == "No scenario misses fencing.")
    #expect(table.text(.plain).contains("read-back  a"))
  }
}

@Suite struct TraceDifferenceTests {
  @Test func equalTracesHaveNone() {
    #expect(TraceDifference.text(WarStory.trace(WarStory.events), WarStory.trace(WarStory.events)) == nil)
  }

  @Test(arguments: [0, 9, 18]) func findsTheFirstEventThatDiffers(_ position: Int) {
    var events = WarStory.events
    events[position].0 += 1
    for later in position..<events.count { events[later].0 += 1 }
    let text = TraceDifference.text(WarStory.trace(WarStory.events), WarStory.trace(events))
    #expect(text?.hasPrefix("the first difference is event #\(position + 1)\n") == true)
  }

  @Test func aLongerTraceDiffersWhereTheShorterEnds() {
    let text = TraceDifference.text(
      WarStory.trace(WarStory.events), WarStory.trace(Array(WarStory.events.dropLast())))
    #expect(text?.contains("event #19") == true)
    #expect(text?.contains("no such event") == true)
  }
}

@Suite struct BugTableTests {
  private static let plan = Plan([
    Plan.Entry(at: SitePattern(point: "cloud.create_cluster", call: 1, aspect: .answer), choose: "response-lost")
  ])

  private func row(_ agent: Name, without: [Name] = [], tried: Int?) -> BugTable.Row {
    BugTable.Row(
      agent: agent, without: without,
      found: tried.map {
        BugTable.Found(
          oracle: "duplicate-resource", scenario: "happy-path", method: "exhaustive", plansTried: $0, seed: 0,
          plan: Self.plan)
      })
  }

  @Test func tellsTheMedianAndTheLargestPlan() {
    let table = BugTable([row("a", tried: 3), row("reference", without: ["fencing"], tried: 90), row("c", tried: 7)])
    #expect(table.medianPlansTried == 7)
    #expect(
      table.summary(.plain)
        == "3 of 3 planted bugs are caught, after 7 plans in the median, by 1 choice at most.")
    #expect(table.text(.plain).contains("without fencing  duplicate-resource  happy-path"))
    #expect(table.text(.plain).split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func namesWhatNothingCatches() {
    let table = BugTable([row("a", tried: 3), row("sneaky", tried: nil)])
    #expect(table.escaped.map(\.agent) == ["sneaky"])
    #expect(table.summary(.plain) == "Nothing catches sneaky.")
  }

  @Test func writesOneLineOfJSONForEachBug() {
    #expect(
      BugTable([row("a", tried: 3), row("b", without: ["fencing"], tried: nil)]).jsonLines == [
        #"{"schema":"faultline.bug/1","agent":"a","without":[],"caught":true,"oracle":"duplicate-resource","#
          + #""scenario":"happy-path","method":"exhaustive","plans_tried":3,"seed":0,"#
          + #""plan":[{"at":"*/*/cloud.create_cluster#1/answer","choose":"response-lost"}],"plan_size":1}"#,
        #"{"schema":"faultline.bug/1","agent":"b","without":["fencing"],"caught":false,"oracle":null,"#
          + #""scenario":null,"method":null,"plans_tried":null,"seed":null,"plan":[],"plan_size":null}"#,
      ])
  }
}

@Suite struct RightAgentTableTests {
  private func table(_ results: [Verdict.Result]) -> RightAgentTable {
    var coverage = RandomCoverage()
    for result in results {
      let record = WarStory.record(violations: result == .pass ? [] : WarStory.violations, result: result)
      coverage.add(record.verdict)
    }
    var table = RightAgentTable(options: "--max-faults 3")
    table.add("careful-keys", "happy-path", path: "scenarios/happy-path.yaml", coverage)
    return table
  }

  @Test func countsRunsAndSaysThatThereIsNoAlarm() {
    let quiet = table([.pass, .pass])
    #expect(quiet.alarms == 0)
    #expect(quiet.text(.plain).contains("2 runs of right agents"))
    #expect(quiet.text(.plain).contains("no alarm"))
  }

  @Test func tellsHowToSeeAnAlarm() {
    let loud = table([.pass, .fail])
    #expect(loud.alarms == 1)
    #expect(loud.text(.plain).contains("1 alarm"))
    #expect(loud.text(.plain).contains("faultline run scenarios/happy-path.yaml"))
    #expect(loud.jsonLines[0].contains(#""violations":1"#))
  }
}
