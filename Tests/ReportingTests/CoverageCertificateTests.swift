// What a search says that was stopped early, and one that was not.

import Faultline
import Primitives
import Simulation
import Testing

@testable import Exploration
@testable import Reporting

@Suite struct CoverageCertificateTests {
  private func text(explored: Int) -> String {
    var record = SearchRecord(scenario: WarStory.scenario, agent: "reference", without: [], maxFaults: 2, seed: 0)
    record.played = (runs: 300, nanoseconds: 1_000_000_000)
    record.units = (recorded: min(explored, 1), all: 44)
    var coverage = Coverage()
    coverage.explored = explored
    coverage.eventsPlayed = explored * 100
    return CoverageCertificate(record, origin: Plan(), coverage: coverage, rechecked: 0).text(.plain, exit: 130)
  }

  @Test func claimsNothingOfAnAgentBeforeAUnitIsFinished() {
    let text = text(explored: 0)
    #expect(text.contains("No unit is finished yet"))
    #expect(!text.contains("can't be forked") && !text.contains("0 plans played"))
    #expect(text.contains("300 runs a second"))
  }

  @Test func countsWhatIsFinished() {
    let text = text(explored: 7)
    #expect(text.contains("0 sites, 7 plans played, 0 pruned"))
    #expect(text.contains("700 events, each plan from its start: this agent can't be forked"))
  }
}
