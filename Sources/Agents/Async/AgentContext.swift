// What an `async` agent gets instead of clocks, chance, sockets and disks.

import Faultline
import Operations
import Primitives

/// A process's view of the world.
///
/// Sendable, so that child tasks can use it; several calls may be under way at once.
public struct AgentContext: Sendable {
  /// What the run asks of the agent.
  public let task: AgentTask
  /// Which process this is, and in which incarnation.
  public let process: ProcessID
  /// Why this process started.
  public let trigger: Trigger
  /// The message that asked for the work; whoever hands work out keeps it across restarts.
  public let order: Delivery?
  let link: Link

  /// Customer, plan, period, ticket id and whatever else the scenario's input says.
  public var input: Fields { task.input }
  /// The ticket that the work is about: the one that asked for it, or the one that the input names.
  public var ticket: String? { order?.body.text("ticket") ?? input.text("ticket_id") }
  /// The operations that can be called, with their effects, errors and bounds.
  public var catalogue: Catalogue { task.catalogue }
  /// A table that outlives the process.
  public var store: AsyncStore { AsyncStore(link: link) }

  // MARK: Calls

  /// Calls an operation and returns its response.
  ///
  ///     let cluster = try await context.call("cloud.create_cluster", ["name": "acme", …], key: "onboard-acme")
  ///
  /// - Parameters:
  ///   - key: The idempotency key; nil sends none, unless the client library makes one up.
  ///   - principal: Who calls; by default the narrowest principal that may.
  ///   - step: The workflow step that the call belongs to, for reports.
  ///   - isCompensation: Whether the agent is taking something back.
  /// - Throws: ``CallError`` where there is no success, `CancellationError`, ``ProcessDied``.
  @discardableResult
  public func call(
    _ operation: Name, _ arguments: Fields = [:], key: String? = nil, as principal: Name? = nil,
    step: Name = "", isCompensation: Bool = false
  ) async throws -> Response {
    let sent = try await send(
      operation, arguments, key: key, as: principal, step: step, isCompensation: isCompensation)
    switch sent.answer {
    case .response(let response) where response.isSuccess: return response
    case .response(let response): throw CallError.refused(response)
    case .none(let absence): throw CallError(absence)
    }
  }

  /// Calls an operation and returns whatever came back, with the ticket that ``Observation/audited(ticket:)``
  /// names the call by.
  ///
  /// - Throws: `CancellationError`, ``ProcessDied``.
  public func send(
    _ operation: Name, _ arguments: Fields = [:], key: String? = nil, as principal: Name? = nil,
    step: Name = "", isCompensation: Bool = false
  ) async throws -> (ticket: UInt32, answer: Answer) {
    let request = Request(
      operation, arguments, principal: principal ?? self.principal(for: operation), idempotencyKey: key)
    let reply = try await link.ask(.call(request, step: step, isCompensation: isCompensation))
    guard case .answered(let ticket, let answer) = reply else {
      preconditionFailure("a call was not replied to with an answer")
    }
    return (ticket, answer)
  }

  /// The principal with the fewest scopes among those that may call an operation; the first one where
  /// none may.
  public func principal(for operation: Name) -> Name {
    let scope = catalogue[operation]?.scope
    let able = task.principals.filter { principal in scope.map { principal.scopes.contains($0) } ?? false }
    return (able.min { $0.scopes.count < $1.scopes.count } ?? task.principals.first)?.name ?? "agent"
  }

  // MARK: Time and chance

  /// The simulated time.
  public var now: Instant { link.now }

  /// Waits in simulated time.
  ///
  /// - Throws: `CancellationError`, ``ProcessDied``.
  public func sleep(_ span: TimeSpan) async throws { try await sleep(until: now + span) }

  /// Waits in simulated time; returns at once where the instant is past.
  ///
  /// - Throws: `CancellationError`, ``ProcessDied``.
  public func sleep(until instant: Instant) async throws { _ = try await link.ask(.sleep(until: instant)) }

  /// A number that depends on the run, the process's incarnation, the purpose and how often this was
  /// asked for that purpose.
  public func random(_ purpose: Name) -> Draw { link.draw(purpose) }

  /// A fresh identifier of fifteen bytes: `prefix` and random digits.
  public func newID(_ prefix: StaticString) -> String { link.draw("id").identifier(prefix) }

  // MARK: Decisions and observations

  /// Asks the world whether a decision goes otherwise than the agent's own decider would have it.
  ///
  /// - Returns: one of the alternatives; nil: decide yourself.
  /// - Throws: `CancellationError`, ``ProcessDied``.
  public func decide(_ point: Name, among alternatives: [Name]) async throws -> Name? {
    guard case .decided(let answer) = try await link.ask(.decide(point: point, alternatives: alternatives)) else {
      preconditionFailure("a decision was not replied to with a decision")
    }
    return answer
  }

  /// Lets something be known: an audit entry, a guard that was checked.
  public func observe(_ observation: Observation) { link.say(.observe(observation)) }

  /// Says how the run ended while this process still runs. What `run` returns is not said then.
  public func announce(_ claim: Claim) { link.announce(claim) }
}

/// A small durable table. Every use is a transaction of its own, in front of and behind which the process
/// can die, and at which replicas interleave. It is a disk's: a use can fail with a ``StoreFailure``, and after a
/// restart the table may be an older one, or empty.
public struct AsyncStore: Sendable {
  let link: Link

  /// Reads a value; nil where there is none. The crash point is `load:KEY`.
  ///
  /// - Throws: ``StoreFailure``, `CancellationError`, ``ProcessDied``.
  public func get(_ key: Name) async throws -> Value? {
    guard case .stored(let value) = try await link.ask(.load(key)) else {
      preconditionFailure("a load was not replied to with a value")
    }
    return value
  }

  /// Writes a value; nil removes it. It is durable when this returns. The crash point is `save:KEY`. After an I/O error
  /// it may be written or not; to write it again is sound.
  ///
  /// - Throws: ``StoreFailure``, `CancellationError`, ``ProcessDied``.
  public func put(_ key: Name, _ value: Value?) async throws { _ = try await link.ask(.save(key, value)) }
}
