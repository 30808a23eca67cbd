// `faultline certify`: may this model, with this prompt, touch production?

import ArgumentParser
import Certification
import Faultline
import Foundation
import Primitives
import Reporting

struct CertifyCommand: AsyncParsableCommand, PlaysProcesses {
  static let configuration = CommandConfiguration(
    commandName: "certify",
    abstract: "Examine a model with a prompt, or your own agent, and write a certificate or a refusal with reasons.",
    discussion: """
      Asks every case of a suite, plays its scenarios with the model as the reference agent's decider, enumerates \
      every answer that any model could give, and writes an in-toto statement in a DSSE envelope. Unsigned it is a \
      DRAFT, which no gate lets pass. Beside it lies the record of the campaign, from which the same certificate can be made \
      again: cert.campaign.json for cert.json.

      With a command after -- and no --model, the command is your own agent: it is played in the suite's scenarios, \
      and --part says what it consists of.

      Exit status: 0 certified; 1 refused; 2 bad input, nothing was asked.

      Examples:
        faultline certify fixtures/suites/tickets --model simulated:right \\
          --prompt fixtures/prompts/triage.md -o cert.json
        faultline certify fixtures/suites/tickets --model openai:gpt-5-mini \\
          --prompt fixtures/prompts/triage.md --runs 300 --sign release -o cert.json
        faultline certify fixtures/suites/tickets --model process \\
          --prompt fixtures/prompts/triage.md -o cert.json -- python3 my-decider.py
        faultline certify fixtures/suites/tickets -o cert.json \\
          --part lockfile=requirements.txt --part model=gpt-5-mini \\
          -- python3 my-agent.py
      """)

  @Argument(help: "The suite's folder.", completion: .directory)
  var suite: String?
  @OptionGroup var model: ModelOptions
  @Option(help: "How often each case is asked, and each scenario played.")
  var trials: Int = 1
  @Option(
    help: """
      So many whole runs more, each under one or two faults that the exam's seed draws; the bound on the rate of harm \
      is then theirs: at most 1 % after 300 without harm.
      """)
  var runs: Int = 0
  @Option(help: "The policy; the standard one unless given.", completion: .file())
  var policy: String?
  @Option(
    help: "An earlier certificate that this one must not fall behind; its record lies beside it.", completion: .file())
  var baseline: String?
  @Option(
    help: "A private suite, whose result is reported beside the public one's; its seal with --seal.",
    completion: .directory)
  var privateSuite: String?
  @Option(help: "The published seal of the private suite.", completion: .file())
  var seal: String?
  @Flag(help: "Stop as soon as a confidence sequence says enough; then it alone is reported of the success.")
  var stopEarly = false
  @Option(
    help: """
      Try every answer of any model: 1 alone, 2 also with one more answer or fault, 0 leaves the search out.
      """)
  var exhaustive: Int = 2
  @Option(help: "Questions asked at the same time, and workers of the exhaustive search.")
  var jobs: Int = Machine.cores
  @Option(name: [.customShort("o"), .long], help: "Where the certificate goes.", completion: .file())
  var output: String
  @Option(help: "Sign with this key; without it the certificate is a DRAFT.")
  var sign: String?
  @OptionGroup var keys: KeyOptions
  @Option(help: "The time of issue, in UTC; now unless given.")
  var issuedAt: String?
  @Option(help: "Who issues it; the signing key's name unless given.")
  var by: String?
  @Option(help: "Make the certificate anew from this record; nothing is asked.", completion: .file())
  var fromRecord: String?
  @Option(help: "The file that counts campaigns, 'none' for none; ledger.jsonl beside the keys unless given.")
  var ledger: String?
  @Option(
    help: """
      What your own agent consists of, NAME=FILE, NAME=sha256:… or model=NAME; may be repeated. The schemas of the \
      tools that it is offered are added, unless you give --part tools=FILE.
      """)
  var part: [String] = []
  @Option(help: "Price of a million tokens of input and of output with its currency, such as 0.25/2.00/USD.")
  var price: String?
  @OptionGroup var outsideOptions: OutsideOptions

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }
  @Option(help: "Text for people, JSON for programs.")
  var format: Format = .text

  func validate() throws {
    guard (1...100).contains(trials) else { throw ValidationError("--trials takes 1 to 100") }
    guard (0...100_000).contains(runs) else { throw ValidationError("--runs takes 0 to 100000") }
    guard (0...2).contains(exhaustive) else { throw ValidationError("--exhaustive takes 0 to 2") }
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs takes 1 to 64") }
    guard suite != nil || fromRecord != nil else {
      throw ValidationError("give the suite's folder, or --from-record FILE")
    }
    guard seal == nil || privateSuite != nil else { throw ValidationError("--seal belongs to --private-suite") }
  }

  func run() async throws {
    try checkReplaceable()
    let key = try sign.map { name in try Certifying.explained { try keys.ring().signingKey(name) } }
    let issued = try Certifying.instant(issuedAt, option: "--issued-at")
    let record = if let fromRecord { try Certifying.record(fromRecord) } else { try await examine() }
    var certificate = record.certificate(at: issued, by: by ?? sign ?? "nobody")
    if let key { try certificate.sign(with: key) }
    try Files.write(certificate.text, to: output)
    if fromRecord == nil { try Files.write(CanonicalJSON.pretty(record), to: Certifying.recordPath(of: output)) }
    switch format {
    case .json: Console.write(String(decoding: CanonicalJSON.data(certificate.statement), as: UTF8.self))
    case .text: Console.write(CertificateText(certificate, record: record, path: output).text(Console.style))
    }
    guard certificate.body.isCertified else { throw ExitCode(ExitStatus.notAsExpected) }
  }

  private func checkReplaceable() throws {
    try Files.checkReplaceable(output, marks: ["{\n  \"payload\""])
    if fromRecord == nil { try Files.checkReplaceable(Certifying.recordPath(of: output), marks: ["{\n  \"asks\""]) }
    if let record = model.record { try Files.checkReplaceable(record, marks: ["{\"model\":"]) }
  }

  // MARK: The exam

  private func examine() async throws -> CampaignRecord {
    guard let path = suite else { preconditionFailure("there is a suite or a record") }
    let suite = try Certifying.suite(path)
    let policy = try Certifying.policy(policy)
    if !command.isEmpty, model.model == nil { return try await examineAgent(suite, policy) }
    let prompt = try model.readPrompt()
    let prices = try readPrice()
    try refuseWorthless(suite, policy)
    var campaign = Campaign(
      suite: suite, prompt: prompt, model: RulesModel(), policy: policy, trials: trials, drawnRuns: runs, jobs: jobs,
      stopsEarly: stopEarly, faultline: FaultlineVersion.current, runner: Certifying.runner)
    campaign.model = try model.make(command: command) { anonymous in
      var copy = campaign
      copy.model = anonymous
      return AnswerKey(copy.cases)
    }
    let old = try readBaseline(campaign)
    return try await Certifying.explained {
      let book = try openLedger()
      campaign.history = try book?.history(of: campaign.subject.digest) ?? .init(finished: nil, unfinished: nil)
      let name = UUID().uuidString
      let subject = campaign.subject.digest
      try book?.begin(name, subject: subject, suite: suite.digest, policy: policy.exam.digest, at: "\(Certifying.now)")
      let progress = Watch(what: "questions and runs")
      var record = try await campaign.run { progress.show($0.done, of: $0.all) }
      progress.finish()
      record.prices = prices
      record.baseline = old
      if privateSuite != nil { record.sealed = try await examineSealed(campaign) }
      try keepCassette(campaign.model)
      if let process = campaign.model as? ProcessModel { await process.stop() }
      if exhaustive > 0 {
        record.exhaustive = try await searchAll()
      } else {
        record.notTested.append("every answer of any model: the exhaustive search was left out")
      }
      let result = record.certificate(at: Certifying.now, by: "").body.isCertified ? "certified" : "refused"
      try book?.end(
        name, subject: subject, suite: suite.digest, policy: policy.exam.digest, at: "\(Certifying.now)", result: result
      )
      return record
    }
  }

  /// A suite that a decider without a model passes proves nothing about one with a model.
  private func refuseWorthless(_ suite: Suite, _ policy: CertificationPolicy) throws {
    let passing = SuiteLint(suite, for: policy.exam.acceptance).baselines.filter(\.passes)
    guard passing.isEmpty else {
      throw Refusal.badInput(
        "\(passing.map(\.name).joined(separator: " and ")) would pass the suite '\(suite.name)'",
        remedy: "'faultline suite lint \(suite.path)' says what it lacks")
    }
  }

  private func searchAll() async throws -> ExhaustiveClaim {
    let progress = Watch(what: "shares of every answer of any model")
    defer { progress.finish() }
    return try await ExhaustiveDriver(maxDeviations: exhaustive, scenarios: ControlScenarios.all()).search(jobs: jobs) {
      progress.show($1, of: $2)
    }
  }

  private func keepCassette(_ model: any DecisionModel) throws {
    guard let recording = model as? RecordingModel, let path = self.model.record else { return }
    try Files.write(recording.cassette.text, to: path)
  }

  func openLedger() throws -> Ledger? {
    if ledger == "none" { return nil }
    if let ledger { return Ledger(ledger) }
    return Ledger("\((try keys.ring().folder as NSString).deletingLastPathComponent)/ledger.jsonl")
  }

  private func readBaseline(_ campaign: Campaign) throws -> CampaignRecord.Baseline? {
    guard let baseline else { return nil }
    let certificate = try Certifying.certificate(baseline)
    let record = try Certifying.record(Certifying.recordPath(of: baseline))
    guard record.digest == certificate.body.record else {
      throw Refusal.badInput(
        "the record beside '\(baseline)' is not the one that the certificate rests on",
        remedy: "restore both from where they were kept")
    }
    guard record.suite.sha256 == campaign.suite.digest else {
      throw Refusal.badInput(
        "the baseline was examined by another version of the suite (\(record.suite.version))",
        remedy: "certify the baseline's model by this version first")
    }
    return .init(certificate: certificate.digest, model: record.subject.model.text, asks: record.asks)
  }

  private func examineSealed(_ campaign: Campaign) async throws -> CampaignRecord.Sealed {
    guard let privateSuite else { preconditionFailure("there is no private suite") }
    let suite = try Certifying.suite(privateSuite)
    let salt = try SaltFile.bytes("\(privateSuite)/.salt", makesIt: false)
    let own = SuiteSeal(suite, salt: salt)
    if let seal {
      guard let published = try? JSONDecoder().decode(SuiteSeal.self, from: Data(Files.read(seal).utf8)),
        published == own
      else {
        throw Refusal.badInput(
          "'\(privateSuite)' is not the suite of the seal '\(seal)'", remedy: "give the seal of this version")
      }
    }
    var copy = campaign
    copy.suite = suite
    copy.suite.scenarios = []
    copy.trials = 1
    copy.drawnRuns = 0
    if let simulated = copy.model as? SimulatedModel {
      copy.model = SimulatedModel(simulated.character, key: AnswerKey(copy.cases))
    }
    let record = try await copy.run()
    return .init(
      suite: suite.name, root: own.root, cases: suite.cases.count,
      successes: record.asks.count { $0.variant == .base && $0.isSuccess })
  }

  func readPrice() throws -> CampaignRecord.Prices? {
    guard let price else { return nil }
    let parts = price.split(separator: "/").map(String.init)
    guard parts.count == 3, let input = Double(parts[0]), let output = Double(parts[1]), input >= 0, output >= 0 else {
      throw Refusal.badInput("--price '\(price)' is none", remedy: "write input/output/currency, such as 0.25/2.00/USD")
    }
    return .init(
      inputMicros: Int64((input * 1e6).rounded()), outputMicros: Int64((output * 1e6).rounded()), currency: parts[2])
  }
}

/// Shows how far an exam is, whoever reports it.
final class Watch: Sendable {
  private let what: String
  init(what: String) { self.what = what }
  func show(_ done: Int, of all: Int) { Console.showProgress("\(done) of \(all) \(what)") }
  func finish() { Console.clearProgress() }
}
