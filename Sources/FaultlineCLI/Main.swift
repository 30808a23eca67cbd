// Where the command begins and ends; every end passes through one exit.

import ArgumentParser
import Foundation

@main
enum Main {
  static func main() async {
    do {
      try FaultlineCommand.checkName(in: AgentWords.options)
      var command = try FaultlineCommand.parseAsRoot(AgentWords.options)
      if !AgentWords.command.isEmpty || AgentWords.isOpen, !(type(of: command) is any PlaysProcesses.Type) {
        throw Refusal.badInput(
          "only 'run', 'explore' and the commands about certificates take a command after --",
          remedy: "leave it out, or see 'faultline help run'")
      }
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let (status, message, isError) = ExitStatus.outcome(of: error)
      if !message.isEmpty { isError ? Console.complain(message) : Console.write(message) }
      exit(status)
    }
  }
}

/// The command line as it is divided by `--`: what is for Faultline, and the command that is the agent.
enum AgentWords {
  private static var own: [String] { Array(CommandLine.arguments.dropFirst()) }
  /// What is parsed.
  static var options: [String] { Array(own.prefix { $0 != "--" }) }
  /// Whether there is a `--`.
  static var isOpen: Bool { own.contains("--") }
  /// What stands behind it.
  static var command: [String] { Array(own.drop { $0 != "--" }.dropFirst()) }
}

/// A command that can play a process as the agent.
protocol PlaysProcesses {}

extension PlaysProcesses {
  /// The command that is the agent; empty where none was given.
  var command: [String] { AgentWords.command }
}
