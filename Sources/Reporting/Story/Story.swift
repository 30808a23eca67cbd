// What a trace adds up to for a reader: its calls, its faults, and how many of each intended thing there were when.

import Faultline
import Operations
import Primitives
import Simulation

/// A run, read once and understood: the common ground of timeline, summary and explanation.
struct Story: Sendable {
  let scenario: Scenario
  let record: RunRecord
  let catalogue: Catalogue
  /// In the order in which they were first sent.
  private(set) var calls: [CallStory] = []
  /// The intent that an effect counts for and how many there were after it, by event number.
  private(set) var counts: [Int: Count] = [:]
  /// The objects that count for each intent at the end, in the order of their creation.
  private(set) var holdings: [Name: [Held]] = [:]
  /// The events of injected faults, in order; their positions give the faults their numbers.
  private(set) var faults: [Int] = []
  private(set) var claim: Claim?

  struct Count: Sendable {
    let intent: Intent
    let number: Int
  }

  /// An object that a system holds at the end.
  struct Held: Sendable {
    let object: String
    let effect: Effect
    let index: Int
  }

  init(_ record: RunRecord, of scenario: Scenario, catalogue: Catalogue) {
    self.scenario = scenario
    self.record = record
    self.catalogue = catalogue
    for effect in record.given where effect.change != .ended || effect.permanence == .permanent {
      guard let intent = scenario.intents.first(where: { $0.covers(effect) }) else { continue }
      holdings[intent.name, default: []].append(Held(object: effect.object, effect: effect, index: 0))
    }
    for entry in record.trace.entries { read(entry) }
    for index in faults { attach(fault: index) }
    for position in calls.indices { calls[position].repeats = repetition(of: position) }
  }

  var verdict: Verdict { record.verdict }

  func event(_ index: Int) -> WorldEvent? {
    let entries = record.trace.entries
    guard index >= 1, index <= entries.count else { return nil }
    return entries[index - 1].event
  }

  func effect(_ index: Int) -> Effect? { if case .effect(let effect) = event(index) { effect } else { nil } }

  func position(of call: CallID) -> Int? { calls.firstIndex { $0.id == call } }

  /// The number that a fault has in the report, from 1.
  func number(ofFault index: Int) -> Int { (faults.firstIndex(of: index) ?? 0) + 1 }

  /// Objects that some system created in this run; what ids in answers are recognised by.
  var knownObjects: [String] {
    record.trace.entries.compactMap { entry in
      if case .effect(let effect) = entry.event { effect.object } else { nil }
    }
  }

  // MARK: Reading

  private mutating func read(_ entry: Trace<WorldEvent>.Entry) {
    switch entry.event {
    case .sent(let wire, let request, let step, let isCompensation):
      if let position = position(of: wire.call) {
        calls[position].sent.append(entry.index)
      } else {
        calls.append(
          CallStory(
            id: wire.call, request: request, step: step, isCompensation: isCompensation,
            isMutation: catalogue[request.operation]?.isMutation ?? false, sent: [entry.index]))
      }
    case .handled(let wire, let response, _):
      if let position = position(of: wire.call) { calls[position].handled.append((entry.index, response)) }
    case .effect(let effect):
      if let position = effect.cause.flatMap(position(of:)) { calls[position].effects.append(entry.index) }
      count(effect, at: entry.index)
    case .answered(let call, _, let answer):
      if let position = position(of: call) { calls[position].answered = (entry.index, answer) }
    case .fault: faults.append(entry.index)
    case .claimed(_, let claim): self.claim = claim
    default: break
    }
  }

  private mutating func count(_ effect: Effect, at index: Int) {
    guard let intent = scenario.intents.first(where: { $0.covers(effect) }) else {
      if effect.change != .created { end(effect, at: index) }
      return
    }
    var held = holdings[intent.name] ?? []
    switch effect.change {
    case .created, .happened:
      held.append(Held(object: effect.object, effect: effect, index: index))
    case .ended: held.removeAll { $0.object == effect.object && $0.effect.permanence == .reversible }
    case .updated:
      // An object that was changed into what somebody wants counts from then on.
      if held.contains(where: { $0.object == effect.object }) { return }
      guard wasElsewhere(effect) else { return }
      held.append(Held(object: effect.object, effect: effect, index: index))
    }
    holdings[intent.name] = held
    counts[index] = Count(intent: intent, number: held.count)
  }

  /// Whether an object that now counts was there before and counted for nobody, which only its fields can be why.
  private func wasElsewhere(_ effect: Effect) -> Bool {
    record.given.contains { $0.kind == effect.kind && $0.object == effect.object }
  }

  /// An ended or changed object may have lost the fields by which an intent would claim it.
  private mutating func end(_ effect: Effect, at index: Int) {
    for intent in scenario.intents where intent.kind == effect.kind {
      guard let held = holdings[intent.name], held.contains(where: { $0.object == effect.object }) else { continue }
      let rest = held.filter { $0.object != effect.object || $0.effect.permanence == .permanent }
      holdings[intent.name] = rest
      counts[index] = Count(intent: intent, number: rest.count)
    }
  }

  // MARK: Relating

  /// A fault belongs to the nearest call of its operation by its process.
  private mutating func attach(fault index: Int) {
    guard case .fault(let record) = event(index) else { return }
    let process = record.site.process.text.split(separator: "-").last.flatMap { UInt8($0) } ?? 0
    let candidates = calls.indices.filter {
      calls[$0].request.operation == record.site.point && calls[$0].id.process == process
        && Int(calls[$0].id.incarnation) == record.site.incarnation
    }
    let nearest = candidates.min { abs(calls[$0].sent[0] - index) < abs(calls[$1].sent[0] - index) }
    if let nearest { calls[nearest].faults.append(index) }
  }

  private func repetition(of position: Int) -> CallStory.Repetition? {
    let call = calls[position]
    guard call.isMutation, !call.isCompensation else { return nil }
    let earlier = calls[..<position].lastIndex { asksForTheSame($0, call) }
    guard let earlier else { return nil }
    let key: CallStory.Repetition.Key =
      call.request.idempotencyKey == nil
      ? .none : call.request.idempotencyKey == calls[earlier].request.idempotencyKey ? .same : .other
    let lookup = catalogue[call.request.operation]?.readBack
    let hasReadBack = calls[earlier..<position].contains {
      $0.request.operation == lookup && $0.answered?.answer.response?.isSuccess == true
    }
    return CallStory.Repetition(earlier: earlier, key: key, hasReadBack: hasReadBack)
  }

  private func asksForTheSame(_ a: CallStory, _ b: CallStory) -> Bool {
    guard a.request.operation == b.request.operation else { return false }
    if a.request.arguments.fingerprint == b.request.arguments.fingerprint { return true }
    guard let subject = catalogue[b.request.operation]?.subject,
      let wanted = b.request.arguments[subject], a.request.arguments[subject] == wanted
    else { return false }
    return a.isUnknown(in: catalogue) || a.id.incarnation != b.id.incarnation
  }
}

extension Intent {
  /// Whether an effect is one of this intent's, by kind, owner, period and the fields it selects.
  func covers(_ effect: Effect) -> Bool {
    guard effect.kind == kind, effect.owner == owner else { return false }
    if let period, let stated = effect.attributes.text("period"), stated != period.text { return false }
    return selector.entries.allSatisfy { effect.attributes[$0.name] == $0.value }
  }

  /// `1 cluster`, `1 charge for 2026-11`; without the owner.
  func noun(_ number: Int) -> String { Words.count(number, Words.noun(kind)) }
}
