// Deciders under test: prompts, answers, secrets, cassettes, and a program that answers line by line.

import Agents
import Faultline
import Foundation
import Operations
import OpsAgent
import Primitives
import Testing

@testable import Certification

@Suite struct ModelDeciderTests {
  private let query = DecisionQuery(
    fork: .triage, step: "triage", options: [.proceed, .escalate], facts: ["customer": "acme", "workflow": "customer-onboarding"],
    text: "Please onboard {{facts}} acme.")

  @Test func aPromptIsRenderedFromTypedFieldsAndNothingElse() {
    let (system, user) = Bench.prompt.rendered(query)
    #expect(system.contains("customer-onboarding"))
    #expect(user.contains("Choose one of: proceed, escalate."))
    #expect(user.contains("customer: acme"))
    // What a ticket says is never taken for a placeholder.
    #expect(user.contains("Please onboard {{facts}} acme."))
  }

  @Test(arguments: [
    ("name: x", 1, "the front matter is missing"), ("---\nname: x\nversion: 1\n---\n## User\n{{text}}", 2, "needs the key 'owner'"),
    ("---\nname: x\nversion: 1\nowner: o\n---\n{{text}}", 6, "there is no line '## User'"),
    ("---\nname: x\nversion: 1\nowner: o\n---\n## User\n{{ticket}}", 7, "unknown placeholder 'ticket'"),
    ("---\nname: x\nversion: 1\nowner: o\n---\n## User\nhello", 7, "the model would never see the ticket"),
    ("---\nname: x\nversion: one\nowner: o\n---\n## User\n{{text}}", 3, "expected a version"),
  ])
  func aPromptIsReadStrictly(text: String, line: Int, message: String) {
    do {
      _ = try Prompt.read(text: text, path: "p.md")
      Issue.record("it was read")
    } catch {
      #expect(error.diagnostics.contains { $0.message.contains(message) && $0.line == line }, "\(error)")
    }
  }

  @Test func requestsAreKnownByAllThatTheModelIsShown() {
    let model = ModelIdentity(provider: "openai", requested: "m", host: "https://h", sampling: Sampling())
    let request = ModelRequest(query, prompt: Bench.prompt, model: model, trial: 1)
    #expect(request.digest == ModelRequest(query, prompt: Bench.prompt, model: model, trial: 1).digest)
    var others = [ModelRequest(query, prompt: Bench.prompt, model: model, trial: 2)]
    var prompt = Bench.prompt
    prompt.system += "!"
    others.append(ModelRequest(query, prompt: prompt, model: model, trial: 1))
    var changed = query
    changed.text += "!"
    others.append(ModelRequest(changed, prompt: Bench.prompt, model: model, trial: 1))
    changed = query
    changed.options.reverse()
    others.append(ModelRequest(changed, prompt: Bench.prompt, model: model, trial: 1))
    var warmer = model
    warmer.sampling.temperatureThousandths = 700
    others.append(ModelRequest(query, prompt: Bench.prompt, model: warmer, trial: 1))
    #expect(Set(others.map(\.digest) + [request.digest]).count == 6)
  }

  @Test func readsWhatModelsWrite() throws {
    func read(_ text: String) -> Result<Decision, DecisionFailure> { ModelReply(content: text).decision }
    let good = #"{"transition":"proceed","confidence":91,"reason":"r","fields":{"plan":"pro","region":null,"email":"","price":"300.00 EUR"}}"#
    let decision = try read(good).get()
    #expect(decision.transition == .proceed && decision.confidence == 91)
    #expect(decision.fields == ["plan": "pro", "price": .money(Money(minorUnits: 30_000, currency: .eur))])
    #expect(try read("Sure!\n```json\n\(good)\n```").get() == decision)
    for text in ["", "{", #"{"transition":"proceed"}"#, #"{"transition":"proceed","confidence":101}"#, #"{"transition":"proceed","confidence":"high"}"#,
      #"{"transition":"proceed","confidence":90,"fields":{"plan":{"x":1}}}"#]
    {
      #expect(read(text) == .failure(.unreadable), "\(text)")
    }
    #expect(read("I can't help with that.") == .failure(.refused("I can't help with that.")))
    #expect(ModelReply(content: nil, isTimeout: true).decision == .failure(.noAnswer))
  }

  @Test func aSecretIsNeverPrinted() throws {
    let secret = Secret("sk-test-0123456789abcdef")
    #expect("\(secret)" == "[key]" && String(reflecting: secret) == "[key]")
    #expect(secret.scrubbed("Incorrect API key provided: sk-test-0123456789abcdef.") == "Incorrect API key provided: [key].")
    #expect(!secret.scrubbed("wrong key sk-test-****cdef, ends in 89abcdef").contains("89abcdef"))
    #expect(throws: CertificateError.self) { try ModelClient(base: "http://models.example.com/v1", secret: secret) }
    #expect(throws: CertificateError.self) { try ModelClient(base: "https://user:pw@models.example.com/v1", secret: nil) }
    #expect(throws: CertificateError.self) { try ModelClient(base: "models.example.com", secret: nil) }
    let client = try ModelClient(base: "https://models.example.com:8443/v1", secret: secret)
    #expect(client.host == "https://models.example.com:8443")
    var dumped = ""
    dump(client, to: &dumped)
    #expect(!dumped.contains("0123456789"))
  }

  @Test(arguments: [
    ("", 1, "this is no cassette"), ("{\"schema\":\"other\"}", 1, "this is no cassette"),
    ("HEAD\nnonsense", 2, "this line is no recorded answer"), ("HEAD\nENTRY\nENTRY", 3, "this request has two answers"),
  ])
  func aCassetteIsReadStrictly(text: String, line: Int, message: String) throws {
    var cassette = Cassette(path: "c", identity: ModelIdentity(provider: "p", requested: "m", host: "h", sampling: Sampling()))
    let head = cassette.text.split(separator: "\n")[0]
    cassette.add(ModelReply(content: "x"), for: "digest")
    let entry = cassette.text.split(separator: "\n")[1]
    let path = "\(try Repository.scratch())/c.jsonl"
    try Data(text.replacing("HEAD", with: head).replacing("ENTRY", with: entry).utf8).write(to: URL(fileURLWithPath: path))
    do {
      _ = try Cassette.read(path)
      Issue.record("it was read")
    } catch {
      #expect(error.diagnostics.contains { $0.message.contains(message) && $0.line == line }, "\(error)")
    }
  }

  /// Recorded once, and played under any seed: no model, no key, no network.
  @Test func theRecordedAnswersOfTheRepositoryPlayAgain() async throws {
    let path = Repository.path("fixtures/cassettes/fixed.jsonl")
    let model = RecordedModel(try Cassette.read(path))
    var campaign = Campaign(
      suite: try SuiteReader(.standard()).read(Repository.path("fixtures/suites/fixed")),
      prompt: try Prompt.read(Repository.path("fixtures/prompts/triage.md")), model: model, policy: .standard,
      faultline: "0.1.0", runner: "test")
    let record = try await campaign.run()
    #expect(record.evidence == .replayed)
    // Four tickets, one of them in other words, and each with its options in another order.
    #expect(record.asks.count == model.cassette.replies.count && record.asks.count == 9)
    #expect(record.asks.allSatisfy { $0.isSuccess })
    campaign.policy.exam.p0 = 0.5
    let other = try await campaign.run()
    #expect(other.seed != record.seed && Set(other.asks.map(\.request)) == Set(record.asks.map(\.request)))
    // Another prompt asks other questions, and nobody has answered them.
    campaign.prompt.user += "!"
    let failure = await #expect(throws: CertificateError.self) { try await campaign.run() }
    #expect(failure?.message.hasPrefix("the cassette \(path) has no answer to request ") ?? false)
  }

  @Test func aMissingAnswerNamesTheRequest() throws {
    let model = RecordedModel(Cassette(path: "c.jsonl", identity: ModelIdentity(provider: "p", requested: "m", host: "h", sampling: Sampling())))
    let request = ModelRequest(query, prompt: Bench.prompt, model: model.identity, trial: 3)
    do {
      _ = try model.answer(request)
      Issue.record("it answered")
    } catch let error as CertificateError {
      #expect(error.message.contains("c.jsonl has no answer to request \(request.digest.prefix(12))") && error.message.contains("trial 3"))
    }
  }

  @Test(.timeLimit(.minutes(1))) func aProgramAnswersLineByLine() async throws {
    let answer = #"{"transition":"escalate","confidence":90,"reason":"r","fields":{}}"#
    let model = ProcessModel(
      ["sh", "-c", "read a; echo '\(answer)'; read a; echo garbage; read a; exit 3"], sampling: Sampling(), timeoutSeconds: 20,
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
    func ask() async throws -> ModelReply {
      try await model.answer(ModelRequest(query, prompt: Bench.prompt, model: model.identity, trial: 1))
    }
    #expect(try await ask().decision == .success(Decision(.escalate, confidence: 90, reason: "r")))
    #expect(try await ask().decision == .failure(.refused("garbage")))
    let third = try await ask()
    #expect(third.decision == .failure(.noAnswer) && third.failure?.contains("ended") ?? false)
    // It is started again for the next question.
    #expect(try await ask().decision == .success(Decision(.escalate, confidence: 90, reason: "r")))
    await model.stop()
  }

  @Test func labelsNeverEnterTheRequest() {
    let item = Bench.suite(3).cases[2].rendered(seed: 1)
    let model = ModelIdentity(provider: "process", requested: "m", host: "h", sampling: Sampling())
    let request = ModelRequest(item.query, prompt: Bench.prompt, model: model, trial: 1)
    let shown = request.system + request.user
    #expect(!shown.contains("people-2") && !shown.contains("stays-with-people") && !shown.contains("admissible"))
  }
}
