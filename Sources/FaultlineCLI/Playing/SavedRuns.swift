// Runs on file: written where a judged agent failed or where the user asked, read back by replay and show.

import Agents
import Exploration
import Faultline
import Primitives
import Reporting

/// Saved runs, as the commands use them.
enum SavedRuns {
  /// Where failures of judged agents go.
  static let failures = "\(Files.state)/failures"

  /// Saves a run with its whole report.
  ///
  /// - Returns: the file's path.
  static func write(
    _ record: RunRecord, of assignment: Assignment, investigation: Investigation?, store: AgentStore,
    into folder: String
  ) throws -> String {
    let verdict = record.verdict
    var report = RunReport(record, of: assignment.scenario, catalogue: assignment.setup.catalogue)
    report.investigation = investigation
    if verdict.expectation != .none { report.commands.test = Offers.test(for: verdict, path: assignment.scenario.path) }
    let saved = SavedRun(
      verdict, of: assignment.scenario, store: Name(store.rawValue), version: FaultlineVersion.current,
      report: report.text(.plain))
    return try saved.save(in: folder)
  }

  /// The run's scenario, for its own agent or for another one.
  ///
  /// - Parameter replicas: How many replicas there are, instead of as many as there were.
  static func assignment(
    of saved: SavedRun, agent: (any AgentUnderTest)? = nil, replicas: Int? = nil
  ) throws -> Assignment {
    var scenario = try Library.reader().read(path: saved.scenario)
    scenario.rollout.chosen = replicas ?? saved.replicas
    guard agent != nil || saved.recording == nil else {
      throw Refusal.badInput(
        "the agent of this run was a process, '\(saved.agent)'",
        remedy: "'faultline replay FILE' plays what it asked for, 'faultline run FILE -- COMMAND' the process itself")
    }
    let store = AgentStore(rawValue: saved.store.text) ?? .model
    let own = try agent ?? Library.agent(saved.agent.text, without: saved.without.map(\.text), store: store)
    return try Assignment(Situation(scenario), agent: own, isChecked: false)
  }

  /// Every saved run of a folder that can be read, in the order of the files' names.
  static func all(in folder: String) -> [SavedRun] {
    Files.yamlFiles(in: folder).compactMap { path in
      guard (try? SavedRun.isSavedRun(path: path)) == true else { return nil }
      return try? SavedRun.read(path: path)
    }
  }

  /// Reads a saved run, and says so where the file is a scenario.
  static func read(_ path: String) throws -> SavedRun {
    guard Files.exists(path) else {
      let folder = Files.yamlFiles(in: failures)
      let guess = Nearest.name(to: path, among: folder).map { "did you mean '\($0)'? " } ?? ""
      throw Refusal.badInput(
        "there is no file '\(path)'", remedy: "\(guess)saved failures are in \(failures)")
    }
    guard try SavedRun.isSavedRun(path: path) else {
      throw Refusal.badInput(
        "'\(path)' is not a saved run",
        remedy: "a scenario is played by 'faultline run \(CommandLineText.quoted(path))'")
    }
    return try SavedRun.read(path: path)
  }
}
