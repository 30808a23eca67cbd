// Where the command begins and ends; every end passes through one exit.

import ArgumentParser
import Foundation

@main
enum Main {
  static func main() async {
    do {
      var command = try FaultlineCommand.parseAsRoot(arguments(of: CommandLine.arguments))
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

  /// The words for the parser: everything before `--`, after which an agent's command would stand.
  private static func arguments(of words: [String]) throws -> [String] {
    let own = words.dropFirst().prefix { $0 != "--" }
    guard own.count == words.count - 1 else {
      throw Refusal.badInput(
        "this build has no process supervisor, so it can't run an agent behind '--'",
        remedy: "choose a built-in agent with --agent; 'faultline list agents' shows them")
    }
    return Array(own)
  }
}
