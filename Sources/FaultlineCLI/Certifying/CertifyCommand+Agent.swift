// `faultline certify SUITE -- COMMAND`: a user's own agent, whatever decides in it.

import Certification
import Faultline
import Foundation
import Gateway
import Primitives

extension CertifyCommand {
  /// Plays the command in every scenario of the suite.
  func examineAgent(_ suite: Suite, _ policy: CertificationPolicy) async throws -> CampaignRecord {
    guard !suite.scenarios.isEmpty else {
      throw Refusal.badInput("the suite '\(suite.name)' has no scenarios for an agent of your own", remedy: "add some to \(suite.path)/scenarios")
    }
    let outside = try Outside(command, options: outsideOptions)
    let identity = ModelIdentity(
      provider: "agent", requested: command.joined(separator: " "), host: "process", sampling: Sampling(temperatureThousandths: nil))
    let subject = Subject(kind: .agent, model: identity, parts: try parts())
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
      runner: Certifying.runner, evidence: .live, history: history ?? .init(finished: nil, unfinished: nil), trials: trials)
    let scenarios = suite.scenarios
    let trials = trials
    record.runs = try await outside.serving { host, port in
      var runs: [CampaignRecord.WorkflowRun] = []
      for (index, scenario) in scenarios.enumerated() {
        let agent = OutsideAgent(name: Name(outside.command.name))
        let assignment = try Assignment(Situation(scenario), agent: agent, isChecked: false)
        let played = outside.trials(assignment, host: host, port: port)
        for trial in 1...trials {
          let own = Draw(seed: seed, key: scenario.name.hash).derived(UInt64(trial)).word
          let outcome = try await played.play("\(index + 1)-\(trial)", number: trial, seed: own, plan: scenario.faults)
          try Outside.check(outcome)
          runs.append(.init(outcome.record.verdict, trial: trial, decisions: 0))
        }
      }
      return runs
    }
    record.notTested = [
      "decision cases: what the agent decides by is its own", "every answer of any model: the architecture is not Faultline's",
      "what the agent does with systems that the scenarios do not have",
    ]
    let result = record.certificate(at: Certifying.now, by: "").body.isCertified ? "certified" : "refused"
    try Certifying.explained {
      try book?.end(
        name, subject: subject.digest, suite: suite.digest, policy: policy.exam.digest, at: "\(Certifying.now)",
        result: result)
    }
    return record
  }

  /// What the agent consists of, by digest.
  private func parts() throws -> [Subject.Part] {
    guard !part.isEmpty else {
      throw Refusal.badInput(
        "nobody said what the agent consists of", remedy: "give --part lockfile=uv.lock, --part image=sha256:… or the like; at least one")
    }
    return try part.map { try DeployedPart.read($0) }
  }
}

/// `NAME=FILE` or `NAME=sha256:…`.
enum DeployedPart {
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
    guard let data = FileManager.default.contents(atPath: halves[1]) else {
      throw Refusal.badInput("'\(halves[1])' can't be read", remedy: "give a file, or sha256: and its digest")
    }
    return Subject.Part(name: halves[0], sha256: CanonicalJSON.digest(of: data))
  }
}
