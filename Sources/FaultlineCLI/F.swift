import ArgumentParser

@main struct FaultlineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "faultline")
}
