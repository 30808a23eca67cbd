// The root of the command line and its grammar.

import ArgumentParser
import Faultline

/// `faultline`
struct FaultlineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "faultline",
    abstract: "Find out whether an operations agent survives a call that happened but was never answered.",
    discussion: """
      Faultline runs an agent against simulated systems of record, injects the failures that those systems really \
      have, and judges the agent by what the systems hold afterwards.

      Start here:
        faultline init                                             write a first scenario
        faultline run                                              play it against the agents that it names
        faultline run scenarios/first.yaml --agent naive           see one agent closely

      Exit status: 0 all as expected; 1 a violation, an unmet expectation, or inconclusive; 2 bad input, nothing \
      was run; 3 a defect of faultline itself.
      """,
    version: FaultlineVersion.current,
    subcommands: [
      RunCommand.self, ReplayCommand.self, ExploreCommand.self, ShowCommand.self, ShrinkCommand.self,
      ReportCommand.self, ServeCommand.self, AgentCommand.self, MCPStdioCommand.self, InitCommand.self,
      LintCommand.self, ListCommand.self, SchemaCommand.self, SelftestCommand.self, CertifyCommand.self,
      GateCommand.self, VerifyCommand.self, RollbackCommand.self, SuiteCommand.self, KeysCommand.self,
      DoctorCommand.self,
    ])

  /// Refuses a command that there is not, and guesses which one was meant: the parser would speak of arguments.
  static func checkName(in words: [String]) throws {
    guard let word = words.first, !word.hasPrefix("-"), word != "help" else { return }
    let names = configuration.subcommands.map { $0._commandName }
    guard !names.contains(word) else { return }
    let guess = Nearest.name(to: word, among: names).map { "did you mean '\($0)'? " } ?? ""
    throw Refusal.badInput("there is no command '\(word)'", remedy: "\(guess)'faultline --help' shows the known ones")
  }
}
