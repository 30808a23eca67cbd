// Which model is examined, and how it is asked.

import ArgumentParser
import Certification
import Faultline
import Foundation
import Primitives

/// Options that choose the decider under test.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      The model: openai:NAME, anthropic:NAME, process (its command stands after --), rules, or simulated:CHARACTER \
      (right, careless, over-confident, slow, hostile, always-escalate).
      """)
  var model: String?

  @Option(help: "The prompt: a file with front matter (name, version, owner).", completion: .file())
  var prompt: String?

  @Option(
    help: "Where the provider is asked, such as http://127.0.0.1:8000/v1; the provider's own address unless given.")
  var baseURL: String?

  @Option(help: "The variable of the environment that holds the key; OPENAI_API_KEY or ANTHROPIC_API_KEY unless given.")
  var keyEnv: String?

  @Option(help: "Temperature, from 0 to 2; 'none' leaves it to the provider.")
  var temperature: String = "0"

  @Option(help: "The most tokens of one answer.")
  var maxTokens: Int = 1_024

  @Option(help: "How long one answer may take.")
  var answerTimeout: Span = Span(argument: "60s")!

  @Option(help: "How often a request is sent at most, where the provider is busy or gives no answer.")
  var attempts: Int = 3

  @Option(help: "Keep every answer in this cassette.", completion: .file())
  var record: String?

  @Option(help: "Play the answers of this cassette; no model is asked.", completion: .file())
  var replay: String?

  func validate() throws {
    guard (1...1_000_000).contains(maxTokens) else { throw ValidationError("--max-tokens takes 1 to 1000000") }
    guard (1...10).contains(attempts) else { throw ValidationError("--attempts takes 1 to 10") }
    guard record == nil || replay == nil else { throw ValidationError("give --record or --replay, not both") }
  }

  private var sampling: Sampling {
    get throws {
      if temperature == "none" { return Sampling(temperatureThousandths: nil, maxTokens: maxTokens) }
      guard let value = Double(temperature), (0...2).contains(value) else {
        throw Refusal.badInput("--temperature '\(temperature)' is none", remedy: "write a number from 0 to 2, or none")
      }
      return Sampling(temperatureThousandths: Int((value * 1_000).rounded()), maxTokens: maxTokens)
    }
  }

  func readPrompt() throws -> Prompt {
    guard let prompt else {
      throw Refusal.badInput(
        "there is no prompt",
        remedy: "give --prompt FILE; its front matter names it, and {{text}} stands for the ticket")
    }
    return try Prompt.read(prompt)
  }

  static let providers = ["openai", "anthropic", "process", "rules", "simulated"]

  /// The decider under test.
  ///
  /// - Parameters:
  ///   - command: what stands after `--`.
  ///   - key: what is right, for simulated models alone; asked for once the model's identity is known.
  func make(command: [String], key: (any DecisionModel) -> AnswerKey) throws -> any DecisionModel {
    if let replay { return RecordedModel(try Cassette.read(replay)) }
    guard let model else {
      throw Refusal.badInput(
        "there is no model to examine", remedy: "give --model openai:NAME, anthropic:NAME, process, or simulated:right")
    }
    let made = try Certifying.explained { try make(model, command: command, key: key) }
    return record.map { RecordingModel(made, path: $0) } ?? made
  }

  private func make(
    _ model: String, command: [String], key: (any DecisionModel) -> AnswerKey
  ) throws -> any DecisionModel {
    let parts = model.split(separator: ":", maxSplits: 1).map(String.init)
    let name = parts.count == 2 ? parts[1] : ""
    switch parts.first {
    case "openai":
      return try OpenAIModel(
        named(name), client: client("https://api.openai.com/v1", "OPENAI_API_KEY"), sampling: sampling)
    case "anthropic":
      return try AnthropicModel(
        named(name), client: client("https://api.anthropic.com", "ANTHROPIC_API_KEY"), sampling: sampling)
    case "rules": return RulesModel()
    case "process":
      guard !command.isEmpty else {
        throw Refusal.badInput(
          "there is no command to ask", remedy: "write it after --, such as: --model process -- python3 decider.py")
      }
      let kept = ["PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", keyEnv ?? ""]
      return ProcessModel(
        command, sampling: try sampling, timeoutSeconds: Double(answerTimeout.nanoseconds) / 1e9,
        environment: ProcessInfo.processInfo.environment.filter { kept.contains($0.key) })
    case "simulated":
      guard let character = SimulatedModel.Character(rawValue: name) else {
        let known = SimulatedModel.Character.allCases.map(\.rawValue)
        let guess = Nearest.name(to: name, among: known).map { "did you mean 'simulated:\($0)'? " } ?? ""
        throw Refusal.badInput(
          "there is no simulated model '\(name)'", remedy: guess + "known: \(known.joined(separator: ", "))")
      }
      return SimulatedModel(character, key: key(SimulatedModel(character, key: AnswerKey())))
    default:
      let guess =
        parts.first.flatMap { Nearest.name(to: $0, among: Self.providers) }.map { "did you mean '\($0)'? " } ?? ""
      throw Refusal.badInput(
        "there is no provider '\(parts.first ?? "")'",
        remedy: guess + "known: \(Self.providers.joined(separator: ", "))")
    }
  }

  private func named(_ name: String) throws -> String {
    guard !name.isEmpty else {
      throw Refusal.badInput("the model has no name", remedy: "write it after the colon, such as openai:gpt-5-mini")
    }
    return name
  }

  private func client(_ usual: String, _ variable: String) throws -> ModelClient {
    let name = keyEnv ?? variable
    let key = ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    // A server of one's own may need no key; the provider's does.
    guard key != nil || (baseURL != nil && keyEnv == nil) else {
      throw Refusal.badInput(
        "there is no key in $\(name)", remedy: "export it, or name another variable with --key-env")
    }
    return try ModelClient(
      base: baseURL ?? usual, timeout: .nanoseconds(answerTimeout.nanoseconds), attempts: attempts,
      secret: key.map { Secret($0) })
  }
}
