// `faultline show`: the report of a saved run, without running an agent.

import ArgumentParser
import Faultline
import Reporting

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a saved run without playing it.",
    discussion: """
      Example:
        faultline show .faultline/failures/7f3a.yaml
      """)

  @Argument(help: "A file that 'faultline run' saved.", completion: .file(extensions: ["yaml"]))
  var file: String

  func run() throws {
    let saved = try SavedRuns.read(file)
    guard let result = saved.result else {
      throw Refusal.badInput(
        "'\(file)' has no result: the run it was written for never returned",
        remedy: "'faultline replay \(CommandLineText.quoted(file))' plays it")
    }
    Console.write(result.report)
    Console.write("\nPlay it again  faultline replay \(CommandLineText.quoted(file))")
  }
}
