// Asking some of it again: what a record says, a model still has to say; what a canary knew, it still has to know.

import Faultline
import OpsAgent
import Primitives

/// A part of a campaign that is asked again.
public struct Rerun: Sendable {
  public struct Difference: Hashable, Sendable {
    public var item: String
    public var recorded: String
    public var now: String
  }

  public var asked: Int
  public var differences: [Difference]
  /// Questions to which nothing came back: nobody knows what would have been answered, and they differ from nothing.
  public var unanswered: [Difference] = []

  /// Asks a sample of the record's questions again.
  ///
  /// - Parameters:
  ///   - campaign: the record's suite, prompt and model, as they are now.
  ///   - percent: how many of the questions; at least one. Which ones follows from the record.
  /// - Throws: ``CertificateError`` where suite, prompt or model are not those of the record.
  public static func sample(_ record: CampaignRecord, with campaign: Campaign, percent: Int) async throws -> Rerun {
    guard campaign.subject.digest == record.subject.digest else {
      throw CertificateError(
        "prompt or model are not those of the record",
        remedy: "give those that were examined: \(record.subject.model.text)")
    }
    guard campaign.suite.digest == record.suite.sha256 else {
      throw CertificateError(
        "the suite is not that of the record",
        remedy: "check out version \(record.suite.version) of '\(record.suite.name)'")
    }
    let seed = UInt64(record.seed, radix: 16) ?? 0
    let draw = Draw(seed: seed, key: Name("rerun").hash).derived(Name(record.digest))
    let base = record.asks.filter { $0.variant == .base }
    let count = max(1, base.count * percent / 100)
    let chosen = base.indices.sorted { (draw.derived(UInt64($0)).word, $0) < (draw.derived(UInt64($1)).word, $1) }
      .prefix(count)
    let cases = campaign.cases
    var rerun = Rerun(asked: 0, differences: [])
    for index in chosen {
      let old = base[index]
      guard let item = cases.first(where: { $0.id == old.item }) else { continue }
      let request = ModelRequest(item.query, prompt: campaign.prompt, model: campaign.model.identity, trial: old.trial)
      guard request.digest == old.request else {
        throw CertificateError(
          "case '\(old.item)' is asked otherwise than the record says",
          remedy: "use the release that made the record: \(record.faultline)")
      }
      let reply = try await campaign.model.answer(request)
      let new = CampaignRecord.Ask(item, variant: .base, trial: old.trial, request: request.digest, reply: reply)
      rerun.asked += 1
      if new.answer != old.answer {
        rerun.differences.append(.init(item: old.item, recorded: old.answer, now: new.answer))
      }
    }
    return rerun
  }

  /// Asks the suite's canary cases as they stand, whatever the record.
  ///
  /// - Parameter returned: what the provider said that it is when the certificate was issued.
  /// - Returns: the cases that are not answered rightly any more, and those to which nothing came back.
  public static func probe(_ campaign: Campaign, certifiedAs returned: CertificateBody.Returned) async throws -> Rerun {
    var rerun = Rerun(asked: 0, differences: [])
    for item in campaign.cases where campaign.suite.probe.contains(item.id) {
      let request = ModelRequest(item.query, prompt: campaign.prompt, model: campaign.model.identity, trial: 1)
      let reply = try await campaign.model.answer(request)
      let ask = CampaignRecord.Ask(item, variant: .base, trial: 1, request: request.digest, reply: reply)
      rerun.asked += 1
      if reply.content == nil {
        rerun.unanswered.append(
          .init(item: item.id, recorded: "right", now: reply.failure ?? "the decider does not answer"))
      } else if !returned.model.isEmpty, !reply.model.isEmpty, reply.model != returned.model {
        rerun.differences.append(
          .init(
            item: item.id, recorded: "right", now: "answered by '\(reply.model)', certified was '\(returned.model)'"))
      } else if !ask.isSuccess {
        rerun.differences.append(
          .init(item: item.id, recorded: "right", now: "\(ask.outcome.rawValue): \(ask.failure ?? ask.objection)"))
      }
    }
    return rerun
  }
}
