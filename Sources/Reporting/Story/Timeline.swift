// The run as a picture: who did what when, what the network did to it, and what the systems then held.

import Faultline
import Operations
import Primitives
import Simulation

/// The rows of a timeline: the events that matter for this run's verdict, or all of them.
struct Timeline: Sendable {
  struct Row: Sendable {
    /// The event's number in the trace.
    let index: Int
    var agent = ""
    var network = ""
    var systems = ""
    var tone: Style.Tone?
    /// What went wrong here, for the reader who looks at nothing else.
    var mark: String?
  }

  let story: Story
  private(set) var rows: [Row] = []
  /// Rows that are shown after the effects of the same instant.
  private var heldBack: [Row] = []
  /// Whether more than one replica was at work.
  let hasReplicas: Bool
  /// Events that another row speaks for.
  private var spokenFor: Set<Int> = []
  /// Positions in the story of the calls that matter.
  private let focus: Set<Int>
  private let focusIntents: Set<Name>

  init(_ story: Story) {
    self.story = story
    let hasTrouble = !story.faults.isEmpty || !story.verdict.violations.isEmpty
    let focusIntents = Self.focusIntents(of: story)
    focus = Set(
      story.calls.indices.filter { position in
        let call = story.calls[position]
        guard hasTrouble else { return call.effects.contains { story.counts[$0] != nil } }
        let evidence = story.verdict.violations.flatMap(\.evidence)
        return !call.faults.isEmpty || (call.repeats.map { $0.key != .none || !call.effects.isEmpty } ?? false)
          || call.isCompensation
          || call.effects.contains { evidence.contains($0) }
          || call.sent.contains { evidence.contains($0) }
          || call.effects.contains { story.counts[$0].map { focusIntents.contains($0.intent.name) } ?? false }
      })
    self.focusIntents = focusIntents
    hasReplicas = story.record.trace.entries.contains { entry in
      if case .processStarted(let process, _) = entry.event { process.index > 0 } else { false }
    }
    for entry in story.record.trace.entries {
      if endsInstant(entry) { showHeldBack() }
      add(entry)
    }
    showHeldBack()
    addMarks()
  }

  /// How many events have no row and are spoken for by none.
  var hiddenCount: Int { story.record.trace.count - rows.count - spokenFor.count }

  /// The intents that the story is about: those that were violated, else those whose calls were hit.
  private static func focusIntents(of story: Story) -> Set<Name> {
    let violated = Set(story.verdict.violations.compactMap(\.intent))
    guard violated.isEmpty else { return violated }
    let hit = story.calls.filter { !$0.faults.isEmpty }
    return Set(hit.flatMap { call in call.effects.compactMap { story.counts[$0]?.intent.name } })
  }

  // MARK: Rows

  private func endsInstant(_ entry: Trace<WorldEvent>.Entry) -> Bool {
    switch entry.event {
    case .handled, .effect, .fault: false
    default: true
    }
  }

  private mutating func showHeldBack() {
    rows += heldBack
    heldBack = []
  }

  private mutating func add(_ entry: Trace<WorldEvent>.Entry) {
    var row = Row(index: entry.index)
    switch entry.event {
    case .processStarted(let process, let trigger):
      guard process.incarnation > 1 || process.index > 0 else { return }
      row.agent = "\(EventText.name(process)) starts: \(trigger)"
    case .processCrashed(let process):
      row.agent = "\(EventText.name(process)) crashes, its memory is gone"
      row.tone = .warning
    case .processPaused(let process, let landmark): row.agent = "\(who(process))stops until \(landmark.rawValue)"
    case .processResumed(let process): row.agent = "\(who(process))goes on"
    case .stoodDown(let process): row.agent = "\(EventText.name(process)) stands down: another has the work"
    case .sent(let wire, _, _, _): return addSent(wire, at: entry.index)
    case .handled(let wire, let response, let isCopy):
      return addHandled(wire, response, isCopy: isCopy, at: entry.index)
    case .effect(let effect): return addEffect(effect, at: entry.index)
    case .answered(let call, _, let answer): return addAnswer(call, answer, at: entry.index)
    case .fault(let record): return addFault(record, at: entry.index)
    case .observed(let process, let observation):
      guard let text = notable(observation) else { return }
      row.agent = who(process) + text
    case .acted(let who, let request, let response):
      row.network = Words.printable("\(who): \(request.operation)")
      row.systems = response.isSuccess ? "done by hand" : "refused: \(EventText.text(response))"
    case .desk(let who, let step, let process):
      row.agent = Words.printable("\(who) \(EventText.text(step)) \(EventText.name(process))")
    case .claimed(let process, let claim):
      let text = claim.text.isEmpty ? claim.ending.rawValue : claim.text
      row.agent = "\(who(process))says: \"\(Words.shortened(Words.printable(text), to: 120))\""
      row.systems = truth(of: claim, by: process)
      row.tone = story.verdict.result == .pass || !isBlamed(process) ? .good : .bad
    case .leftOpen(_, let doing):
      row.agent = Words.printable(doing)
      row.tone = .warning
    case .ended(let reason):
      guard reason != .quiet else { return }
      row.agent = EventText.text(reason)
      row.tone = .warning
    case .staleWrite(let process, let label, let outcome):
      row.agent = "\(who(process))has lost the run, and writes \(label)"
      row.systems = "the store \(outcome == .refused ? "refuses it" : "takes it")"
      row.tone = .warning
    case .attemptEnded, .stored, .storeFailed, .decided, .delivered: return
    }
    rows.append(row)
  }

  private mutating func addSent(_ wire: Wire, at index: Int) {
    guard let position = story.position(of: wire.call), focus.contains(position) else { return }
    let call = story.calls[position]
    guard wire.attempt == 1 else {
      spokenFor.insert(index)
      return
    }
    let requestFault = call.faults.first { $0 < index && isRequestFault($0) }
    let isPlain = call.faults.isEmpty && call.repeats == nil && !call.effects.isEmpty
      && story.defect?.position != position
    guard !isPlain else {
      spokenFor.insert(index)
      return
    }
    var row = Row(index: index, agent: who(call.id) + title(call), network: "---->")
    if let repetition = call.repeats {
      row.network += " \(repetition.key.rawValue)"
      let looked = repetition.hasReadBack ? "after a read-back" : "no read-back"
      row.systems = repetition.key == .same ? "again" : "again, \(looked)"
    }
    if let requestFault, case .fault(let record) = story.event(requestFault) {
      row.network = "--X--> \(record.answer)"
      row.systems = [row.systems, describe(fault: requestFault, record)].filter { !$0.isEmpty }.joined(separator: ", ")
      row.tone = .warning
    }
    rows.append(row)
  }

  private mutating func addHandled(_ wire: Wire, _ response: Response, isCopy: Bool, at index: Int) {
    guard let position = story.position(of: wire.call), focus.contains(position) else { return }
    let call = story.calls[position]
    var row = Row(index: index)
    if isCopy { row.network = "---->> a copy" }
    if let answered = call.answered, answered.index < index { row.network = "~~~~> arrives late" }
    if !response.isSuccess, call.effects.isEmpty || isCopy {
      row.systems = "refused: \(EventText.text(response))"
    } else if call.effects.isEmpty, let object = known(in: response, for: call) {
      row.systems = "= \(object), nothing new"
      row.tone = .good
    } else if call.effects.isEmpty, call.isMutation {
      row.systems = "= nothing new"
    } else if row.network.isEmpty {
      spokenFor.insert(index)
      return
    }
    rows.append(row)
  }

  private mutating func addEffect(_ effect: Effect, at index: Int) {
    let position = effect.cause.flatMap(story.position(of:))
    let count = story.counts[index]
    let isEvidence = story.verdict.violations.contains { $0.evidence.contains(index) }
    let isOwnDoing = position == nil && focusIntents.contains { $0 == count?.intent.name || sharesSystem(effect, $0) }
    let isBystander = effect.cause == nil && effect.principal != nil
    guard isEvidence || isOwnDoing || isBystander || position.map(focus.contains) ?? false else { return }
    guard isEvidence || !isSide(effect, at: index, of: position) else {
      spokenFor.insert(index)
      return
    }
    var row = Row(index: index, systems: text(effect))
    if let count { row.systems += " " + Words.glued("(\(count.number) of \(count.intent.times.upperBound))") }
    if let position {
      let call = story.calls[position]
      if call.faults.isEmpty, call.repeats == nil, call.effects.first == index, story.defect?.position != position {
        row.agent = who(call.id) + title(call)
        row.network = "---->"
      }
    } else {
      row.systems = (effect.principal.map { "\($0): " } ?? "\(effect.backend) itself: ") + row.systems
    }
    if let count, count.number > count.intent.times.upperBound { row.tone = .bad }
    rows.append(row)
  }

  /// Whether an effect only follows another one that is shown: a later one of the same call or the same moment
  /// that is not what the story is about.
  private func isSide(_ effect: Effect, at index: Int, of position: Int?) -> Bool {
    if let name = story.counts[index]?.intent.name, focusIntents.contains(name) { return false }
    if let position { return story.calls[position].effects.first != index }
    guard let last = rows.last, let before = story.effect(last.index) else { return false }
    let entries = story.record.trace.entries
    return before.cause == nil && before.backend == effect.backend
      && entries[last.index - 1].at == entries[index - 1].at
  }

  private func sharesSystem(_ effect: Effect, _ intent: Name) -> Bool {
    guard effect.change == .created else { return false }
    let kind = story.scenario.intents.first { $0.name == intent }?.kind
    return kind.map { $0.text.hasPrefix(effect.backend.text + ".") } ?? false
  }

  private mutating func addAnswer(_ id: CallID, _ answer: Answer, at index: Int) {
    guard let position = story.position(of: id), focus.contains(position) else { return }
    let call = story.calls[position]
    let isSuccess = answer.response?.isSuccess ?? false
    guard !isSuccess || !call.faults.isEmpty else {
      spokenFor.insert(index)
      return
    }
    let seen = isSuccess ? answer.response.flatMap { known(in: $0, for: call) } : nil
    var row = Row(index: index, agent: "\(who(id))sees: \(seen ?? EventText.text(answer))")
    if call.isUnknown(in: story.catalogue) {
      if let done = call.effects.first {
        row.systems = done < index ? "truth: committed -> UNKNOWN" : "truth: on its way, done at #\(done) -> UNKNOWN"
      } else {
        row.systems = "truth: not done -> UNKNOWN"
      }
      row.tone = .warning
    } else if !isSuccess, call.isMutation {
      row.systems = call.wasCommitted ? "truth: committed" : "truth: not done"
    }
    rows.append(row)
  }

  /// A fault of an answer is chosen before the system's effects are noted and shown after them; a fault of a
  /// request stands in the row of the request.
  private mutating func addFault(_ record: FaultRecord, at index: Int) {
    let position = story.calls.firstIndex { $0.faults.contains(index) }
    if let position, isRequestFault(index), story.calls[position].sent[0] > index {
      spokenFor.insert(index)
      return
    }
    var row = Row(index: index, systems: describe(fault: index, record), tone: .warning)
    switch record.site.aspect {
    case .answer: row.network = "<--X-- \(record.answer)"
    case .request: row.network = "--X--> \(record.answer)"
    case .crash, .decision, .order, .store: row.agent = "\(record.answer) at \(record.site.point)"
    case .read, .lifecycle, .latency, .identity, .outside, .message, .key, .schema: row.network = record.answer.text
    }
    if record.site.aspect == .answer { heldBack.append(row) } else { rows.append(row) }
  }

  private func isRequestFault(_ index: Int) -> Bool {
    if case .fault(let record) = story.event(index) { record.site.aspect == .request } else { false }
  }

  /// `FAULT 1, attempts 1-3 all lost`
  private func describe(fault index: Int, _ record: FaultRecord) -> String {
    var text = "FAULT \(story.number(ofFault: index))"
    if let position = story.calls.firstIndex(where: { $0.faults.contains(index) }) {
      let attempts = story.calls[position].sent.count
      if attempts > 1 {
        text += record.site.attempt > 0 ? ", attempt \(record.site.attempt)" : ", attempts 1-\(attempts)"
      }
    }
    let outcome = story.verdict.faults.first { $0.record == record }
    return outcome?.tookEffect == false ? text + " (changed nothing)" : text
  }

  private func notable(_ observation: Observation) -> String? {
    switch observation {
    case .readBack(let step, let found): "looks whether \(step) happened: \(found ? "yes" : "no")"
    case .adopted(_, let object): "adopts \(Words.printable(object))"
    case .compensating(let step): "takes back \(step)"
    case .guardChecked(let step, false): "guard of \(step) does not hold: stops"
    case .transition(let from, let to, false): "leaves the graph: \(from) -> \(to)"
    case .guardChecked, .transition, .audited, .mark: nil
    }
  }

  // MARK: Marks

  /// Marks the step at which unknown was treated as failed, and where each violation begins.
  private mutating func addMarks() {
    if let defect = story.defect,
      let row = rows.firstIndex(where: { $0.index == story.calls[defect.position].sent[0] })
    {
      rows[row].mark = "<== DEFECT"
      rows[row].tone = .bad
    }
    for violation in story.verdict.violations {
      let excess = violation.evidence.first { index in
        story.counts[index].map { $0.number > $0.intent.times.upperBound } ?? false
      }
      let shown = violation.evidence.filter { index in rows.contains { $0.index == index } }
      guard let index = excess ?? shown.last, let row = rows.firstIndex(where: { $0.index == index }) else { continue }
      // The defect needs no second name for the same step.
      if rows[row].mark?.hasSuffix("DEFECT") != true {
        rows[row].mark = (rows[row].mark ?? "<==") + " \(violation.oracle)"
      }
      rows[row].tone = .bad
    }
  }
}
