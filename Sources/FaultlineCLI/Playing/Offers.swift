// How the reader of a report can go on: see the run again, run it again, keep it as a test.

import Faultline
import Primitives
import Reporting

/// Commands and code that reproduce a run.
enum Offers {
  /// - Parameter shape: the options that shaped a random run, `--max-faults 3`; empty for the scenario's own.
  static func commands(
    for verdict: Verdict, path: String, saved: String?, shape: String = ""
  ) -> RunReport.Commands {
    var commands = RunReport.Commands()
    if let saved {
      commands.show = "faultline show \(CommandLineText.quoted(saved))"
      commands.run = "faultline replay \(CommandLineText.quoted(saved))"
    } else {
      commands.run = CommandLineText.run(path: path, verdict: verdict) + (shape.isEmpty ? "" : " " + shape)
    }
    if let saved {
      commands.test = "faultline report \(CommandLineText.quoted(saved)) --format swift-test"
    } else if shape.isEmpty {
      commands.test = test(for: verdict, path: path)
    }
    return commands
  }

  /// A Swift test that plays this scenario with this seed; nil where parts were taken from the agent, and where the day
  /// was no usual one.
  static func test(for verdict: Verdict, path: String) -> String? {
    guard verdict.without.isEmpty, verdict.shape == .nominal else { return nil }
    var seeds = "\(verdict.seed)...\(verdict.seed)"
    if let replicas = verdict.chosenReplicas { seeds += ", replicas: \(replicas)" }
    return "@Test(.faultline(\(path.debugDescription), agent: \"\(verdict.agent)\", seeds: \(seeds)))"
  }
}
