// The stages that every call passes, in one order for all systems.

import Operations
import Primitives

/// A system of record behind a vendor's front end.
///
///     outage -> authenticate, scope -> rate limiter -> parameters -> fence -> idempotency store -> handler -> ledger
///
/// The limiter stands in front of the idempotency store, as at Stripe: a 429 to a retry says nothing about
/// the first attempt (https://docs.stripe.com/error-low-level).
struct SimulatedBackend: Backend, Sendable {
  /// What never changes during a run, behind one reference: a world is copied whenever a search forks time,
  /// and a dialect holds dozens of strings and arrays that would each be retained.
  private final class Fixed: Sendable {
    let description: ServiceDescription
    let operations: [Operation]
    /// The hashes of the operations' names, side by side: every request is looked up in them.
    let names: [UInt64]
    let dialect: SystemDialect
    let digest: UInt64
    let keyRisks: KeyRisks
    let renewal: Name?

    init(description: ServiceDescription, dialect: SystemDialect, digest: UInt64, keyRisks: KeyRisks) {
      self.keyRisks = keyRisks
      renewal = description.renewal
      self.description = description
      operations = description.operations
      names = operations.map(\.name.hash)
      self.dialect = dialect
      self.digest = digest
    }
  }

  private let fixed: Fixed
  private(set) var system: any RecordSystem
  private var principals = ScopeTable()
  private var limiter = RateLimiter()
  private var fences = FenceTable()
  private var keys = IdempotencyStore()
  private var effects: EffectWriter
  /// When the objects last changed: where that is long ago, no replica can lag behind it.
  private var changedAt: Instant?

  init(_ system: some RecordSystem, _ keyRisks: KeyRisks = []) {
    self.system = system
    let description = system.description
    var hasher = StableHasher()
    hasher.combine(description.backend)
    hasher.combine(description.profile)
    fixed = Fixed(description: description, dialect: system.dialect, digest: hasher.digest, keyRisks: keyRisks)
    effects = EffectWriter(backend: description.backend)
  }

  var description: ServiceDescription { fixed.description }
  var dialect: SystemDialect { fixed.dialect }
  var ledger: EffectLedger { effects.ledger }
  var nextDue: Instant? { system.nextDue }

  mutating func admit(_ principal: Name, scopes: Set<Name>) { principals.admit(principal, scopes: scopes) }

  mutating func advance(to now: Instant) -> [Delivery] {
    guard let due = system.nextDue, due <= now else { return [] }
    changedAt = now
    return system.advance(to: now, effects: &effects)
  }

  mutating func receive(_ delivery: Delivery, at now: Instant) {
    changedAt = now
    system.receive(delivery, at: now, effects: &effects)
  }

  mutating func handle(_ request: Request, at now: Instant, under conditions: Conditions) -> Response {
    if conditions.outage { return fixed.dialect.outage.response() }
    guard let operation = operation(request.operation) else {
      return SystemDialect.unknownOperation.response(request.operation.text)
    }
    if let renewal = fixed.renewal, operation.isNamed(renewal) { return renew(request) }
    switch principals.verdict(on: request.principal, for: operation.scope) {
    case .admitted: break
    case .unknownPrincipal: return fixed.dialect.unauthenticated.response(request.principal.text)
    case .outOfScope: return fixed.dialect.forbidden.response(operation.scope.text)
    }
    if let expired = fixed.dialect.expired {
      if conditions.expiresCredential { principals.expire(request.principal) }
      if principals.hasExpired(request.principal) { return expired.response(request.principal.text) }
    }
    if conditions.limiterLag > .zero {
      limiter.fallBehind(by: conditions.limiterLag, at: now)
    } else if let refused = limiter.refusal(
      of: request, operation, under: fixed.dialect.limiter, isDrained: conditions.limited, at: now)
    {
      return refused
    }
    if let refused = parameterRefusal(of: request, operation, alsoRequired: conditions.requiredParameter) {
      return refused
    }
    let call = call(request, operation, at: now, under: conditions)
    guard operation.isMutation else { return system.read(call) }
    if fixed.dialect.enforcesFences, let fence = request.fence {
      let subject = subject(of: request) ?? description.backend
      guard fences.admit(fence, for: subject) else { return SystemDialect.staleFence.response(subject.text) }
    }
    return execute(call)
  }

  // MARK: Stages

  /// Renews the credential of a principal that is known. The vendor's token service answers, which has no limits here.
  private mutating func renew(_ request: Request) -> Response {
    guard principals.knows(request.principal) else {
      return fixed.dialect.unauthenticated.response(request.principal.text)
    }
    principals.renew(request.principal)
    return .ok(["expires_in": .int(3_600)])
  }

  private mutating func execute(_ call: Call) -> Response {
    guard call.operation.takesKey, let keyed = fixed.dialect.idempotency, let key = call.request.idempotencyKey else {
      return commit(call).sent
    }
    let place = IdempotencyStore.Place(shard: call.conditions.keyShard, isMoved: call.conditions.movesKeyScope)
    switch keys.verdict(on: key, of: call.request, under: keyed, at: call.now, in: place) {
    case .refused(let response): return response
    case .replay(let kept): return system.replay(kept, to: call).adding(keyed.replayHeaders)
    case .fresh: break
    }
    let (handling, sent) = commit(call)
    if handling.isExecuted {
      keys.remember(
        key, of: call.request, committed: handling.response, sent: sent, under: keyed, at: call.now,
        finishesAt: call.now + max(fixed.dialect.handlingTime, call.conditions.handlingTime),
        in: place)
    }
    // Where the store is split, what marks replays has seen the key, and what executes has not.
    return sent.adding(place.shard == 0 ? keyed.firstHeaders : keyed.replayHeaders)
  }

  private mutating func commit(_ call: Call) -> (handling: Handling, sent: Response) {
    effects.begin(cause: call.conditions.call, principal: call.request.principal)
    defer { effects.end() }
    let handling = system.write(call, effects: &effects)
    guard handling.response.isSuccess else { return (handling, handling.response) }
    changedAt = call.now
    return (handling, call.conditions.errorAfterCommit ? fixed.dialect.serverError.response() : handling.response)
  }

  private func operation(_ name: Name) -> Operation? {
    fixed.names.firstIndex(of: name.hash).map { fixed.operations[$0] }
  }

  private func call(_ request: Request, _ operation: Operation, at now: Instant, under conditions: Conditions) -> Call {
    var readAt = now
    if conditions.readLag > .zero { readAt = now - min(conditions.readLag, system.staleness(of: operation)) }
    return Call(request: request, operation: operation, now: now, conditions: conditions, readAt: readAt)
  }

  private func missing(_ name: Name) -> Response {
    if let missing = fixed.dialect.missingParameter { return missing.response(name.text) }
    return fixed.dialect.invalidParameter.response("\(name) is missing")
  }

  private func parameterRefusal(
    of request: Request, _ operation: Operation, alsoRequired required: Name? = nil
  ) -> Response? {
    if let required, request.arguments[required] == nil { return missing(required) }
    let parameters = operation.parameters
    for index in parameters.indices {
      guard let kind = request.arguments.kind(of: parameters[index].name) else {
        guard parameters[index].isRequired else { continue }
        return missing(parameters[index].name)
      }
      if kind == parameters[index].kind, parameters[index].allowed.isEmpty { continue }
      let value = request.arguments[parameters[index].name] ?? .null
      if !parameters[index].accepts(value) {
        return fixed.dialect.invalidParameter.response("\(parameters[index].name) is \(value)")
      }
    }
    if fixed.dialect.refusesUnknownParameters {
      for entry in request.arguments.entries where !parameters.contains(where: { $0.name == entry.name }) {
        return fixed.dialect.invalidParameter.response("\(entry.name) is unknown")
      }
    }
    return nil
  }

  // MARK: Questions

  func subject(of request: Request) -> Name? {
    // The system first: an argument that names an object by natural key may hold its id instead.
    if let subject = system.subject(of: request) { return subject }
    guard let argument = operation(request.operation)?.subject else { return nil }
    return request.arguments.text(argument).map { Name($0) }
  }

  func applicable(to request: Request, at now: Instant) -> ApplicableConditions {
    guard let operation = operation(request.operation) else { return [] }
    // The token service answers a renewal, and no replica of the objects.
    if let renewal = fixed.renewal, operation.isNamed(renewal) { return [] }
    guard wouldExecute(request, operation, at: now) else {
      return fixed.keyRisks.isEmpty ? [] : keyConditions(of: request, operation, at: now)
    }
    let lag = system.staleness(of: operation)
    var conditions = Conditions(call: nil, entropy: Draw(word: 0))
    let fresh = call(request, operation, at: now, under: conditions)
    var applicable = operation.isMutation ? system.applicable(to: fresh) : []
    guard lag > .zero, let changedAt, changedAt > now - lag else { return applicable }
    conditions.readLag = lag
    let lagging = call(request, operation, at: now, under: conditions)
    if system.isFresh(for: lagging) { return applicable }
    if answer(to: fresh) != answer(to: lagging) { applicable.insert(.readLag) }
    return applicable
  }

  func outOfBandChanges(before request: Request, at now: Instant) -> OutOfBandChanges {
    // A system may take what an operation requires for there.
    guard let operation = operation(request.operation), parameterRefusal(of: request, operation) == nil else {
      return []
    }
    let conditions = Conditions(call: nil, entropy: Draw(word: 0))
    let changes = system.outOfBandChanges(before: call(request, operation, at: now, under: conditions))
    // Most requests leave nothing to do; the stages in front are asked for the others alone.
    return changes.isEmpty || wouldExecute(request, operation, at: now) ? changes : []
  }

  mutating func apply(_ change: OutOfBandChange, before request: Request, at now: Instant, entropy: Draw) {
    guard let operation = operation(request.operation) else { return }
    var byHand = request
    byHand.principal = system.bystander
    effects.begin(cause: nil, principal: system.bystander)
    defer { effects.end() }
    let conditions = Conditions(call: nil, entropy: entropy)
    system.apply(change, before: call(byHand, operation, at: now, under: conditions), effects: &effects)
    changedAt = now
  }

  /// What else a repeated key could meet than the answer to its first use.
  private func keyConditions(of request: Request, _ operation: Operation, at now: Instant) -> ApplicableConditions {
    guard operation.takesKey, let keyed = fixed.dialect.idempotency, let key = request.idempotencyKey,
      case .replay = keys.verdict(on: key, of: request, under: keyed, at: now)
    else { return [] }
    var applicable: ApplicableConditions = []
    if fixed.keyRisks.contains(.sharded) { applicable.insert(.keySplit) }
    if fixed.keyRisks.contains(.movingScope), keyed.leavesScopeOpen(request) { applicable.insert(.keyScope) }
    return applicable
  }

  /// Whether the stages in front of the handler would let a request through to it. The limiter is left out,
  /// since asking it takes a token.
  private func wouldExecute(_ request: Request, _ operation: Operation, at now: Instant) -> Bool {
    guard case .admitted = principals.verdict(on: request.principal, for: operation.scope),
      !principals.hasExpired(request.principal),
      parameterRefusal(of: request, operation) == nil
    else { return false }
    guard operation.takesKey, let keyed = fixed.dialect.idempotency, let key = request.idempotencyKey else {
      return true
    }
    if case .fresh = keys.verdict(on: key, of: request, under: keyed, at: now) { return true }
    return false
  }

  /// What the handler would answer, without doing it.
  private func answer(to call: Call) -> Response {
    guard call.operation.isMutation else { return system.read(call) }
    var copy = system
    var unwritten = EffectWriter(backend: effects.backend)
    return copy.write(call, effects: &unwritten).response
  }
}

extension SimulatedBackend {
  /// Everything but the ledger, which is only ever written here; whoever reads it keeps what it says. A limiter's
  /// buckets count by what is in them now.
  func stateDigest(at now: Instant) -> BackendStateDigest {
    var copy = self
    copy.effects = EffectWriter(backend: effects.backend)
    copy.limiter.settle(at: now)
    return BackendStateDigest(copy.stableDigest, isLasting: copy.limiter.isSettled)
  }
}

extension SimulatedBackend: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(fixed.digest)
    system.hash(into: &hasher)
    hasher.combine(principals)
    hasher.combine(limiter)
    hasher.combine(fences)
    hasher.combine(keys)
    hasher.combine(effects)
    hasher.combine(changedAt)
  }
}

extension Response {
  func adding(_ headers: Fields) -> Response {
    guard !headers.isEmpty else { return self }
    var all = self.headers
    for entry in headers.entries { all[entry.name] = entry.value }
    var response = self
    response.headers = all
    return response
  }
}

extension Parameter {
  /// Whether a value has the declared kind and, where the set is closed, is in it.
  func accepts(_ value: Value) -> Bool {
    switch (kind, value) {
    case (.text, .text(let text)): allowed.isEmpty || allowed.contains(text)
    case (.int, .int), (.bool, .bool), (.money, .money), (.instant, .instant), (.list, .list), (.record, .record): true
    default: false
    }
  }
}
