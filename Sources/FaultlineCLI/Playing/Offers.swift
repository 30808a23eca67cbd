// How the reader of a report can go on: see the run again, run it again, keep it as a test.

import Faultline
import Primitives
import Reporting

/// Commands and code that reproduce a run.
enum Offers {
  static func commands(for verdict: Verdict, path: String, saved: String?) -> RunReport.Commands {
    var commands = RunReport.Commands()
    if let saved {
      commands.show = "faultline show \(CommandLineText.quoted(saved))"
      commands.run = "faultline replay \(CommandLineText.quoted(saved))"
    } else {
      commands.run = CommandLineText.run(path: path, verdict: verdict)
    }
    commands.test = test(for: verdict, path: path)
    return commands
  }

  /// A Swift test of this scenario, agent and seed; nil where the run is no scenario's own.
  static func test(for verdict: Verdict, path: String) -> String? {
    guard verdict.without.isEmpty else { return nil }
    return "@Test(.faultline(\(path.debugDescription), agent: \"\(verdict.agent)\", seeds: \(verdict.seed)...\(verdict.seed)))"
  }
}
