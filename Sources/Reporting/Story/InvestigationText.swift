// What is known about a failure, in the words of the report: why, what it needs, what would have saved it, what to do.

import Exploration
import Faultline
import Operations
import Primitives
import Simulation

/// Labelled lines for the summary of a story.
struct InvestigationText {
  typealias Line = (label: String, text: String)

  /// The lines with their labels before them, at most as wide as the style says.
  static func block(_ lines: [Line], _ style: Style) -> String {
    lines.flatMap { label, text in
      text.wrapped(to: style.width - 10).enumerated().map { offset, line in
        style.paint((offset == 0 ? label : "").padded(to: 10), .strong) + line
      }
    }
    .joined(separator: "\n")
  }

  private let investigation: Investigation
  private let story: Story
  private var explanation: Explanation { investigation.explanation }

  init(_ investigation: Investigation, story: Story) {
    self.investigation = investigation
    self.story = story
  }

  // MARK: Causes

  /// Why it failed, which choices that needs, and until when what would have saved it.
  var causes: [Line] {
    var lines = labelled("Why", chains.map(sentence))
    lines += labelled("Needed", needed)
    lines += labelled("Saved", saved + [pointOfNoReturn])
    return lines
  }

  private func labelled(_ label: String, _ texts: [String]) -> [Line] {
    texts.enumerated().map { ($0 == 0 ? label : "", $1) }
  }

  /// The chains that tell more than another one does, each once.
  private var chains: [[Causes.Link]] {
    var chains: [[Causes.Link]] = []
    for chain in explanation.chains where !chain.isEmpty && !chains.contains(chain) { chains.append(chain) }
    return chains.filter { chain in
      let events = Set(chain.map(\.event))
      return !chains.contains { $0 != chain && events.isStrictSubset(of: $0.map(\.event)) }
    }
  }

  /// `#4 committed, #5 hid it, #11 treated unknown as failed, #13 made cluster i-0b2.`
  private func sentence(_ chain: [Causes.Link]) -> String {
    chain.map { "#\($0.event) \(words($0))" }.joined(separator: ", ") + "."
  }

  private func words(_ link: Causes.Link) -> String {
    switch link.part {
    case .committed: "committed"
    case .hid: "hid it"
    case .lost: fault(link)?.answer.text.hasPrefix("late-arrival") ?? false ? "held it back" : "lost it"
    case .forgot: fault(link)?.answer.text.hasPrefix("pause") ?? false ? "stopped who knew it" : "ended who knew it"
    case .bent: fault(link).map { bending($0.answer) } ?? "went wrong"
    case .tookForFailed: tookForFailed(link)
    case .beganAnew: "began anew"
    case .wentOn, .followed, .showed: deed(link)
    }
  }

  private func fault(_ link: Causes.Link) -> FaultRecord? {
    if case .fault(let record) = story.event(link.event) { record } else { nil }
  }

  private func bending(_ answer: Name) -> String {
    if answer == RequestFault.duplicateDelivery.name { return "delivered it twice" }
    return answer.text.hasPrefix("late-arrival") ? "let it arrive late" : "was \(answer)"
  }

  private func tookForFailed(_ link: Causes.Link) -> String {
    let repetition = story.calls.first { $0.sent.first == link.event }?.repeats
    if repetition?.hasReadBack ?? false { return "asked again after a read-back" }
    return repetition?.key == .same ? "asked again under the same key" : "treated unknown as failed"
  }

  private func deed(_ link: Causes.Link) -> String {
    switch story.event(link.event) {
    case .effect(let effect):
      let thing = "\(Words.noun(effect.kind)) \(Words.printable(effect.object))"
      let who = effect.cause == nil ? "\(effect.backend) itself " : ""
      switch effect.change {
      case .created, .happened: return "\(who)made \(thing)"
      case .updated: return "\(who)changed \(thing)"
      case .ended: return "\(who)ended \(thing)"
      }
    case .sent(_, let request, _, _):
      return (link.part == .wentOn ? "went on to " : "sent ") + Words.verb(request.operation)
    case .claimed(_, let claim): return "said \(claim.ending.rawValue)"
    case .answered: return "told the agent"
    case .processCrashed: return "ended the process"
    case .ended: return "ended the run"
    default: return "showed it"
    }
  }

  /// `FAULT 1: yes (without it: pass). The plan is minimal (shrunk 3 -> 1).`
  private var needed: [String] {
    let verdict = investigation.verdict
    guard !verdict.plan.isEmpty else { return ["no fault at all: it fails by itself."] }
    var sentences = investigation.needs.map { need in
      let found = Words.list(need.oracles.map(\.text))
      let without = need.oracles.isEmpty ? need.without.rawValue : "still \(found)"
      return "\(name(of: need.entry)): \(need.isNeeded ? "yes" : "no") (without it: \(without))."
    }
    let given = investigation.given.plan.entries.count
    let smallest = investigation.smallest.plan.entries.count
    if !investigation.isMinimal {
      sentences.append("\(Words.count(smallest, "choice")) of \(given) would do: 'faultline shrink' finds them.")
    } else {
      let shrunk = smallest < given ? " (shrunk \(given) -> \(smallest))" : ""
      sentences[sentences.count - 1] += " The plan is minimal\(shrunk)."
    }
    return sentences
  }

  /// The plan that would do, where the one that is told has more choices.
  var smallest: [Line] {
    guard !investigation.isMinimal else { return [] }
    let entries = investigation.smallest.plan.entries.map(\.brief)
    return labelled("Smallest", entries.isEmpty ? ["without any fault"] : entries)
  }

  private func name(of entry: Plan.Entry) -> String {
    let event = story.faults.first { index in
      if case .fault(let record) = story.event(index) {
        record.answer == entry.choose && entry.at.matches(record.site)
      } else {
        false
      }
    }
    return event.map { "FAULT \(story.number(ofFault: $0))" } ?? "\(entry.choose) at \(entry.at)"
  }

  /// `until #11 by: same key again | read-back by natural key after 2 s | escalation.`
  private var saved: [String] {
    let rescues = explanation.rescues
    guard !rescues.isEmpty else { return ["by nothing that could be done at any step."] }
    let ends = rescues.map(\.until).reduce(into: [Int?]()) { if !$0.contains($1) { $0.append($1) } }
    return ends.map { end in
      let words = rescues.filter { $0.until == end }.map { Self.words($0.remedy) }
      return (end.map { "until #\($0) by: " } ?? "to the end by: ") + words.joined(separator: " | ") + "."
    }
  }

  private static func words(_ remedy: Remedy) -> String {
    switch remedy {
    case .sameKey: "same key again"
    case .readBack(let span):
      "read-back by natural key" + (span == .zero ? "" : " after \(Self.words(span))")
    case .escalation: "escalation"
    case .takingBack(let operations): "taking back with \(Words.list(operations.map(\.text)))"
    }
  }

  private static func words(_ span: TimeSpan) -> String {
    let milliseconds = span.inMilliseconds
    return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : Words.brief(milliseconds: milliseconds)
  }

  private var pointOfNoReturn: String {
    guard let point = explanation.pointOfNoReturn else {
      let isLost = !explanation.remaining.isEmpty || explanation.cleaning.contains(where: \.isBalancing)
      return isLost
        ? "Point of no return: before the agent's first step." : "Point of no return: none, all can still be put right."
    }
    let reason =
      switch (point.kind, point.remedy) {
      case (let kind?, let remedy?): "a \(Words.noun(kind)) can't be undone, it needs a \(Words.noun(remedy))"
      case (let kind?, nil): "a \(Words.noun(kind)) can't be taken back"
      case (nil, _): "from there on it was said"
      }
    return "Point of no return: #\(point.event) (\(reason))."
  }

  // MARK: Remedies

  /// What to do in the systems now, and what an agent that is known to be right does differently.
  var remedies: [Line] {
    var lines = labelled("Clean", cleaning)
    if let comparison = investigation.comparison { lines.append(("Compare", compare(comparison))) }
    return lines
  }

  private var cleaning: [String] {
    var lines = explanation.cleaning.map { step in
      let unreferenced = step.isReferenced || step.isBalancing ? "" : "unreferenced "
      let amount = step.amount.map { " \($0)" } ?? ""
      return "\(step.request.operation) for the \(unreferenced)\(Words.noun(step.kind)) "
        + Words.printable(step.object) + amount
    }
    for violation in explanation.remaining {
      let intent = story.scenario.intents.first { $0.name == violation.intent }
      let whom = intent?.owner.text ?? "whom it concerns"
      let objects = violation.objects.map(Words.printable).joined(separator: " ")
      let what = objects.isEmpty ? Words.printable(violation.message) : "\(objects) can't be taken back"
      lines.append("tell \(whom): \(what)")
    }
    for violation in investigation.verdict.violations where violation.oracle == MissingEffect.name {
      guard let intent = story.scenario.intents.first(where: { $0.name == violation.intent }) else { continue }
      lines.append("add the missing \(Words.noun(intent.kind)) for \(intent.owner), or tell that it is missing")
    }
    return lines
  }

  private func compare(_ comparison: Comparison) -> String {
    let plan =
      investigation.verdict.plan.isEmpty ? "this run" : investigation.isMinimal ? "this plan" : "the smaller plan"
    if comparison.verdict.result == .fail { return "\(comparison.model) does not pass \(plan) either." }
    guard comparison.meetsPlan else {
      return "\(comparison.model) comes to a good end, but never to every fault of \(plan)."
    }
    let time = comparison.verdict.metrics.recoveryMilliseconds.map { " in \(Words.brief(milliseconds: $0))" } ?? ""
    let parts = comparison.parts.map(\.text).joined(separator: ", ")
    return "\(comparison.model) passes \(plan)\(time)" + (parts.isEmpty ? "." : " by: \(parts).")
  }
}
