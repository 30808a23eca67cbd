// `faultline verify`: whether a certificate is genuine, follows from its record, and still describes the model.

import ArgumentParser
import Certification
import Faultline
import Foundation
import Primitives
import Reporting

struct VerifyCommand: AsyncParsableCommand, PlaysProcesses {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a certificate: its signature, that it follows from its record, and a sample of its answers.",
    discussion: """
      The record lies beside the certificate (cert.campaign.json for cert.json). With --rerun a part of the questions \
      is asked again, of the model or of a cassette (--replay), and compared with what the record says.

      Exit status: 0 all holds; 1 something does not; 2 bad input.

      Examples:
        faultline verify cert.json
        faultline verify cert.json --rerun 1% --suite fixtures/suites/tickets \\
          --model openai:gpt-5-mini --prompt fixtures/prompts/triage.md
      """)

  @Argument(help: "The certificate.", completion: .file())
  var certificate: String
  @Option(
    name: .customLong("campaign"), help: "The record of its campaign; the file beside it unless given.",
    completion: .file())
  var campaignRecord: String?
  @Option(help: "Ask this part of the questions again, such as 1%.")
  var rerun: String?
  @Option(help: "The suite, for --rerun.", completion: .directory)
  var suite: String?
  @OptionGroup var model: ModelOptions
  @OptionGroup var keys: KeyOptions

  func run() async throws {
    let read = try Certifying.certificate(certificate)
    let ring = try keys.ring()
    let style = Console.style
    var isGood = true
    func say(_ passes: Bool, _ text: String) {
      isGood = isGood && passes
      Console.write("\(passes ? style.paint("ok  ", .good) : style.paint("FAIL", .bad))  \(text)")
    }
    let trusted = try Certifying.explained { try ring.keys() }
    if read.isDraft {
      say(false, "it is a DRAFT: nobody has signed it")
    } else if let signer = read.envelope.signer(among: trusted) {
      say(
        signer.revoked == nil,
        signer.revoked.map { "signed by \(signer.name), revoked on \($0.at): \($0.reason)" }
          ?? "signed by \(signer.name)")
    } else {
      say(false, "none of the \(trusted.count) trusted keys signed these bytes")
    }
    say(read.statement == Statement(read.body), "its summary says what its body says")
    let path = campaignRecord ?? Certifying.recordPath(of: certificate)
    if Files.exists(path) {
      let record = try Certifying.record(path)
      let body = read.body
      let again = Instant(iso8601: body.issuedAt).map { record.certificate(at: $0, by: body.issuedBy) }
      say(record.digest == body.record, "the record \(path) is the one that it rests on")
      say(again?.envelope.payload == read.envelope.payload, "the same record and time of issue give the same bytes")
      if let rerun { try await ask(again: rerun, record, say) }
    } else if rerun != nil || campaignRecord != nil {
      throw Refusal.badInput("there is no record '\(path)'", remedy: "give it with --campaign FILE")
    } else {
      Console.write("      no record lies at \(path); whether it follows from one was not checked")
    }
    guard isGood else { throw ExitCode(ExitStatus.notAsExpected) }
  }

  private func ask(again part: String, _ record: CampaignRecord, _ say: (Bool, String) -> Void) async throws {
    guard part.hasSuffix("%"), let percent = Int(part.dropLast()), (1...100).contains(percent) else {
      throw Refusal.badInput("--rerun '\(part)' is no part", remedy: "write 1% to 100%")
    }
    guard let suite else { throw Refusal.badInput("there is no suite to ask from", remedy: "give --suite DIR") }
    var campaign = Campaign(
      suite: try Certifying.suite(suite), prompt: try model.readPrompt(), model: RulesModel(),
      policy: CertificationPolicy(name: record.policyName, exam: record.exam), faultline: FaultlineVersion.current,
      runner: Certifying.runner)
    campaign.model = try model.make(command: command) { anonymous in
      var copy = campaign
      copy.model = anonymous
      return AnswerKey(copy.cases)
    }
    let found = try await Certifying.explained { try await Rerun.sample(record, with: campaign, percent: percent) }
    if let process = campaign.model as? ProcessModel { await process.stop() }
    say(
      found.differences.isEmpty,
      "\(found.asked - found.differences.count) of \(found.asked) questions are answered as the record says")
    for difference in found.differences {
      Console.write("      \(difference.item): recorded \(difference.recorded)\n      now \(difference.now)")
    }
  }
}
