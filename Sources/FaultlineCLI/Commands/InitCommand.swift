// `faultline init`: a first scenario that is green, and a schema for the editor.

import ArgumentParser
import Foundation

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a first scenario and its JSON schema into a folder.",
    discussion: """
      Nothing that exists is overwritten. The first run of the new scenario is green.

      Example:
        faultline init drill && cd drill && faultline run
      """)

  @Argument(help: "The folder to write into; made where it does not exist.", completion: .directory)
  var folder = "."

  func run() throws {
    let files = [
      ("scenarios/first.yaml", FirstScenario.yaml),
      ("tickets/first.txt", FirstScenario.ticket),
      ("\(Files.state)/scenario.schema.json", Library.schema() + "\n"),
    ].map { (path: folder == "." ? $0.0 : "\(folder)/\($0.0)", text: $0.1) }
    let taken = files.map(\.path).filter(Files.exists)
    guard taken.isEmpty else {
      throw Refusal.badInput(
        taken.map { "error: '\($0)' exists and is not overwritten\n    choose another folder: faultline init NAME" })
    }
    for file in files {
      try Files.write(file.text, to: file.path)
      Console.write("wrote \(file.path)")
    }
    let enter = folder == "." ? "" : "cd \(folder) && "
    Console.write(
      """

      Play it against the agents that it names:
        \(enter)faultline run
      See how an agent fails in it:
        \(enter)faultline run scenarios/first.yaml --agent naive
      Then write down what went wrong in your own production: scenarios/first.yaml says what each part means.
      """)
  }
}
