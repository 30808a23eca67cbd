// The commands about certificates, end to end: suites, keys, exams, the gate, and real servers with mock answers.

import Foundation
import Testing

@Suite struct CertifyTests {
  private static let canary = "bench canary 9f1f6a52-1d0f-4a53-9a4e-2d8f5f8c1a77"

  /// A suite that a good model passes and no rule does, a prompt, a policy and a key.
  private func workshop(cases: Int = 90, evidence: String = "simulated, live, replayed") throws -> Workshop {
    let workshop = try Workshop()
    try workshop.write(
      "name: bench\nversion: 1\ntitle: Bench\nowner: tests\ncanary: \(Self.canary)\nprobe: [case-0, case-2]\n", to: "suite/suite.yaml")
    var file = "canary: \(Self.canary)\nworkflow: customer-onboarding\nauthor: a\nsecond_reader: b\ncases:\n"
    for index in 0..<cases {
      let isForPeople = index % 3 == 2
      let text = isForPeople ? "Number \(index), {{customer}} (pro, 2026-11) has to wait for legal." : "Number \(index), {{customer}} takes pro from 2026-11 on."
      let answer = isForPeople ? "{transition: escalate}" : "{transition: proceed, fields: {plan: pro, period: 2026-11}}"
      file += """
          - id: case-\(index)
            class: \(isForPeople ? "stays-with-people" : "clear")
            vars: {customer: companies}
            facts: {customer: "{{customer}}"}
            text: "\(text)"
            admissible: [\(answer)]
            rationale: test

        """
    }
    try workshop.write(file, to: "suite/cases/all.yaml")
    try workshop.write(
      "---\nname: triage\nversion: 1\nowner: tests\n---\nDecide in {{workflow}}.\n## User\nChoose one of {{options}}.\n{{facts}}\n{{text}}\n",
      to: "prompt.md")
    try workshop.write("name: bench\ngate: {evidence: [\(evidence)], exhaustive: false}\n", to: "policy.yaml")
    return workshop
  }

  private func environment(_ workshop: Workshop) -> [String: String] {
    ["FAULTLINE_KEYS": workshop.folder.appending(path: "../\(workshop.folder.lastPathComponent)-keys/keys").path]
  }

  private func certify(_ workshop: Workshop, _ arguments: String..., environment more: [String: String] = [:]) throws -> Workshop.Outcome {
    try workshop.run(
      all: ["certify", "suite", "--prompt", "prompt.md", "--exhaustive", "0", "--policy", "policy.yaml"] + arguments,
      environment: environment(workshop).merging(more) { $1 })
  }

  @Test func aGoodModelIsCertifiedSignedAndDeployedAndAHostileOneRefused() throws {
    let workshop = try workshop()
    let environment = environment(workshop)
    #expect(try workshop.run("suite", "lint", "suite").status == 0)
    #expect(try workshop.run(all: ["keys", "new", "release"], environment: environment).status == 0)
    let good = try certify(workshop, "--model", "simulated:right", "--sign", "release", "-o", "cert.json")
    #expect(good.status == 0 && good.output.hasPrefix("CERTIFIED"), "\(good)")
    let gate = ["gate", "cert.json", "--policy", "policy.yaml", "--prompt", "prompt.md", "--model", "simulated:right"]
    let open = try workshop.run(all: gate, environment: environment)
    #expect(open.status == 0 && open.output.hasPrefix("OPEN"), "\(open)")
    let verified = try workshop.run(
      all: ["verify", "cert.json", "--rerun", "5%", "--suite", "suite", "--prompt", "prompt.md", "--model", "simulated:right"],
      environment: environment)
    #expect(verified.status == 0 && verified.output.contains("4 of 4 questions"), "\(verified)")

    // Another prompt is refused; one command brings the certified one back.
    let prompt = try workshop.read("prompt.md")
    try workshop.write(prompt + "Think hard.\n", to: "prompt.md")
    let closed = try workshop.run(all: gate, environment: environment)
    #expect(closed.status == 1 && closed.output.contains("certified for the prompt"), "\(closed)")
    #expect(try workshop.run(all: ["rollback", "prompt.md"], environment: environment).status == 0)
    #expect(try workshop.read("prompt.md") == prompt)
    // A tampered certificate is refused.
    let text = try workshop.read("cert.json")
    let mark = try #require(text.range(of: "\"payload\" : \""))
    let spot = text.index(mark.upperBound, offsetBy: 400)
    var changed = text
    changed.replaceSubrange(spot...spot, with: text[spot] == "A" ? "B" : "A")
    try workshop.write(changed, to: "tampered.json")
    #expect(try workshop.run(all: ["gate", "tampered.json"] + gate.dropFirst(2), environment: environment).status != 0)
    // A drifting model loses its certificate.
    try workshop.write("name: bench\ngate: {evidence: [simulated], exhaustive: false}\n", to: "policy.yaml")
    let draft = try certify(workshop, "--model", "simulated:hostile", "-o", "hostile.json")
    #expect(draft.status == 1 && draft.output.hasPrefix("REFUSED") && draft.output.contains("DRAFT"), "\(draft)")
    #expect(try workshop.run(all: ["keys", "revoke", "release", "--reason", "stolen"], environment: environment).status == 0)
    let revoked = try workshop.run(all: gate, environment: environment)
    #expect(revoked.status == 1 && revoked.output.contains("revoked on"), "\(revoked)")
  }

  @Test func theSameRecordAndTimeGiveTheSameBytesAndCassettesPlayAgain() throws {
    let workshop = try workshop(cases: 78)
    let first = try certify(
      workshop, "--model", "simulated:careless", "--record", "tape.jsonl", "--ledger", "none", "-o", "a.json", "--issued-at", "2026-11-28T00:00:00Z")
    #expect(first.status == 1, "\(first)")
    let again = try workshop.run(
      all: ["certify", "--from-record", "a.campaign.json", "--issued-at", "2026-11-28T00:00:00Z", "-o", "b.json"], environment: environment(workshop))
    #expect(again.status == 1, "\(again)")
    #expect(try workshop.read("a.json") == workshop.read("b.json"))
    let replayed = try certify(workshop, "--replay", "tape.jsonl", "--ledger", "none", "-o", "c.json")
    #expect(replayed.status == 1 && replayed.output.contains("evidence replayed"), "\(replayed)")
    #expect(try workshop.read("c.campaign.json") == workshop.read("a.campaign.json").replacing("\"simulated\"", with: "\"replayed\"")
      .replacing("\"provider\" : \"replayed\"", with: "\"provider\" : \"simulated\""))
    try workshop.write(workshop.read("prompt.md") + "!", to: "prompt.md")
    let missing = try certify(workshop, "--replay", "tape.jsonl", "-o", "d.json")
    #expect(missing.status == 2 && missing.complaint.contains("tape.jsonl has no answer to request"), "\(missing)")
  }

  /// Against the certificate in production: who is worse loses, case by case and with what both said.
  @Test func aNewModelIsHeldAgainstTheOldOne() throws {
    let workshop = try workshop()
    #expect(try certify(workshop, "--model", "simulated:right", "--ledger", "none", "-o", "old.json").status == 0)
    let same = try certify(
      workshop, "--model", "simulated:right", "--baseline", "old.json", "--ledger", "none", "-o", "same.json")
    #expect(same.status == 0 && same.output.contains("baseline 0.0 % better over 90 cases"), "\(same)")
    let worse = try certify(
      workshop, "--model", "simulated:careless", "--baseline", "old.json", "--ledger", "none", "-o", "worse.json")
    #expect(worse.status == 1 && worse.output.contains("worse than the baseline"), "\(worse)")
    #expect(worse.output.contains("(McNemar p =") && worse.output.contains("    then  proceed"), "\(worse)")
    #expect(worse.output.contains("    now   "), "\(worse)")
    // Another version of the suite compares nothing.
    try workshop.write(workshop.read("suite/suite.yaml").replacing("version: 1", with: "version: 2"), to: "suite/suite.yaml")
    let other = try certify(
      workshop, "--model", "simulated:right", "--baseline", "old.json", "--ledger", "none", "-o", "other.json")
    #expect(other.status == 2 && other.complaint.contains("examined by another version of the suite (1)"), "\(other)")
  }

  @Test func badInputIsToldByFileLineAndRemedy() throws {
    let workshop = try workshop()
    func check(_ arguments: [String], _ text: String, environment more: [String: String] = [:]) throws {
      let found = try workshop.run(all: arguments, environment: environment(workshop).merging(more) { $1 })
      #expect(found.status == 2 && found.complaint.contains(text), "\(arguments): \(found)")
    }
    let base = ["certify", "suite", "--prompt", "prompt.md", "-o", "x.json", "--model"]
    try check(base + ["simulated:rigth"], "did you mean 'simulated:right'?")
    try check(base + ["opnai:x"], "did you mean 'openai'?")
    try check(base + ["openai:x"], "there is no key in $OPENAI_API_KEY", environment: ["OPENAI_API_KEY": ""])
    try check(base + ["openai:x", "--base-url", "http://models.example.com/v1"], "in clear", environment: ["OPENAI_API_KEY": "sk-0123456789"])
    try check(base + ["process"], "there is no command to ask")
    try check(["certify", "nowhere", "--prompt", "prompt.md", "-o", "x.json", "--model", "rules"], "nowhere/suite.yaml: error: there is no such file")
    try check(["certify", "suite", "-o", "x.json", "--model", "rules"], "there is no prompt")
    try check(["gate", "prompt.md", "--policy", "policy.yaml"], "is no DSSE envelope")
    try check(["verify", "nowhere.json"], "can't be read")
    try workshop.write("name: x\nexam: {p0: 95}\n", to: "bad.yaml")
    try check(base + ["rules", "--policy", "bad.yaml"], "bad.yaml:2:12: error: expected a percentage")
    try workshop.write("mine", to: "x.json")
    try check(base + ["rules"], "x.json")
    #expect(try workshop.read("x.json") == "mine")
    // Keys inside the repository under test are no keys.
    try FileManager.default.createDirectory(at: workshop.folder.appending(path: ".git"), withIntermediateDirectories: true)
    try check(["keys", "list", "--keys", "keys"], "lie in the repository")
  }

  /// Each kind of file that people write or keep: the place of the mistake, what to do, exit 2, and nothing done.
  @Test(arguments: [
    ("suite/suite.yaml", "probe:", "probes:", "suite/suite.yaml:6:", "unknown key of a suite 'probes'", "did you mean 'probe'?"),
    ("suite/cases/all.yaml", "class: clear", "class: claer", "suite/cases/all.yaml:7:", "unknown class of cases 'claer'", "did you mean 'clear'?"),
    ("suite/cases/all.yaml", "author: a", "author: b", "suite/cases/all.yaml:4:", "the second reader is the author", "have somebody else read the case"),
    ("suite/scenarios/one.yaml", "workflow:", "workflw:", "suite/scenarios/one.yaml:", "unknown key", "did you mean 'workflow'?"),
    ("prompt.md", "version: 1", "version: one", "prompt.md:3:", "expected a version", "write a whole number"),
    ("prompt.md", "{{text}}", "{{txt}}", "prompt.md:10:", "unknown placeholder 'txt'", "did you mean 'text'?"),
    ("policy.yaml", "name: bench", "name: bench\nexam: {p1: 80%}", "policy.yaml:2:", "p1 is not above p0", "p1 what should pass"),
    ("policy.yaml", "live", "alive", "policy.yaml:2:", "unknown evidence 'alive'", "did you mean 'live'?"),
    ("tape.jsonl", "{\"reply\"", "{\"replies\"", "tape.jsonl:2:", "this line is no recorded answer", "record the cassette again"),
  ])
  func aFileWithAMistakeIsToldByItsPlace(
    file: String, right: String, wrong: String, place: String, message: String, remedy: String
  ) throws {
    let workshop = try workshop(cases: 78)
    try workshop.write(
      "title: One\nsource: {kind: constructed}\nworld: {identity: iam}\nworkflow: access-key\n"
        + "input: {customer: acme, role: acme-reader}\nexpect:\n  reference: {ends: completed}\n", to: "suite/scenarios/one.yaml")
    let arguments = ["--replay", "tape.jsonl", "-o", "cert.json", "--ledger", "none"]
    if file == "tape.jsonl" {
      let recorded = try certify(workshop, "--model", "simulated:right", "--record", "tape.jsonl", "--ledger", "none", "-o", "x.json")
      #expect(recorded.status == 0, "\(recorded)")
    } else {
      try workshop.write("{}\n", to: "tape.jsonl")
    }
    let text = try workshop.read(file)
    let spot = try #require(text.range(of: right), "\(file) has no '\(right)'")
    try workshop.write(text.replacingCharacters(in: spot, with: wrong), to: file)
    let found = try workshop.run(
      all: ["certify", "suite", "--prompt", "prompt.md", "--exhaustive", "0", "--policy", "policy.yaml"] + arguments,
      environment: environment(workshop))
    #expect(found.status == 2 && found.complaint.contains(place), "\(found)")
    #expect(found.complaint.contains(message) && found.complaint.contains(remedy), "\(found)")
    #expect(!workshop.exists("cert.json") && !workshop.exists("cert.campaign.json"))
  }

  @Test func aSuiteThatRulesPassIsRefused() throws {
    let workshop = try workshop(cases: 90)
    try workshop.write(workshop.read("suite/cases/all.yaml").replacing("has to wait for legal", with: "is a goodwill credit of 5 EUR"), to: "suite/cases/all.yaml")
    let lint = try workshop.run("suite", "lint", "suite")
    #expect(lint.status == 1 && lint.output.contains("keyword rules is right in"), "\(lint)")
    let refused = try certify(workshop, "--model", "simulated:right", "-o", "x.json")
    #expect(refused.status == 2 && refused.complaint.contains("keyword rules would pass the suite"), "\(refused)")
    let sealed = try workshop.run("suite", "seal", "suite", "-o", "seal.json")
    #expect(sealed.status == 0, "\(sealed)")
    #expect(try !workshop.read("seal.json").contains("goodwill"))
  }

  @Test func aPrivateSuiteIsReportedBesideThePublicOne() throws {
    let workshop = try workshop(cases: 78)
    for file in ["suite.yaml", "cases/all.yaml"] {
      try workshop.write(workshop.read("suite/\(file)").replacing("case-", with: "own-"), to: "private/\(file)")
    }
    #expect(try workshop.run("suite", "seal", "private", "-o", "seal.json").status == 0)
    let arguments = ["--model", "simulated:right", "--private-suite", "private", "--seal", "seal.json", "-o", "cert.json"]
    let all = ["certify", "suite", "--prompt", "prompt.md", "--exhaustive", "0", "--ledger", "none"] + arguments
    let outcome = try workshop.run(all: all, environment: environment(workshop))
    #expect(outcome.status == 0 && outcome.output.contains("private suite 7"), "\(outcome)")
    try workshop.write(workshop.read("private/cases/all.yaml").replacing("own-7", with: "other-7"), to: "private/cases/all.yaml")
    let other = try workshop.run(all: all, environment: environment(workshop))
    #expect(other.status == 2 && other.complaint.contains("is not the suite of the seal"), "\(other)")
  }

  // MARK: With Python

  /// A program that answers by what the ticket says, unless a file beside it says that it has changed.
  private static let decider = """
    import json, os, sys
    for line in sys.stdin:
        question = json.loads(line)
        mood = open("mood").read().strip() if os.path.exists("mood") else ""
        if mood == "gone":
            sys.exit(3)
        stays = "has to wait" in question["user"] and mood != "eager"
        answer = {"id": question["id"], "transition": "escalate" if stays else "proceed", "confidence": 97, "reason": "it says so",
                  "fields": {} if stays else {"plan": "pro", "period": "2026-11"}, "model": "other-2" if mood == "renamed" else "desk-1"}
        print(json.dumps(answer), flush=True)
    """

  /// As it was certified it passes, however often; once it answers a canary otherwise it has passed for the last time.
  @Test(.enabled(if: Python.isThere, needs), .timeLimit(.minutes(3)), arguments: ["eager", "renamed"])
  func aModelThatDriftsLosesItsCertificate(mood: String) throws {
    let workshop = try workshop(cases: 78)
    let environment = environment(workshop)
    try workshop.write(Self.decider, to: "decider.py")
    let asked = ["--", Python.path, "decider.py"]
    #expect(try workshop.run(all: ["keys", "new", "release"], environment: environment).status == 0)
    let certified = try workshop.run(
      all: ["certify", "suite", "--prompt", "prompt.md", "--exhaustive", "0", "--policy", "policy.yaml", "--model", "process",
        "--jobs", "4", "--sign", "release", "-o", "cert.json"] + asked, environment: environment)
    #expect(certified.status == 0 && certified.output.contains("evidence live"), "\(certified)")
    let plain = ["gate", "cert.json", "--policy", "policy.yaml", "--prompt", "prompt.md", "--model", "process"]
    func gate(_ more: String...) throws -> Workshop.Outcome {
      try workshop.run(all: plain + more + asked, environment: environment)
    }
    for _ in 1...2 {
      let passed = try gate("--probe", "suite")
      #expect(passed.status == 0 && passed.output.contains("Canary cases: 2 of 2 answered rightly"), "\(passed)")
    }
    // A model that says nothing has not drifted: nothing is deployed, and nothing is withdrawn.
    try workshop.write("gone", to: "mood")
    let silent = try gate("--probe", "suite")
    #expect(silent.status == 1 && silent.output.contains("Canary cases without an answer"), "\(silent)")
    #expect(try gate().status == 0)

    try workshop.write(mood, to: "mood")
    #expect(try gate().status == 0, "without a probe nobody notices")
    let drifted = try gate("--probe", "suite")
    #expect(drifted.status == 1 && drifted.output.contains("DRIFT, the certificate is withdrawn"), "\(drifted)")
    #expect(drifted.output.contains(mood == "eager" ? "case-2: missed-escalation" : "answered by 'other-2'"), "\(drifted)")
    // Back in its old mood it stays withdrawn.
    try workshop.write("", to: "mood")
    let after = try gate()
    #expect(after.status == 1 && after.output.contains("withdrawn on"), "\(after)")
    #expect(try workshop.run(all: ["rollback", "prompt.md"], environment: environment).status == 1)
  }

  private static let needs: Comment = "needs fakellm and securesystemslib: run Scripts/venv, then the tests again"

  /// securesystemslib knows nothing of Faultline.
  @Test(.enabled(if: Python.isThere, needs)) func anIndependentImplementationVerifiesTheCertificate() throws {
    let workshop = try workshop(cases: 78)
    let environment = environment(workshop)
    #expect(try workshop.run(all: ["keys", "new", "release"], environment: environment).status == 0)
    #expect(try certify(workshop, "--model", "simulated:right", "--sign", "release", "-o", "cert.json").status == 0)
    let script = """
      import base64, json, sys
      from securesystemslib.dsse import Envelope
      from securesystemslib.exceptions import VerificationError
      from securesystemslib.signer import SSlibKey
      envelope = Envelope.from_dict(json.load(open("cert.json")))
      public = json.load(open(sys.argv[1] + "/release.pub.json"))
      key = SSlibKey(public["keyid"], "ed25519", "ed25519", {"public": public["publicKey"]})
      assert list(envelope.verify([key], 1)) == [public["keyid"]]
      assert envelope.payload_type == "application/vnd.in-toto+json"
      statement = json.loads(envelope.payload)
      assert statement["_type"] == "https://in-toto.io/Statement/v1"
      assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
      assert statement["predicate"]["result"] == "PASSED" and statement["predicate"]["configuration"]
      assert all(len(s["digest"]["sha256"]) == 64 for s in statement["subject"])
      envelope.payload = envelope.payload.replace(b"PASSED", b"FAILED")
      try:
        envelope.verify([key], 1)
      except VerificationError:
        print("verified")
      """
    try workshop.write(script, to: "verify.py")
    let (status, said) = try Python.run(
      ["verify.py", try #require(environment["FAULTLINE_KEYS"])], in: workshop.folder)
    #expect(status == 0 && said.contains("verified"), "\(said)")
  }

  /// fakellm speaks both dialects, and its answers are rules over what it is asked.
  @Test(.enabled(if: Python.isThere, needs), .timeLimit(.minutes(3)), arguments: ["openai", "anthropic"])
  func aRealServerIsCertifiedEndToEnd(provider: String) throws {
    let workshop = try workshop(cases: 78)
    try workshop.write(
      """
      version: 1
      rules:
        - name: for-people
          when: {messages_contain: "has to wait"}
          respond: {content: '{"transition":"escalate","confidence":96,"reason":"legal decides","fields":{}}'}
        - name: everything-else
          when: {messages_contain: "takes pro"}
          respond: {content: '{"transition":"proceed","confidence":97,"reason":"all is there","fields":{"plan":"pro","period":"2026-11"}}'}
      """, to: "fakellm.yaml")
    let server = try FakeServer(workshop)
    defer { server.stop() }
    let base = "http://127.0.0.1:\(server.port)" + (provider == "openai" ? "/v1" : "")
    let key = "sk-secret-0123456789abcdef"
    let outcome = try certify(
      workshop, "--model", "\(provider):mock-1", "--base-url", base, "--key-env", "MY_KEY", "--record", "tape.jsonl", "-o", "cert.json",
      environment: ["MY_KEY": key])
    #expect(outcome.status == 0 && outcome.output.contains("evidence live"), "\(outcome)")
    // The key is nowhere.
    for file in ["cert.json", "cert.campaign.json", "tape.jsonl"] {
      #expect(try !workshop.read(file).contains("0123456789abcdef"), "\(file)")
    }
    #expect(!(outcome.output + outcome.complaint).contains("0123456789abcdef"))
    #expect(try workshop.read("cert.campaign.json").contains("\"host\" : \"http://127.0.0.1:\(server.port)\""))
    // Without the server the cassette gives the same answers.
    server.stop()
    let replayed = try certify(workshop, "--replay", "tape.jsonl", "-o", "again.json")
    #expect(replayed.status == 0 && replayed.output.contains("evidence replayed"), "\(replayed)")
    // With neither, every answer is a provider's error, and stays in the denominator.
    let gone = try certify(
      workshop, "--model", "\(provider):mock-1", "--base-url", base, "--attempts", "1", "--answer-timeout", "2s", "-o", "gone.json")
    #expect(gone.status == 1 && gone.output.contains("success 0 of 78"), "\(gone)")
  }
}

/// fakellm, on a port that was free.
private final class FakeServer {
  let port: Int
  private let process = Process()

  init(_ workshop: Workshop) throws {
    let text = try Python.run(
      ["-c", "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"],
      in: workshop.folder
    ).said
    port = try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    process.executableURL = URL(fileURLWithPath: Python.path)
    process.arguments = ["-m", "uvicorn", "fakellm.server:app", "--host", "127.0.0.1", "--port", "\(port)", "--log-level", "error"]
    process.currentDirectoryURL = workshop.folder
    process.environment = ProcessInfo.processInfo.environment.merging(["FAKELLM_CONFIG": "fakellm.yaml"]) { $1 }
    process.standardError = FileHandle.nullDevice
    try process.run()
    // A connection that is refused says that it is not there yet; the script waits for one that is not.
    let waiter = try Python.run(
      [
        "-c",
        """
        import socket, sys, time
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", \(port)), 1).close(); sys.exit(0)
            except OSError:
                time.sleep(0.1)
        sys.exit(1)
        """,
      ], in: workshop.folder)
    try #require(waiter.status == 0, "the server did not start")
  }

  func stop() {
    guard process.isRunning else { return }
    // A child inherits the signals that this thread blocks, and may never hear of a politer one.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  deinit { stop() }
}
