// How the careful agent makes one change: asked for, answered, found out, written down.

import Faultline
import Operations
import Primitives

/// One process's work on one onboarding.
struct CarefulWork: Sendable {
  let context: AgentContext
  let habits: Habits
  let customer: String
  var journal: Journal
  /// Whether the payment was made, after which nothing is taken back.
  var isPastPivot = false
  private(set) var step: Name = "start"
  /// Whether any change needed more than one attempt.
  private(set) var hadTrouble = false
  private var mutations = 0
  /// When the last change was asked for.
  private var askedAt = Instant(nanoseconds: 0)
  /// Whether what an earlier process had under way has had its time.
  var hasSettled = false

  /// How many side effects one process may ask for.
  private static let cap = 30

  init(_ context: AgentContext, _ habits: Habits, _ journal: Journal) {
    self.context = context
    self.habits = habits
    self.journal = journal
    customer = context.input.text("customer") ?? ""
  }

  // MARK: Changes

  /// Makes a change, once.
  ///
  /// - Returns: what later calls name the thing by.
  mutating func perform(_ deed: Deed) async throws -> String {
    if let known = journal[deed.step], known.state == .done {
      enter(deed.step)
      return journal.isTakenUp ? try await seeAgain(deed, known) : known.handle
    }
    guard !habits.skips.contains(deed.step) else { return "" }
    enter(deed.step)
    if journal[deed.step] == nil, let known = try await lookForForgotten(deed) {
      return try await settle(deed, known, wasThere: true)
    }
    var isUnknown = journal[deed.step]?.state == .asked
    if isUnknown, journal.isTakenUp, !habits.resumesUnderOldKeys {
      if let found = try await lookAgain(deed) { return try await settle(deed, found, wasThere: true) }
      isUnknown = false
    }
    if !isUnknown, habits.writesAhead { try await note(deed, .asked) }
    var pause = TimeSpan.seconds(3)
    var isForced = false
    // A crash is no licence to begin anew: what earlier processes tried counts, and one try is always left.
    let earlier = isUnknown ? journal[deed.step]?.tries ?? 0 : 0
    for number in 1...max(habits.attempts - earlier, 1) {
      if isUnknown, habits.unknown == .fatal { throw Stop.failed("\(deed.step) failed") }
      if isUnknown, habits.forgetsInRecovery { try await note(deed, .refused) }
      if isUnknown, let found = try await findOut(deed) { return try await settle(deed, found, wasThere: true) }
      if isUnknown, habits.forgetsInRecovery { try await note(deed, .asked) }
      if number + earlier > 1, habits.writesAhead { try await countTry(at: deed.step) }
      switch try await change(deed, isRepeat: isUnknown, isForced: isForced) {
      case .succeeded(let response):
        if isUnknown { try await removeSurplus(of: deed, beside: response.body) }
        guard habits.listsForIDs, deed.find.list != nil else {
          return try await settle(deed, response.body, wasThere: false)
        }
        if let listed = try await find(deed.find).last { return try await settle(deed, listed, wasThere: false) }
      case .unknown: isUnknown = habits.unknown != .failed
      case .notNow where habits.swallowsLimits: return try await settle(deed, [:], wasThere: false)
      case .notNow(let response):
        if habits.honoursRetryAfter, let asked = response.retryAfter, asked > pause { pause = asked }
      case .failed(let response):
        if let found = try await explain(response, of: deed, afterUnknown: isUnknown) {
          return try await settle(deed, found, wasThere: true)
        }
        isForced = habits.forcesConflicts
      }
      hadTrouble = true
      if habits.backsOff { try await context.sleep(pause) }
      pause = pause * 2
    }
    if isUnknown { throw Stop.unknown("\(deed.step) has no known outcome") }
    try await refuse(deed, "is not possible now")
  }

  /// Sends a change once.
  private mutating func change(_ deed: Deed, isRepeat: Bool, isForced: Bool) async throws -> Outcome {
    guard holdsInvariants(deed) else { throw Stop.unknown("an invariant of \(deed.step) does not hold") }
    mutations += 1
    askedAt = context.now
    var arguments = isForced ? deed.arguments : try await conditional(deed)
    if isRepeat { try await context.sleep(habits.pauseBeforeRepeat) }
    if isRepeat, habits.changesZone, let region = arguments.text("region"), deed.kind == "cloud.cluster" {
      arguments["zone"] = .text(region + "b")
    }
    if isRepeat, habits.changesSize, deed.kind == "cloud.cluster" { arguments["plan"] = "starter" }
    return try await mutate(deed.operation, arguments, key: "\(context.task.run)/\(deed.step)", step: deed.step)
  }

  /// The arguments of a change with the version that was just read, where the system takes one.
  private func conditional(_ deed: Deed) async throws -> Fields {
    guard deed.isConditional, !habits.overwrites,
      let condition = context.catalogue[deed.operation]?.condition,
      let version = try await read(deed.find.operation, deed.find.arguments)?["updated_at"]
    else { return deed.arguments }
    var arguments = deed.arguments
    arguments["safe_update"] = .bool(true)
    arguments[condition] = version
    return arguments
  }

  /// Sends a mutation as the habits have it.
  mutating func mutate(
    _ operation: Name, _ arguments: Fields, key: String, step: Name, isCompensation: Bool = false
  ) async throws -> Outcome {
    let takesKey = context.catalogue[operation]?.takesKey ?? false
    var sentKey: String?
    switch habits.keys {
    case .perIntention: sentKey = takesKey && habits.style == .keys ? key : nil
    case .perAttempt: sentKey = takesKey ? "\(key)/\(context.process.incarnation).\(mutations)" : nil
    case .shared: sentKey = takesKey ? context.task.run.text : nil
    case .kept:
      if journal.salt.isEmpty {
        journal.salt = context.newID("salt-")
        try await save()
      }
      sentKey = takesKey ? "\(journal.salt)/\(key)" : nil
    case .none: break
    }
    let (ticket, answer) = try await send(
      operation, arguments, key: sentKey, step: step, isCompensation: isCompensation)
    if habits.audits { context.observe(.audited(ticket: ticket)) }
    return context.catalogue.outcome(of: answer)
  }

  /// Sends a call, and once more under a new credential where the old one had expired.
  private func send(
    _ operation: Name, _ arguments: Fields, key: String? = nil, step: Name, isCompensation: Bool = false
  ) async throws -> (ticket: UInt32, answer: Answer) {
    let principal = principal(for: operation)
    let first = try await context.send(
      operation, arguments, key: key, as: principal, step: step, isCompensation: isCompensation)
    guard let code = first.answer.response?.error?.code, context.catalogue.nature(of: code) == .expired else {
      return first
    }
    if habits.audits, context.catalogue[operation]?.isMutation ?? false {
      context.observe(.audited(ticket: first.ticket))
    }
    if !habits.takesNextToken, let renewal = context.catalogue.service(of: operation)?.renewal {
      _ = try await context.send(renewal, as: principal, step: step)
    }
    return try await context.send(
      operation, arguments, key: key, as: habits.takesNextToken ? widestPrincipal(for: operation) : principal,
      step: step, isCompensation: isCompensation)
  }

  /// What became of a change whose answer did not come.
  ///
  /// - Returns: the thing, or nil where asking again is sound.
  /// - Throws: ``Stop/unknown(_:)`` where it is not.
  private func findOut(_ deed: Deed) async throws -> Fields? {
    switch habits.style {
    case .halt: throw Stop.unknown("\(deed.step) has no known outcome")
    case .keys:
      if habits.resumesUnderOldKeys, !journal.isTakenUp { throw Stop.unknown("\(deed.step) has no known outcome") }
      guard context.catalogue[deed.operation]?.takesKey == true else {
        throw Stop.unknown("\(deed.step) has no known outcome and takes no key")
      }
      guard habits.trustsOldKeys || habits.resumesUnderOldKeys || hasYoungKey(deed) else {
        throw Stop.unknown("\(deed.step) has no known outcome, and its key may be forgotten")
      }
      return nil
    case .readBack:
      let bounds = context.catalogue.service(of: deed.operation)?.bounds
      let span = (bounds?.lateness ?? .zero) + (bounds?.staleness ?? .zero)
      try await context.sleep(until: (habits.waitsByTheClock ? askedAt : context.now) + span)
      let found = try await find(deed.find)
      context.observe(.readBack(step: deed.step, found: !found.isEmpty))
      return found.first
    }
  }

  /// Whether the system still knows the key of a change. A time that is yet to come was written by a wrong clock.
  private func hasYoungKey(_ deed: Deed) -> Bool {
    guard let bounds = context.catalogue.service(of: deed.operation)?.bounds, let window = bounds.keyWindow,
      let askedAt = journal[deed.step]?.askedAt
    else { return false }
    let age = context.now - askedAt
    return age >= .zero && age + bounds.lateness < window
  }

  /// Looks once more at what a repeated key made, and takes back what a system made beside it that took the key for
  /// another one.
  private mutating func removeSurplus(of deed: Deed, beside body: Fields) async throws {
    guard habits.style == .keys, habits.verifiesRepeats, deed.find.list != nil, let own = body.text(deed.made) else {
      return
    }
    try await context.sleep(context.catalogue.service(of: deed.operation)?.bounds.staleness ?? .zero)
    for surplus in try await find(deed.find).compactMap({ $0.text("id") }) where surplus != own {
      guard let undo = deed.undo else { throw Stop.unknown("\(deed.step) was done twice") }
      let entry = Journal.Entry(
        step: Name("\(deed.step)-copy"), kind: deed.kind, state: .leaving, object: surplus, handle: surplus,
        undo: undo.operation, undoArgument: undo.argument)
      journal[entry.step] = entry
      try await save()
      context.observe(.guardChecked(step: entry.step, holds: true))
      guard try await self.undo(entry, mayRepeat: true) else {
        throw Stop.unknown("\(deed.step) was done twice, and one of them may be left")
      }
      journal[entry.step]?.state = .undone
      try await save()
    }
  }

  /// Looks into a refusal.
  ///
  /// - Returns: the thing, where it turns out to be there; nil where waiting may help.
  private mutating func explain(
    _ response: Response, of deed: Deed, afterUnknown: Bool
  ) async throws -> Fields? {
    let nature = response.error.flatMap { context.catalogue.nature(of: $0.code) }
    if nature == .notFound || nature == .dependency || nature == .conflict { return nil }
    // It refused this attempt. What an earlier one did, only a look can tell, and one that is not stale: the network
    // may have delivered this very call before.
    if afterUnknown || nature == .alreadyExists {
      if let found = try await find(deed.find).first { return found }
      try await context.sleep(context.catalogue.service(of: deed.operation)?.bounds.staleness ?? .zero)
      if let found = try await find(deed.find).first { return found }
    }
    if afterUnknown { throw Stop.unknown("\(deed.step) was refused after an attempt without an answer") }
    try await refuse(deed, response.error?.message ?? "status \(response.status)")
  }

  private mutating func refuse(_ deed: Deed, _ reason: String) async throws -> Never {
    try await note(deed, .refused)
    throw Stop.failed("\(deed.step): \(reason)")
  }

  mutating func settle(_ deed: Deed, _ body: Fields, wasThere: Bool) async throws -> String {
    let object = (wasThere ? nil : body.text(deed.made)) ?? body.text("id")
    if wasThere { context.observe(.adopted(step: deed.step, object: object ?? "")) }
    try await note(deed, .done, object: object)
    return deed.natural ?? object ?? ""
  }

  /// Writes down that a step is tried once more.
  mutating func countTry(at step: Name) async throws {
    journal[step]?.tries += 1
    try await save()
  }

  private mutating func note(_ deed: Deed, _ state: Journal.Entry.State, object: String? = nil) async throws {
    let tries = state == .asked ? max(journal[deed.step]?.tries ?? 0, 1) : 0
    let askedAt = journal[deed.step]?.askedAt ?? context.now
    journal[deed.step] = Journal.Entry(
      step: deed.step, kind: deed.kind, state: state, object: object, handle: deed.natural ?? object ?? "",
      undo: deed.undo?.operation, undoArgument: deed.undo?.argument ?? "", isChange: deed.isChange, tries: tries,
      askedAt: askedAt)
    try await save()
  }

  func save() async throws { try await CarefulStore(context).put(Journal.key, journal.value) }

  // MARK: Reads

  /// Reads until there is an answer.
  ///
  /// - Returns: the body; nil where the system says that there is no such thing.
  func read(_ operation: Name, _ arguments: Fields) async throws -> Fields? {
    // Long enough that a process which dies and begins anew within an outage does not ask a dozen times.
    var pause = TimeSpan.seconds(4)
    for _ in 0..<8 {
      let answer = try await send(operation, arguments, step: step).answer
      switch context.catalogue.outcome(of: answer) {
      case .succeeded(let response):
        guard !habits.checksValues || isDocumented(response.body, of: operation) else {
          throw Stop.illegible(
            context.catalogue.service(of: operation)?.backend ?? operation, "\(operation) shows what is not documented")
        }
        return response.body
      case .failed(let response) where response.status == 404: return nil
      case .failed(let response):
        if response.error.flatMap({ context.catalogue.nature(of: $0.code) }) == .notFound { return nil }
        throw Stop.unknown("\(operation) was refused: \(response.error?.message ?? "status \(response.status)")")
      case .notNow(let response):
        if habits.honoursRetryAfter, let asked = response.retryAfter, asked > pause { pause = asked }
      case .unknown: break
      }
      if habits.backsOff { try await context.sleep(pause) }
      pause = pause * 2
    }
    throw Stop.unknown("\(operation) does not answer")
  }

  /// Whether an answer holds only states that its system declares, and everything in it can be named.
  private func isDocumented(_ body: Fields, of operation: Name) -> Bool {
    guard let service = context.catalogue.service(of: operation) else { return true }
    guard service.values.undocumented(in: body) == nil else { return false }
    let lists = body.entries.compactMap(\.value.list)
    return lists.isEmpty ? body["id"] != nil : lists.allSatisfy { list in
      list.allSatisfy { $0.record.map { $0["id"] != nil } ?? true }
    }
  }

  /// How long a thing may stay hidden that another system had this one make: a message takes its time, and so does a
  /// replica.
  func hiding(from operation: Name) -> TimeSpan {
    let notice = context.catalogue.services.map(\.bounds.notice).max() ?? .zero
    return notice + (context.catalogue.service(of: operation)?.bounds.staleness ?? .zero)
  }

  func find(_ find: Deed.Find) async throws -> [Fields] {
    guard let body = try await read(find.operation, find.arguments) else { return [] }
    return find.matches(in: body)
  }

  // MARK: Contract

  func principal(for operation: Name) -> Name {
    habits.usesWidestPrincipal ? widestPrincipal(for: operation) : context.principal(for: operation)
  }

  private func widestPrincipal(for operation: Name) -> Name {
    guard let scope = context.catalogue[operation]?.scope else { return context.principal(for: operation) }
    let able = context.task.principals.filter { $0.scopes.contains(scope) }
    return able.max { $0.scopes.count < $1.scopes.count }?.name ?? context.principal(for: operation)
  }

  /// Moves along the graph.
  mutating func enter(_ next: Name) {
    guard next != step else { return }
    context.observe(.transition(from: step, to: next, isAllowed: CarefulWork.allows(from: step, to: next)))
    step = next
  }

  private func holdsInvariants(_ deed: Deed) -> Bool {
    guard habits.checksGuards else { return true }
    let isNamed = deed.arguments.entries.allSatisfy { $0.value != "" }
    let holds = isNamed && mutations < CarefulWork.cap
    context.observe(.guardChecked(step: deed.step, holds: holds))
    return holds
  }

  /// Hands over what is there and what may be there. What a system holds that can't be read is only possibly there.
  func handOver(because reason: String, distrusting system: Name? = nil, isCertain: Bool = true) -> Claim {
    guard habits.handsOverWithContext else { return Claim(.escalated, text: "Something went wrong.") }
    let doubtful = journal.holdings.filter { holding in
      system.map { holding.kind.text.hasPrefix("\($0).") } ?? false
    }
    return Claim(
      .escalated, text: "\(customer) is not onboarded yet: \(reason).",
      holdings: isCertain ? journal.holdings.filter { !doubtful.contains($0) } : [],
      possibly: (isCertain ? doubtful : journal.holdings) + journal.possibly + forgotten, reason: reason,
      nextAction: "Look for what may be there, then finish or undo what is there.")
  }
}
