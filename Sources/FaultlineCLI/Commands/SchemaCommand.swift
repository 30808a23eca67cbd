// `faultline schema`: the JSON schema of scenario files, for editors.

import ArgumentParser
import Faultline

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON schema of scenario files, for editors.",
    discussion: """
      Example:
        faultline schema > .faultline/scenario.schema.json
      """)

  func run() throws { Console.write(Library.schema()) }
}
