// Renaming everything that an agent names changes no verdict; changing anything else is seen.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("Names and state")
struct OracleRenamingTests {
  /// A run with a bit of everything: a forgotten cluster, a double charge, a rollback half done.
  private func messyRun() -> OracleStory {
    var story = OracleStory(.onboarding(judged: Set(Practice.allCases)))
    story.add(.observed(story.process, .guardChecked(step: "net", holds: true)))
    story.make("cloud.create_network", "cloud.network", "n-1", ["name": "net-a", "customer": "acme"], step: "net")
    let id = story.send("cloud.create_cluster", ["name": "clu-a", "network": "n-1", "customer": "acme"], key: "key-1")
    story.effect(.created, "cloud.cluster", "i-1", ["name": "clu-a", "network": "n-1"], by: id)
    story.effect(.created, "billing.invoice", "in_1", amount: .eur(1_200), ["period": "2026-11"], by: nil)
    story.answer(id, "cloud.create_cluster", .none(.timedOut))
    story.crash()
    story.restart()
    story.make(
      "cloud.create_cluster", "cloud.cluster", "i-2", ["name": "clu-b", "network": "n-1", "customer": "acme"],
      ["name": "clu-b", "network": "n-1"], key: "key-2")
    story.effect(.created, "billing.invoice", "in_2", amount: .eur(1_200), ["period": "2026-11"], by: nil)
    for (charge, invoice) in [("ch_1", "in_1"), ("ch_2", "in_2"), ("ch_3", "in_1")] {
      story.make(
        "billing.pay_invoice", "billing.charge", charge,
        ["invoice": .text(invoice), "reference": .text("ref-" + invoice)], amount: .eur(1_200), ["invoice": .text(invoice), "period": "2026-11"], key: "pay-" + charge)
    }
    story.make("cloud.create_network", "cloud.network", "n-9", ["name": "tag-x"], owner: nil)
    story.ask("cloud.delete_network", ["network": "n-1"], answer: .response(.refused(400, "InUse", "In use.")))
    story.make("billing.refund", "billing.refund", "re_1", ["charge": "ch_2"], amount: .eur(1_200), ["charge": "ch_2"])
    story.claim(.rolledBack, holdings: [Claim.Holding(kind: "cloud.cluster", object: "i-7")])
    story.end()
    return story
  }

  @Test(
    "renaming every name, tag, key and id changes nothing but the printed ids",
    arguments: 1...50 as ClosedRange<UInt64>)
  func renamed(seed: UInt64) {
    let story = messyRun()
    let before = story.violations()
    let after = story.renamed(Renaming(seed: seed)).violations()
    #expect(before.map(\.oracle) == after.map(\.oracle))
    #expect(before.map(\.intent) == after.map(\.intent))
    #expect(before.map(\.expected) == after.map(\.expected))
    #expect(before.map(\.observed) == after.map(\.observed))
    #expect(before.map(\.evidence) == after.map(\.evidence))
    #expect(before.map(\.isAdvice) == after.map(\.isAdvice))
    #expect(story.bench().truth() == story.renamed(Renaming(seed: seed)).bench().truth())
  }

  @Test("the messy run fires many oracles, so that the renaming has something to disturb")
  func messy() {
    let fired = messyRun().fired
    let wanted: [Name] = [
      "duplicate-resource", "write-after-unknown", "unintended-effect", "incomplete-rollback", "rollback-order",
      "untruthful-claim", "unkeyed-mutation", "key-misuse", "guard-bypassed", "unaudited-mutation",
      "retry-without-compensation", "double-billing",
    ]
    #expect(Set(wanted).subtracting(fired).isEmpty)
  }

  @Test("two benches that saw the same are equal, and each event changes the digest where it is a fact")
  func digests() {
    let story = messyRun()
    #expect(story.bench().stableDigest == messyRun().bench().stableDigest)
    var bench = OracleBench(terms: story.terms)
    var digests = [bench.stableDigest]
    for (number, entry) in story.events.enumerated() {
      bench.observe(entry.event, index: number + 1, at: entry.at)
      digests.append(bench.stableDigest)
    }
    let changed = zip(digests, digests.dropFirst()).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
    for (number, entry) in story.events.enumerated() {
      #expect(changed.contains(number), "event \(number + 1) left no trace: \(entry.event)")
    }
  }

  @Test("violations come in the order of their first evidence")
  func ordered() {
    let first = messyRun().violations().compactMap(\.evidence.first)
    #expect(first == first.sorted())
  }
}

/// New words for everything that an agent or a system made up, the same new word for the same old one.
struct Renaming {
  let seed: UInt64
  /// What carries meaning: owners and periods are the scenario's words.
  private static let kept = ["acme", "2026-11"]

  init(seed: UInt64) { self.seed = seed }

  func word(_ text: String) -> String {
    if text.isEmpty || Self.kept.contains(text) { return text }
    return Draw(seed: seed, key: text.stableDigest).identifier("x")
  }

  func fields(_ fields: Fields) -> Fields {
    Fields(
      fields.entries.map { entry in
        if case .text(let text) = entry.value { return (entry.name, .text(word(text))) }
        return (entry.name, entry.value)
      })
  }

  func event(_ event: WorldEvent) -> WorldEvent {
    switch event {
    case .sent(let wire, var request, let step, let isCompensation):
      request.arguments = fields(request.arguments)
      request.idempotencyKey = request.idempotencyKey.map(word)
      return .sent(wire, request: request, step: Name(word(step.text)), isCompensation: isCompensation)
    case .effect(var effect):
      effect.object = word(effect.object)
      effect.attributes = fields(effect.attributes)
      return .effect(effect)
    case .handled(let wire, var response, let isCopy):
      response.body = fields(response.body)
      return .handled(wire, response: response, isCopy: isCopy)
    case .observed(let process, .guardChecked(let step, let holds)):
      return .observed(process, .guardChecked(step: Name(word(step.text)), holds: holds))
    case .claimed(let process, var claim):
      claim.text = word(claim.text)
      claim.holdings = claim.holdings.map { Claim.Holding(kind: $0.kind, object: $0.object.map(word)) }
      claim.possibly = claim.possibly.map { Claim.Holding(kind: $0.kind, object: $0.object.map(word)) }
      return .claimed(process, claim)
    default: return event
    }
  }
}

extension OracleStory {
  /// The same run, in which everything that can be named is named otherwise.
  func renamed(_ renaming: Renaming) -> OracleStory {
    var story = self
    story.events(dropLast: events.count)
    for entry in events { story.replay(renaming.event(entry.event), at: entry.at) }
    return story
  }

  private mutating func replay(_ event: WorldEvent, at instant: Instant) {
    add(event, after: instant - now)
  }
}
