// `faultline certify SUITE -- COMMAND`: a user's own agent, whatever decides in it.

import Agents
import Certification
import Faultline
import Foundation
import Gateway
import Operations
import Primitives
import Simulation

extension CertifyCommand {
  /// Plays the command in every scenario of the suite.
  func examineAgent(_ suite: Suite, _ policy: CertificationPolicy) async throws -> CampaignRecord {
    guard !suite.scenarios.isEmpty else {
      throw Refusal.badInput(
        "the suite '\(suite.name)' has no scenarios for an agent of your own",
        remedy: "add some to \(suite.path)/scenarios")
    }
    let outside = try Outside(command, options: outsideOptions, isSearch: true)
    let agent = OutsideAgent(name: Name(outside.program.name))
    let assignments = try suite.scenarios.map { try Assignment(Situation($0), agent: agent, isChecked: false) }
    let identity = ModelIdentity(
      provider: "agent", requested: command.joined(separator: " "), host: "process",
      sampling: Sampling(temperatureThousandths: nil))
    let subject = Subject(kind: .agent, model: identity, parts: try parts(in: assignments))
    let seed = ExamSeed.of(subject: subject.digest, suite: suite.digest, policy: policy.exam.digest)
    let book = try Certifying.explained { try openLedger() }
    let name = UUID().uuidString
    let history = try Certifying.explained { try book?.history(of: subject.digest) }
    try Certifying.explained {
      try book?.begin(
        name, subject: subject.digest, suite: suite.digest, policy: policy.exam.digest, at: "\(Certifying.now)")
    }
    var record = CampaignRecord(
      subject: subject, suite: .init(suite), policy: policy, seed: seed, faultline: FaultlineVersion.current,
      runner: Certifying.runner, evidence: .live, history: history ?? .init(finished: nil, unfinished: nil),
      trials: trials)
    let (runs, drawn) = try await play(outside, assignments, seed: seed)
    record.runs = runs
    record.drawn = drawn
    record.notTested = notTested(subject)
    let result = record.certificate(at: Certifying.now, by: "").body.isCertified ? "certified" : "refused"
    try Certifying.explained {
      try book?.end(
        name, subject: subject.digest, suite: suite.digest, policy: policy.exam.digest, at: "\(Certifying.now)",
        result: result)
    }
    return record
  }

  /// The scenarios as they are, and the runs under drawn faults.
  private func play(
    _ outside: Outside, _ assignments: [Assignment], seed: UInt64
  ) async throws -> ([CampaignRecord.WorkflowRun], [CampaignRecord.WorkflowRun]) {
    let (trials, drawnRuns, jobs) = (trials, runs, jobs)
    let progress = Watch(what: "runs")
    defer { progress.finish() }
    let all = assignments.count * trials + drawnRuns
    return try await outside.serving { host, port in
      let played = assignments.map { outside.trials($0, host: host, port: port) }
      var runs: [CampaignRecord.WorkflowRun] = []
      for (index, assignment) in assignments.enumerated() {
        let scenario = assignment.scenario
        for trial in 1...trials {
          let own = Draw(seed: seed, key: scenario.name.hash).derived(UInt64(trial)).word
          let plan = scenario.faults
          runs.append(
            try await Self.run(played[index], "\(index + 1)-\(trial)", number: trial, seed: own, plan: plan).run)
          progress.show(runs.count, of: all)
        }
      }
      guard drawnRuns > 0 else { return (runs, []) }
      var plans: [DrawnPlans] = []
      for (index, trials) in played.enumerated().prefix(drawnRuns) {
        let clean = try await Self.run(
          trials, "\(index + 1)-clean", number: 1, seed: seed, plan: Plan(), notesForks: true)
        plans.append(DrawnPlans(clean.forks))
      }
      let found = plans
      return try await withThrowingTaskGroup(of: (Int, CampaignRecord.WorkflowRun).self) { group in
        var drawn: [CampaignRecord.WorkflowRun?] = Array(repeating: nil, count: drawnRuns)
        var next = 1
        func begin() {
          guard next <= drawnRuns else { return }
          let number = next
          let index = (number - 1) % found.count
          next += 1
          group.addTask {
            let draw = DrawnPlans.draw(seed: seed, run: number)
            let plan = found[index].plan(draw)
            return (
              number,
              try await Self.run(played[index], "drawn-\(number)", number: number, seed: draw.word, plan: plan).run
            )
          }
        }
        for _ in 0..<jobs { begin() }
        var done = runs.count
        while let (number, run) = try await group.next() {
          drawn[number - 1] = run
          done += 1
          progress.show(done, of: all)
          begin()
        }
        return (runs, drawn.compactMap { $0 })
      }
    }
  }

  private static func run(
    _ trials: OutsideTrials, _ id: String, number: Int, seed: UInt64, plan: Plan, notesForks: Bool = false
  ) async throws -> (run: CampaignRecord.WorkflowRun, forks: [Fork]) {
    let outcome = try await trials.play(id, number: number, seed: seed, plan: plan, notesForks: notesForks)
    try Outside.check(outcome)
    return (.init(outcome.record.verdict, trial: number, decisions: 0), outcome.forks)
  }

  // MARK: What it consists of

  /// What the agent consists of, by digest: what the user names, and the schemas of the tools that it is handed, unless
  /// the user names those, too.
  private func parts(in assignments: [Assignment]) throws -> [Subject.Part] {
    guard !part.isEmpty else {
      throw Refusal.badInput(
        "nobody said what the agent consists of",
        remedy: "give --part lockfile=uv.lock, --part image=sha256:… or the like; at least one")
    }
    var parts = try DeployedPart.read(part, prompt: model.prompt)
    if let twice = parts.first(where: { one in parts.count { $0.name == one.name } > 1 }) {
      throw Refusal.badInput("the part '\(twice.name)' is given twice", remedy: "give each part once")
    }
    guard !parts.contains(where: { $0.name == "tools" }) else { return parts }
    for service in assignments.flatMap(\.setup.catalogue.services) {
      let tools = DeployedPart.tools(of: service.operations, system: service.backend, profile: service.profile)
      if !parts.contains(tools) { parts.append(tools) }
    }
    return parts
  }

  private func notTested(_ subject: Subject) -> [String] {
    var missing = [
      "decision cases: what the agent decides by is its own",
      "every answer of any model: the architecture is not Faultline's",
      "what the agent does with systems that the scenarios do not have",
    ]
    let told = Set(subject.parts.map(\.name))
    if told.isDisjoint(with: ["image", "lockfile"]) {
      missing.append("whether another build behaves alike: neither --part image nor --part lockfile was given")
    }
    if !told.contains("model") { missing.append("other models in the agent: no --part model=NAME says which it asks") }
    if !told.contains("prompt") {
      missing.append("other prompts of the agent: no --part prompt=FILE says which it has")
    }
    return missing
  }
}

/// `NAME=FILE`, `NAME=sha256:…`, or `model=NAME`.
enum DeployedPart {
  /// What options name: each `--part`, and the prompt.
  static func read(_ parts: [String], prompt: String?) throws -> [Subject.Part] {
    try (parts + (prompt.map { ["prompt=\($0)"] } ?? [])).map { try read($0) }
  }

  static func read(_ text: String) throws -> Subject.Part {
    let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard halves.count == 2 else {
      throw Refusal.badInput("--part '\(text)' is none", remedy: "write NAME=FILE or NAME=sha256:…")
    }
    if halves[1].hasPrefix("sha256:") {
      let digest = String(halves[1].dropFirst(7))
      guard digest.count == 64, digest.allSatisfy(\.isHexDigit) else {
        throw Refusal.badInput("'\(halves[1])' is no SHA-256", remedy: "a SHA-256 has 64 hexadecimal digits")
      }
      return Subject.Part(name: halves[0], sha256: digest.lowercased())
    }
    if halves[0] == "model" { return .model(halves[1]) }
    guard let data = FileManager.default.contents(atPath: halves[1]) else {
      throw Refusal.badInput("'\(halves[1])' can't be read", remedy: "give a file, or sha256: and its digest")
    }
    return Subject.Part(name: halves[0], sha256: CanonicalJSON.digest(of: data))
  }

  /// The tools that an agent is offered of one system: `tools:billing/stripe-v1`.
  static func tools(of operations: [Operations.Operation], system: Name, profile: Name) -> Subject.Part {
    Subject.Part(
      name: "tools:\(system)/\(profile)", sha256: CanonicalJSON.digest(ofText: ToolSchemas.text(of: operations)))
  }

  /// The tools of every system that this release has: what an agent that is deployed with it is offered.
  static var ownTools: [Subject.Part] {
    Vocabulary.standard().systems.flatMap { system in
      system.profiles.map { tools(of: $0.operations, system: system.name, profile: $0.name) }
    }
  }
}
