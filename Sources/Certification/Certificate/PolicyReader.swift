// Reads a policy, strictly: a gate that guesses what was meant is no gate.

import Faultline
import Foundation
import Primitives

/// Reads policy files.
public struct PolicyReader {
  private var problems: Problems
  private let folder: String

  /// - Throws: ``ScenarioErrors`` with every mistake.
  public static func read(_ path: String) throws(ScenarioErrors) -> CertificationPolicy {
    let text = try TextFile.read(path)
    var reader = PolicyReader(path: path)
    let policy = reader.read(text)
    try reader.problems.throwIfAny()
    guard let policy else { preconditionFailure("a policy was not read and nothing says why") }
    return policy
  }

  private init(path: String) {
    problems = Problems(path: path)
    folder = path
  }

  private static let part = ValueKind.pattern("^[0-9]{1,3}([.][0-9]+)?%$")

  static let examShape = Shape(
    title: "the exam's terms",
    keys: [
      .init("p0", part, "The highest success at which a model has to fail."),
      .init("p1", part, "The success from which on a model should pass."),
      .init("alpha", part, "How often one that should fail may pass."),
      .init("beta", part, "How often one that should pass may fail."),
      .init("needless_escalation", part, "The most that may be handed to people for nothing."),
      .init("missed_escalation", part, "The most that may go on where only a person may decide."),
      .init("calibration_error", part, "The most that confidence and accuracy may lie apart."),
      .init("classes", .table(.text, keys: nil), "The success that a class of cases has to reach."),
      .init("harm_bound", part, "The rate of harm that zero harm may leave possible, at 95 percent."),
      .init("margin", part, "By how much a model may be worse than the baseline."),
      .init("valid_days", .int(1...3_650), "How long a certificate holds."),
    ])

  static let gateShape = Shape(
    title: "the gate's terms",
    keys: [
      .init("max_age_days", .int(1...3_650), "Older certificates are stale."),
      .init("evidence", .list(.name(Evidence.allCases.map(\.rawValue))), "Where the answers may come from."),
      .init("max_earlier_campaigns", .int(0...10_000), "How many exams the subject may have had before."),
      .init("allow_unknown_history", .bool, "Whether a certificate passes where nobody knows how many there were."),
      .init("exhaustive", .bool, "Whether the exhaustive claim has to be there."),
      .init("baseline", .bool, "Whether it has to be compared with a baseline."),
      .init("model", .text, "What is about to be deployed, as provider:name."),
      .init("prompt", .text, "The prompt that is about to be deployed, seen from this file."),
    ])

  static let waiverShape = Shape(
    title: "a waiver",
    keys: [
      .init(
        "check", .name(GateCheck.allCases.filter(\.canBeWaived).map(\.rawValue)), required: true, "What it lets pass."),
      .init("approver", .text, required: true, "Who answers for it."),
      .init("reason", .text, required: true, "Why."),
      .init("until", .instant, required: true, "When it ends."),
    ])

  static let shape = Shape(
    title: "a policy",
    keys: [
      .init("name", .text, required: true, "The policy's name."),
      .init("exam", .mapping(examShape), "What decides whether a campaign ends in a certificate."),
      .init("gate", .mapping(gateShape), "What decides whether a certificate is good enough to deploy."),
      .init("waivers", .list(.mapping(waiverShape)), "What somebody answers for with their name."),
    ])

  private mutating func read(_ text: String) -> CertificationPolicy? {
    guard let tree = YAMLTree.parse(text, problems: &problems) else { return nil }
    guard let file = Section(tree, Self.shape, &problems) else { return nil }
    var policy = CertificationPolicy(name: file["name"].flatMap { problems.text($0, "the policy's name") } ?? "")
    if let exam = file["exam"] { policy.exam = readExam(exam) }
    if let gate = file["gate"] { policy.gate = readGate(gate) }
    policy.waivers =
      file["waivers"].flatMap { problems.list($0, "a list of waivers") }?.compactMap { readWaiver($0) } ?? []
    return policy
  }

  private mutating func readExam(_ tree: YAMLTree) -> CertificationPolicy.Exam {
    var exam = CertificationPolicy.Exam()
    guard let section = Section(tree, Self.examShape, &problems) else { return exam }
    let parts: [(String, WritableKeyPath<CertificationPolicy.Exam, Double>)] = [
      ("p0", \.p0), ("p1", \.p1), ("alpha", \.alpha), ("beta", \.beta), ("needless_escalation", \.needlessEscalation),
      ("missed_escalation", \.missedEscalation), ("calibration_error", \.calibrationError), ("harm_bound", \.harmBound),
      ("margin", \.margin),
    ]
    for (key, path) in parts {
      if let tree = section[key], let part = readPart(tree) { exam[keyPath: path] = part }
    }
    if let days = section["valid_days"].flatMap({ problems.int($0, "a number of days", in: 1...3_650) }) {
      exam.validDays = Int(days)
    }
    for entry in section["classes"].flatMap({ problems.table($0, "classes with their success") }) ?? [] {
      let known = CaseClass.allCases.map(\.rawValue)
      guard known.contains(entry.key) else {
        problems.unknown(entry.key, at: entry.keyPosition, among: known, "class of cases")
        continue
      }
      exam.classes[entry.key] = readPart(entry.value)
    }
    if exam.p0 >= exam.p1 {
      problems.report(
        (section["p1"] ?? tree).position, "p1 is not above p0", remedy: "p0 is what has to fail, p1 what should pass")
    }
    for (key, value) in [("alpha", exam.alpha), ("beta", exam.beta)] where value <= 0 || value >= 0.5 {
      problems.report(
        (section[key] ?? tree).position, "\(key) is no error that anybody accepts", remedy: "write 1% to 20%")
    }
    return exam
  }

  private mutating func readGate(_ tree: YAMLTree) -> CertificationPolicy.Gate {
    var gate = CertificationPolicy.Gate()
    guard let section = Section(tree, Self.gateShape, &problems) else { return gate }
    if let days = section["max_age_days"].flatMap({ problems.int($0, "a number of days", in: 1...3_650) }) {
      gate.maxAgeDays = Int(days)
    }
    if let count = section["max_earlier_campaigns"].flatMap({
      problems.int($0, "a number of campaigns", in: 0...10_000)
    }) {
      gate.maxEarlierCampaigns = Int(count)
    }
    if let list = section["evidence"].flatMap({ problems.list($0, "a list of kinds of evidence") }) {
      gate.evidence = list.compactMap { item in
        problems.name(item, among: Evidence.allCases.map(\.rawValue), "evidence").flatMap(Evidence.init)
      }
    }
    gate.allowsUnknownHistory =
      section["allow_unknown_history"].flatMap { problems.bool($0) } ?? gate.allowsUnknownHistory
    gate.needsExhaustive = section["exhaustive"].flatMap { problems.bool($0) } ?? gate.needsExhaustive
    gate.needsBaseline = section["baseline"].flatMap { problems.bool($0) } ?? gate.needsBaseline
    gate.model = section["model"].flatMap { problems.text($0, "a model, as provider:name") }
    gate.prompt = section["prompt"].flatMap { problems.text($0, "the path of a prompt") }
      .map { TextFile.resolve($0, besides: folder) }
    return gate
  }

  private mutating func readWaiver(_ tree: YAMLTree) -> CertificationPolicy.Waiver? {
    guard let section = Section(tree, Self.waiverShape, &problems) else { return nil }
    guard let checkTree = section["check"], case .scalar(let name, _) = checkTree.content else { return nil }
    guard let check = GateCheck(rawValue: name) else {
      problems.unknown(
        name, at: checkTree.position, among: GateCheck.allCases.filter(\.canBeWaived).map(\.rawValue), "check")
      return nil
    }
    guard check.canBeWaived else {
      problems.report(
        checkTree.position, "nobody can waive '\(name)'",
        remedy: "certify what is to be deployed, and sign the certificate")
      return nil
    }
    guard let approver = section["approver"].flatMap({ problems.text($0, "who answers for it") }),
      let reason = section["reason"].flatMap({ problems.text($0, "why") }),
      let until = section["until"].flatMap({ problems.instant($0, "when it ends") })
    else { return nil }
    return CertificationPolicy.Waiver(check: check, approver: approver, reason: reason, until: until)
  }

  private mutating func readPart(_ tree: YAMLTree) -> Double? {
    guard case .scalar(let text, _) = tree.content, text.hasSuffix("%"), let number = Double(text.dropLast()),
      (0...100).contains(number), text.first?.isNumber ?? false
    else { return problems.mismatch(tree, "a percentage", remedy: "write it with its sign, such as 95% or 97.5%") }
    return number / 100
  }
}
