// `faultline gate`: whether what is about to be deployed may be.

import ArgumentParser
import Certification
import Faultline
import Foundation
import Primitives
import Reporting

struct GateCommand: AsyncParsableCommand, PlaysProcesses {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Let a deployment pass, or not, by its certificate and your policy.",
    discussion: """
      Checks the signature against the keys that you trust, that model, prompt and workflows are those that were \
      examined, age, evidence, history, and every figure anew by your policy. With --probe the suite's canary cases \
      are asked again, at a deploy or every night; where one is not answered rightly any more the certificate is \
      withdrawn. Where nothing comes back the gate stays closed, and the certificate holds.

      A prompt that passes is kept beside the keys, so that 'faultline rollback' can bring it back.

      Exit status: 0 it may be deployed; 1 it may not, with the reasons; 2 bad input.

      Examples:
        faultline gate cert.json --policy fixtures/certification/policy.yaml
        faultline gate cert.json --policy fixtures/certification/policy.yaml \\
          --model openai:gpt-5-mini --prompt fixtures/prompts/triage.md \\
          --probe fixtures/suites/tickets
        faultline gate cert.json --policy fixtures/certification/policy.yaml \\
          --part lockfile=requirements.txt --model gpt-5-mini
      """)

  @Argument(help: "The certificate.", completion: .file())
  var certificate: String
  @Option(help: "The policy.", completion: .file())
  var policy: String
  @OptionGroup var model: ModelOptions
  @OptionGroup var keys: KeyOptions
  @Option(help: "What your own agent consists of, NAME=FILE, NAME=sha256:… or model=NAME; may be repeated.")
  var part: [String] = []
  @Option(help: "Ask the canary cases of this suite again.", completion: .directory)
  var probe: String?
  @Option(help: "Judge as if it were this time, in UTC.")
  var at: String?

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }
  @Option(help: "Text for people, JSON for programs.")
  var format: Format = .text

  func run() async throws {
    let policy = try Certifying.policy(policy)
    let read = try Certifying.certificate(certificate)
    let ring = try keys.ring()
    let now = try Certifying.instant(at, option: "--at")
    let isAgent = read.body.subject.kind == .agent
    // An agent of one's own has a prompt in a form of its own: one part among others.
    let given = model.prompt ?? policy.gate.prompt
    let path = isAgent ? nil : given
    let prompt = try path.map { try Prompt.read($0) }
    let deployment = Deployment(
      model: try deployedModel(policy), prompt: prompt?.digest, parts: isAgent ? try parts(prompt: given) : [],
      faultline: FaultlineVersion.current)
    let gate = try Certifying.explained {
      Gate(policy: policy, keys: try ring.keys(), withdrawals: try ring.withdrawals())
    }
    let report = gate.judge(read, for: deployment, at: now)
    var drift: Rerun?
    if let probe, report.isOpen { drift = try await ask(probe, prompt, policy, read, ring, now) }
    let isOpen = report.isOpen && (drift.map { $0.differences.isEmpty && $0.unanswered.isEmpty } ?? true)
    if isOpen, let prompt, let path {
      try Certifying.explained {
        try PromptHistory("\(ring.folder)/deployed").keep(
          prompt, text: Files.read(path), certificate: read, at: "\(now)")
      }
    }
    switch format {
    case .json: Console.write(try json(report, drift, isOpen))
    case .text: Console.write(GateText(report, drift: drift, isOpen: isOpen, path: certificate).text(Console.style))
    }
    guard isOpen else { throw ExitCode(ExitStatus.notAsExpected) }
  }

  /// What an agent of one's own consists of; the tools that it is offered are known here unless they are given, too.
  private func parts(prompt: String?) throws -> [Subject.Part] {
    let parts = try DeployedPart.read(part, prompt: prompt)
    return parts + DeployedPart.ownTools.filter { own in !parts.contains { $0.name == own.name } }
  }

  /// The model as a certificate names it.
  private func deployedModel(_ policy: CertificationPolicy) throws -> String? {
    guard let name = model.model else { return policy.gate.model }
    if name == "process" { return "process:\(command.joined(separator: " "))" }
    return name == "rules" ? "rules:rules" : name
  }

  private func ask(
    _ path: String, _ prompt: Prompt?, _ policy: CertificationPolicy, _ certificate: ModelCertificate, _ ring: KeyRing,
    _ now: Instant
  ) async throws -> Rerun {
    let suite = try Certifying.suite(path)
    guard !suite.probe.isEmpty else {
      throw Refusal.badInput(
        "the suite '\(suite.name)' names no canary cases", remedy: "list some under 'probe' in \(path)/suite.yaml")
    }
    guard let prompt else { throw Refusal.badInput("there is no prompt to ask with", remedy: "give --prompt FILE") }
    var campaign = Campaign(
      suite: suite, prompt: prompt, model: RulesModel(), policy: policy, faultline: FaultlineVersion.current,
      runner: Certifying.runner)
    campaign.model = try model.make(command: command) { anonymous in
      var copy = campaign
      copy.model = anonymous
      return AnswerKey(copy.cases)
    }
    return try await Certifying.explained {
      let drift = try await Rerun.probe(campaign, certifiedAs: certificate.body.returned)
      if let process = campaign.model as? ProcessModel { await process.stop() }
      if !drift.differences.isEmpty {
        let items = drift.differences.map(\.item).joined(separator: ", ")
        try ring.withdraw(
          .init(certificate: certificate.digest, at: "\(now)", reason: "drift in the canary cases \(items)"))
      }
      return drift
    }
  }

  private func json(_ report: GateReport, _ drift: Rerun?, _ isOpen: Bool) throws -> String {
    struct Document: Encodable {
      var schema = "faultline.gate/1"
      var open: Bool
      var lines: [GateReport.Line]
      var drifted: [String]
      var unanswered: [String]
    }
    let document = Document(
      open: isOpen, lines: report.lines, drifted: drift?.differences.map(\.item) ?? [],
      unanswered: drift?.unanswered.map(\.item) ?? [])
    return String(decoding: CanonicalJSON.data(document), as: UTF8.self)
  }
}

/// `faultline rollback`
struct RollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Put the last prompt back that passed the gate and whose certificate still holds.",
    discussion: """
      Exit status: 0 it was put back; 1 there is none; 2 bad input.

      Example:
        faultline rollback fixtures/prompts/triage.md
      """)

  @Argument(help: "The prompt file to replace.", completion: .file())
  var prompt: String
  @OptionGroup var keys: KeyOptions

  func run() throws {
    let ring = try keys.ring()
    let current = CanonicalJSON.digest(ofText: try Files.read(prompt))
    let found = try Certifying.explained {
      try PromptHistory("\(ring.folder)/deployed").lastGood(
        otherThan: current, keys: ring.keys(), withdrawals: ring.withdrawals())
    }
    guard let found else {
      Console.write(
        "There is no other prompt in \(ring.folder)/deployed that passed the gate and whose certificate still holds.")
      throw ExitCode(ExitStatus.notAsExpected)
    }
    try Files.write(found.text, to: prompt)
    Console.write(
      "\(prompt) is again '\(found.name)' as it passed the gate on \(found.at)   sha256 \(found.sha256.prefix(16))")
  }
}
