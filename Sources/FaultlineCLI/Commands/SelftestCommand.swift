// `faultline selftest`: Faultline is scored too, by agents whose defect or whose rightness is known.

import Agents
import ArgumentParser
import Faultline
import Foundation
import Primitives
import Reporting
import Simulation

struct SelftestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Show that wrong agents are caught and right ones are not.",
    discussion: """
      Takes each safeguard from the reference agent and shows which scenario misses it: a safeguard that no scenario \
      misses is not tested, or not needed. Then hunts every planted bug, first in the scenarios, then among all plans of \
      one fault, then among random plans of two, and shows what caught it, how many plans that took, and how many \
      choices are left when the plan is shrunk. The exit status is 1 where a safeguard is missed by nothing or a bug is \
      caught by nothing.

      With --right-agents it plays agents that are right, each in another style, with random faults. Whatever an oracle \
      then finds is a false alarm, or they are not right: exit status 1.

      Examples:
        faultline selftest scenarios
        faultline selftest --right-agents --runs 1000000 --jobs 2
      """)

  @Argument(help: "Scenario files, or folders of them; ./scenarios where none is given.", completion: .file())
  var paths: [String] = []

  @Option(help: "The seed of every run without random faults, and of the first run with them.")
  var seed: UInt64 = 1

  @Option(help: "How many agents or runs to play at the same time; one for each core where nothing is given.")
  var jobs: Int?

  @Flag(help: "Play right agents with random faults instead.")
  var rightAgents = false

  @Option(help: "With --right-agents: how many runs, shared among agents and scenarios.")
  var runs: Int = 10_000

  @Option(help: "With --right-agents: how many random faults a run may have.")
  var maxFaults: Int = 3

  @OptionGroup(title: "Output") var output: OutputOptions

  var workers: Int { jobs ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    guard output.format == .text || output.format == .json else { throw ValidationError("selftest writes text or json") }
    guard runs > 0 else { throw ValidationError("--runs takes a number from 1 on") }
    guard maxFaults > 0 else { throw ValidationError("--max-faults takes a number from 1 on") }
    guard jobs.map({ $0 > 0 }) ?? true else { throw ValidationError("--jobs takes a number from 1 on") }
  }

  func run() async throws {
    try output.check()
    let situations = try Library.situations(in: paths.isEmpty ? ["scenarios"] : paths)
    let status = try await rightAgents ? playRightAgents(situations) : scoreItself(situations)
    guard status == .asExpected else { throw ExitCode(status) }
  }

  private func scoreItself(_ situations: [Situation]) async throws -> ExitStatus {
    let safeguards = try missedSafeguards(situations)
    let bugs = try await huntBugs(situations)
    switch output.format {
    case .json: try output.deliver((safeguards.jsonLines + bugs.jsonLines).joined(separator: "\n"))
    default:
      let style = output.style
      try output.deliver(
        [
          safeguards.text(style), bugs.text(style), safeguards.summary(style) + "\n" + bugs.summary(style),
        ].joined(separator: "\n\n"))
    }
    return safeguards.untested.isEmpty && bugs.escaped.isEmpty ? .asExpected : .notAsExpected
  }

  // MARK: Safeguards

  private func missedSafeguards(_ situations: [Situation]) throws -> SafeguardTable {
    var rows: [SafeguardTable.Row] = []
    var progress = Progress()
    for entry in AgentRegistry.entries {
      for safeguard in entry.safeguards {
        progress.update("without \(safeguard)")
        let found = try situations.flatMap { try misses(of: safeguard, from: entry, in: $0.scenario) }
        rows.append(.init(safeguard: safeguard, misses: found))
      }
    }
    progress.finish()
    return SafeguardTable(rows)
  }

  /// What goes wrong in a scenario without the safeguard and does not go wrong with it.
  ///
  /// Some safeguards stand behind another one. Where a scenario names an agent without several, the safeguard is
  /// also put back alone: it is missed if that alone makes the run right.
  private func misses(
    of safeguard: Name, from entry: AgentRegistry.Entry, in scenario: Scenario
  ) throws -> [SafeguardTable.Miss] {
    let combined = scenario.expectations.filter { $0.agent == entry.name && $0.without.contains(safeguard) }
    var found: [SafeguardTable.Miss] = []
    for without in [[safeguard]] + combined.map(\.without).filter({ $0.count > 1 }) {
      let others = without.filter { $0 != safeguard }
      guard try problems(entry, without: others, in: scenario).isEmpty else { continue }
      let wrong = try problems(entry, without: without, in: scenario)
      guard !wrong.isEmpty else { continue }
      found.append(SafeguardTable.Miss(scenario: scenario.name, alsoWithout: others, problems: wrong))
    }
    return found
  }

  /// What was wrong with a run: the oracles that fired, and an ending that the scenario does not allow.
  private func problems(_ entry: AgentRegistry.Entry, without: [Name], in scenario: Scenario) throws -> [String] {
    let agent = try AgentRegistry.make(name: entry.name, without: without)
    let verdict = try Assignment(Situation(scenario), agent: agent, isChecked: false).play(seed: seed).verdict
    var problems = Set(verdict.violations.map(\.oracle)).sorted().map(\.text)
    let allowed = scenario.expectations.first { $0.agent == entry.name && $0.without.isEmpty }?.ends ?? []
    if problems.isEmpty, !allowed.isEmpty, !allowed.contains(where: { $0 == verdict.outcome }) {
      problems.append("ends \(verdict.outcome?.rawValue ?? "without a claim")")
    }
    return problems
  }
}
