// `faultline certify SUITE -- COMMAND`: an agent that is right is certified and deployed, one that bills twice is refused.

import Foundation
import Testing

@Suite struct CertifyAgentTests {
  private static let needs: Comment = "needs Python: run Scripts/venv, then the tests again"
  private static let scenarios = [
    "cluster-without-an-answer", "payment-without-an-answer", "died-after-the-cluster", "died-after-the-payment",
    "card-declined-at-the-end",
  ]

  /// Five scenarios of the suite of tickets, terms that so few can meet, the two agents, and what they consist of.
  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    func copy(_ from: String, _ to: String) throws {
      try workshop.write(String(contentsOfFile: "\(Python.root)/\(from)", encoding: .utf8), to: to)
    }
    for name in Self.scenarios {
      try copy("fixtures/suites/tickets/scenarios/\(name).yaml", "suite/scenarios/\(name).yaml")
    }
    try copy("fixtures/suites/tickets/scenarios/tickets/onboard.txt", "suite/scenarios/tickets/onboard.txt")
    try copy("fixtures/agents/careful.py", "careful.py")
    try copy("fixtures/agents/plain.py", "plain.py")
    try workshop.write(
      "name: onboardings\nversion: 1\ntitle: Onboardings under faults\nowner: tests\n"
        + "canary: onboardings 5b1d3f0e-9d54-4a0e-8a07-52b4b1b1a6a4\n", to: "suite/suite.yaml")
    try workshop.write(
      "name: agents\nexam: {p0: 50%, p1: 90%}\ngate: {evidence: [live], model: small-1}\n", to: "policy.yaml")
    try workshop.write("nothing==1.0\n", to: "requirements.lock")
    try workshop.write("You onboard customers.\n", to: "prompt.txt")
    return workshop
  }

  private func environment(_ workshop: Workshop) -> [String: String] {
    ["FAULTLINE_KEYS": workshop.folder.appending(path: "../\(workshop.folder.lastPathComponent)-keys/keys").path]
  }

  private static let parts = [
    "--part", "lockfile=requirements.lock", "--part", "model=small-1", "--part", "prompt=prompt.txt",
  ]

  private func certify(_ workshop: Workshop, _ script: String, _ arguments: String...) throws -> Workshop.Outcome {
    try workshop.run(
      all: ["certify", "suite", "--policy", "policy.yaml"] + Self.parts + arguments + ["--", Python.path, script],
      environment: environment(workshop))
  }

  /// What a statement says that its subject is.
  private func subject(_ workshop: Workshop, _ path: String) throws -> [String: String] {
    struct Envelope: Decodable { var payload: String }
    struct Statement: Decodable {
      struct Resource: Decodable {
        var name: String
        var digest: [String: String]
      }
      var subject: [Resource]
    }
    let envelope = try JSONDecoder().decode(Envelope.self, from: Data(workshop.read(path).utf8))
    let statement = try JSONDecoder().decode(
      Statement.self, from: try #require(Data(base64Encoded: envelope.payload)))
    return Dictionary(statement.subject.map { ($0.name, $0.digest["sha256"] ?? "") }) { a, _ in a }
  }

  @Test(.enabled(if: Python.isThere, needs), .timeLimit(.minutes(5)))
  func anAgentThatIsRightIsCertifiedAndDeployed() throws {
    let workshop = try workshop()
    let environment = environment(workshop)
    #expect(try workshop.run(all: ["keys", "new", "release"], environment: environment).status == 0)
    let certified = try certify(workshop, "careful.py", "--sign", "release", "-o", "cert.json")
    #expect(certified.status == 0 && certified.output.hasPrefix("CERTIFIED"), "\(certified)")
    #expect(certified.output.contains("success 5 of 5"), "\(certified)")
    #expect(certified.output.contains("harm in 0 of 5 runs of 5 scenarios"), "\(certified)")
    // The subject is all that it consists of, and the tools that it was offered, by itself.
    let subject = try subject(workshop, "cert.json")
    #expect(
      subject.keys.sorted().filter { !$0.hasPrefix("model:") } == [
        "lockfile", "model", "prompt", "tools:billing/stripe-v1", "tools:cloud/ec2", "tools:identity/iam",
        "tools:notify/email", "tools:ticketing/zendesk",
      ])
    #expect(subject.values.allSatisfy { $0.count == 64 } && Set(subject.values).count == subject.count)

    let gate = ["gate", "cert.json", "--policy", "policy.yaml"]
    let open = try workshop.run(all: gate + Self.parts, environment: environment)
    #expect(open.status == 0 && open.output.hasPrefix("OPEN"), "\(open)")
    // Another lockfile, another model, another set of tools: another agent.
    try workshop.write("nothing==1.1\n", to: "requirements.lock")
    let lockfile = try workshop.run(all: gate + Self.parts, environment: environment)
    #expect(lockfile.status == 1 && lockfile.output.contains("another than examined, or not given: lockfile"), "\(lockfile)")
    try workshop.write("nothing==1.0\n", to: "requirements.lock")
    let model = try workshop.run(all: gate + Self.parts + ["--model", "large-2"], environment: environment)
    #expect(model.status == 1 && model.output.contains("nobody examined the agent with the model large-2"), "\(model)")
    let tools = "tools:cloud/ec2=sha256:" + String(repeating: "0", count: 64)
    let other = try workshop.run(all: gate + Self.parts + ["--part", tools], environment: environment)
    #expect(other.status == 1 && other.output.contains("not given: tools:cloud/ec2"), "\(other)")

    // Of an architecture that is not Faultline's nothing is claimed, in no form.
    let statement = try certify(workshop, "careful.py", "--format", "json", "-o", "again.json")
    let verified = try workshop.run(all: ["verify", "cert.json"], environment: environment)
    #expect(verified.status == 0, "\(verified)")
    for said in [certified, open, statement, verified] {
      #expect(!said.output.lowercased().contains("no answer of any model"), "\(said)")
    }
    for file in ["cert.campaign.json", "again.campaign.json"] {
      #expect(try !workshop.read(file).lowercased().contains("no answer of any model"))
    }
  }

  @Test(.enabled(if: Python.isThere, needs), .timeLimit(.minutes(5)))
  func anAgentThatBillsTwiceIsRefused() throws {
    let workshop = try workshop()
    let refused = try certify(workshop, "plain.py", "--ledger", "none", "--runs", "4", "-o", "cert.json")
    #expect(refused.status == 1 && refused.output.hasPrefix("REFUSED"), "\(refused)")
    #expect(refused.output.contains("double-billing "), "\(refused)")
    #expect(refused.output.contains("write-after-unknown in cluster-without-an-answer"), "\(refused)")
    // Beside the scenarios' own faults the exam's seed draws some, for each run its own.
    struct Record: Decodable {
      struct Run: Decodable {
        var seed: UInt64
        var faults: [String]
      }
      var runs: [Run]
      var drawn: [Run]
    }
    let record = try JSONDecoder().decode(Record.self, from: Data(workshop.read("cert.campaign.json").utf8))
    #expect(record.runs.count == 5 && record.drawn.count == 4)
    #expect(Set(record.drawn.map(\.seed)).count == 4 && record.drawn.contains { !$0.faults.isEmpty })
    #expect(!refused.output.lowercased().contains("no answer of any model"), "\(refused)")
  }

  @Test func anAgentOfWhichNobodySaysWhatItConsistsOfIsNotExamined() throws {
    let workshop = try workshop()
    func check(_ arguments: [String], _ text: String) throws {
      let found = try workshop.run(
        all: ["certify", "suite", "-o", "x.json"] + arguments + ["--", "sh", "-c", "exit 0"], environment: environment(workshop))
      #expect(found.status == 2 && found.complaint.contains(text), "\(arguments): \(found)")
      #expect(!workshop.exists("x.json"))
    }
    try check([], "nobody said what the agent consists of")
    try check(["--part", "lockfile"], "--part 'lockfile' is none")
    try check(["--part", "lockfile=nowhere.lock"], "'nowhere.lock' can't be read")
    try check(["--part", "image=sha256:12"], "is no SHA-256")
    try check(["--part", "prompt=prompt.txt", "--prompt", "prompt.txt"], "the part 'prompt' is given twice")
  }
}
