// A run as spans: the workflow, the agent's processes in it, their decisions and tool calls, the attempts on the wire,
// and what each system did with them.

import Faultline
import Operations
import Primitives
import Simulation

/// Reads a trace once and makes its spans.
struct RunSpans {
  /// The workflow first, the others in the order in which they began.
  private(set) var spans: [TelemetrySpan]
  /// The position of the span that each event belongs to, by the event's number less one.
  private(set) var places: [Int] = []

  private let story: Story
  private let seed: UInt64
  /// Positions of spans. Looked up by key and never walked through.
  private var agents: [ProcessID: Int] = [:]
  private var tools: [CallID: Int] = [:]
  private var attempts: [Wire: Int] = [:]
  private var handlings: [CallID: Int] = [:]
  private var passages: [String: Int] = [:]
  /// Calls whose answer has not come.
  private var open: [(call: CallID, last: Wire)] = []

  init(_ story: Story) {
    self.story = story
    let verdict = story.verdict
    seed = verdict.seed
    let run = story.scenario.run
    spans = [
      TelemetrySpan(
        SpanID(seed: seed, "workflow \(run)"), in: nil,
        "\(TelemetryNames.invokeWorkflow) \(story.scenario.workflow)", .internal, at: story.record.start,
        [
          TelemetryNames.operationName: .text(TelemetryNames.invokeWorkflow),
          TelemetryNames.workflowName: .text(story.scenario.workflow), TelemetryNames.conversationID: .text(run),
        ])
    ]
    for entry in story.record.trace.entries {
      places.append(0)
      let place = read(entry)
      places[entry.index - 1] = place
      spans[0].end = max(spans[0].end, entry.at)
      if !hasSpanOfItsOwn(entry.event) {
        spans[place].moments.append(
          .init(index: entry.index, at: entry.at, event: TelemetryEvent(entry.event, in: story)))
      }
    }
    closeWhatIsOpen()
    for index in story.faults { attach(fault: index) }
    linkRepetitions()
    judge()
  }

  // MARK: Reading

  /// What is told by a span and its attributes needs no event beside them.
  private func hasSpanOfItsOwn(_ event: WorldEvent) -> Bool {
    switch event {
    case .processStarted, .sent, .handled, .attemptEnded, .answered, .decided, .fault: true
    default: false
    }
  }

  /// - Returns: the position of the span that the event belongs to.
  private mutating func read(_ entry: Trace<WorldEvent>.Entry) -> Int {
    switch entry.event {
    case .processStarted(let process, let trigger): return begin(process, trigger, entry)
    case .processCrashed(let process):
      let place = touch(process, entry)
      spans[place].attributes[TelemetryNames.errorType] = .text("crash")
      spans[place].error = "the process crashed"
      close(callsOf: process, at: entry.at, because: "crash")
      return place
    case .sent(let wire, let request, let step, let isCompensation):
      return send(wire, request, step: step, isCompensation: isCompensation, entry)
    case .handled(let wire, let response, let isCopy): return handle(wire, response, isCopy: isCopy, entry)
    case .effect(let effect): return effect.cause.flatMap { handlings[$0] } ?? 0
    case .attemptEnded(let wire, let answer): return end(wire, answer, entry)
    case .answered(let call, let operation, let answer): return end(call, operation, answer, entry)
    case .decided(let process, let decided): return decide(process, decided, entry)
    case .claimed(let process, let claim):
      let place = touch(process, entry)
      spans[place].attributes.add(.claim(claim))
      return place
    case .processPaused(let process, _), .processResumed(let process), .stored(let process, _, _),
      .staleWrite(let process, _, _), .storeFailed(let process, _, _), .observed(let process, _),
      .stoodDown(let process), .leftOpen(let process, _), .desk(_, _, let process):
      return touch(process, entry)
    // Where a fault belongs is known once its call has begun.
    case .fault, .delivered, .acted, .ended: return 0
    }
  }

  private mutating func begin(_ process: ProcessID, _ trigger: Name, _ entry: Trace<WorldEvent>.Entry) -> Int {
    let name = EventText.name(process)
    agents[process] = add(
      TelemetrySpan(
        SpanID(seed: seed, name), in: spans[0].id, "\(TelemetryNames.invokeAgent) \(story.verdict.agent)", .internal,
        at: entry.at,
        [
          TelemetryNames.operationName: .text(TelemetryNames.invokeAgent), TelemetryNames.providerName: .text("faultline"),
          TelemetryNames.agentName: .text(story.verdict.agent), TelemetryNames.agentID: .text(name),
          TelemetryNames.agentVersion: .text(FaultlineVersion.current),
          TelemetryNames.conversationID: .text(story.scenario.run), TelemetryNames.trigger: .text(trigger),
        ]))
    return spans.count - 1
  }

  private mutating func decide(_ process: ProcessID, _ decided: Decided, _ entry: Trace<WorldEvent>.Entry) -> Int {
    let agent = touch(process, entry)
    let what = "\(EventText.name(process)) \(decided.point)"
    passages[what, default: 0] += 1
    return add(
      TelemetrySpan(
        SpanID(seed: seed, "\(what) \(passages[what, default: 0])"), in: spans[agent].id,
        "\(TelemetryNames.decide) \(decided.point)", .internal, at: entry.at,
        Attributes.decision(decided).with(TelemetryNames.operationName, .text(TelemetryNames.decide))))
  }

  // MARK: Calls

  private mutating func send(
    _ wire: Wire, _ request: Request, step: Name, isCompensation: Bool, _ entry: Trace<WorldEvent>.Entry
  ) -> Int {
    if tools[wire.call] == nil {
      tools[wire.call] = beginTool(wire.call, request.operation, entry)
      spans[tools[wire.call] ?? 0].attributes.add(.call(request, step: step, isCompensation: isCompensation))
    }
    let target = HTTPTarget(request.operation)
    let place = add(
      TelemetrySpan(
        SpanID(seed: seed, EventText.name(wire)), in: spans[tools[wire.call] ?? 0].id, "POST \(target.path)", .client,
        at: entry.at,
        target.clientAttributes(
          key: request.idempotencyKey, resends: Int64(wire.attempt) - 1)))
    attempts[wire] = place
    open.removeAll { $0.call == wire.call }
    open.append((wire.call, wire))
    return place
  }

  private mutating func beginTool(_ call: CallID, _ operation: Name, _ entry: Trace<WorldEvent>.Entry) -> Int {
    let agent = touch(ProcessID(index: call.process, incarnation: call.incarnation), entry)
    return add(
      TelemetrySpan(
        SpanID(seed: seed, EventText.name(call)), in: spans[agent].id,
        "\(TelemetryNames.executeTool) \(operation)", .internal, at: entry.at,
        [
          TelemetryNames.operationName: .text(TelemetryNames.executeTool),
          TelemetryNames.toolName: .text(operation), TelemetryNames.toolType: .text(TelemetryNames.function),
          TelemetryNames.toolDescription: .text(story.catalogue[operation]?.summary),
          TelemetryNames.toolCallID: .text(EventText.name(call)),
          TelemetryNames.conversationID: .text(story.scenario.run),
        ]))
  }

  /// What a system did with a request: the other end of the attempt, at which nothing was lost yet.
  private mutating func handle(
    _ wire: Wire, _ response: Response, isCopy: Bool, _ entry: Trace<WorldEvent>.Entry
  ) -> Int {
    let operation = story.calls.first { $0.id == wire.call }?.request.operation ?? ""
    let target = HTTPTarget(operation)
    let what = "\(EventText.name(wire)) \(isCopy ? "copy" : "handled")"
    var span = TelemetrySpan(
      SpanID(seed: seed, what), in: attempts[wire].map { spans[$0].id }, "POST \(target.path)", .server,
      of: Name(target.backend), at: entry.at, target.serverAttributes(status: response.status))
    if isCopy { span.attributes[TelemetryNames.isCopy] = .bool(true) }
    if response.status >= 500 {
      span.attributes[TelemetryNames.errorType] = .text(String(response.status))
      span.error = ""
    }
    handlings[wire.call] = add(span)
    return spans.count - 1
  }

  private mutating func end(_ wire: Wire, _ answer: Answer, _ entry: Trace<WorldEvent>.Entry) -> Int {
    guard let place = attempts[wire] else { return 0 }
    spans[place].end = entry.at
    spans[place].attributes[TelemetryNames.statusCode] = answer.response.map { .int(Int64($0.status)) }
    if let error = answer.errorType {
      spans[place].attributes[TelemetryNames.errorType] = .text(error)
      spans[place].error = ""
    }
    return place
  }

  private mutating func end(
    _ call: CallID, _ operation: Name, _ answer: Answer, _ entry: Trace<WorldEvent>.Entry
  ) -> Int {
    if let last = open.first(where: { $0.call == call })?.last { _ = end(last, answer, entry) }
    open.removeAll { $0.call == call }
    // A call that no system offers is answered without being sent.
    let place = tools[call] ?? beginTool(call, operation, entry)
    tools[call] = place
    let outcome = story.catalogue.outcome(of: answer)
    spans[place].end = entry.at
    spans[place].attributes.add(.answer(answer).with(TelemetryNames.statusCode, nil))
    spans[place].attributes[TelemetryNames.callOutcome] = .text(outcome.word)
    if case .succeeded = outcome {} else {
      spans[place].error = answer.response?.error.map { "\($0.code): \($0.message)" } ?? "the outcome is unknown"
    }
    return place
  }

  private mutating func close(callsOf process: ProcessID?, at end: Instant, because error: String) {
    for (call, last) in open {
      let caller = ProcessID(index: call.process, incarnation: call.incarnation)
      guard process == nil || process == caller else { continue }
      for place in [tools[call], attempts[last]].compactMap({ $0 }) {
        spans[place].end = end
        spans[place].attributes[TelemetryNames.errorType] = .text(error)
        spans[place].error = "no answer reached the caller"
      }
      if let tool = tools[call] { spans[tool].attributes[TelemetryNames.callOutcome] = .text("unknown") }
    }
    open.removeAll { process == nil || process == ProcessID(index: $0.call.process, incarnation: $0.call.incarnation) }
  }

  // MARK: Afterwards

  private mutating func closeWhatIsOpen() { close(callsOf: nil, at: spans[0].end, because: "run_ended") }

  /// A fault is told where it struck: at the attempt, else at the call, else at the process.
  private mutating func attach(fault index: Int) {
    guard case .fault(let record)? = story.event(index) else { return }
    let call = story.calls.first { $0.faults.contains(index) }?.id
    var place: Int?
    if let call, record.site.aspect != .crash {
      place = attempts[Wire(call: call, attempt: UInt8(max(1, record.site.attempt)))] ?? tools[call]
    }
    let number = record.site.process.text.split(separator: "-").last.flatMap { UInt8($0) } ?? 0
    place = place ?? agents[ProcessID(index: number, incarnation: UInt8(clamping: record.site.incarnation))] ?? 0
    guard let place else { return }
    places[index - 1] = place
    let at = story.record.trace.entries[index - 1].at
    let moment = TelemetrySpan.Moment(
      index: index, at: at, event: TelemetryEvent("fault", .fault(record, in: story.verdict)))
    let position = spans[place].moments.firstIndex { $0.index > index } ?? spans[place].moments.endIndex
    spans[place].moments.insert(moment, at: position)
  }

  private mutating func linkRepetitions() {
    for call in story.calls {
      guard let place = tools[call.id] else { continue }
      if call.isMutation { spans[place].attributes[TelemetryNames.callEffects] = .int(Int64(call.effects.count)) }
      guard let repeats = call.repeats, let earlier = tools[story.calls[repeats.earlier].id] else { continue }
      spans[place].links.append(
        (
          spans[earlier].id,
          [
            TelemetryNames.repeatKey: .text(repeats.key.rawValue),
            TelemetryNames.repeatReadBack: .bool(repeats.hasReadBack),
          ]
        ))
    }
  }

  private mutating func judge() {
    let verdict = story.verdict
    spans[0].attributes.add([
      TelemetryNames.scenario: .text(verdict.scenario), TelemetryNames.agentName: .text(verdict.agent),
      TelemetryNames.without: verdict.without.isEmpty ? nil : .list(verdict.without.map { .text($0) }),
      // As text, since a seed may be larger than the largest signed number.
      TelemetryNames.seed: .text(String(verdict.seed)),
      TelemetryNames.plan: .texts(verdict.plan.entries.map { "\($0.at): \($0.choose)" }),
      TelemetryNames.ending: .text(verdict.outcome?.rawValue),
      TelemetryNames.verdict: .text(verdict.result.rawValue),
      TelemetryNames.violations: .list(verdict.violations.map { .text($0.oracle) }),
      TelemetryNames.traceHash: .text(verdict.traceHash.hexadecimal),
      TelemetryNames.errorType: verdict.violations.first.map { .text($0.oracle) },
    ])
    if verdict.result == .fail { spans[0].error = verdict.violations.map(\.message).joined(separator: " ") }
  }

  private mutating func add(_ span: TelemetrySpan) -> Int {
    spans.append(span)
    return spans.count - 1
  }

  /// The span of a process, which lasts as long as anything happens in it; the workflow's for one that never started.
  private mutating func touch(_ process: ProcessID, _ entry: Trace<WorldEvent>.Entry) -> Int {
    guard let place = agents[process] else { return 0 }
    spans[place].end = max(spans[place].end, entry.at)
    return place
  }
}
