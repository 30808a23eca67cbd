// What a session did with its world, in order: enough to play the run again without its agent.

import Faultline
import Operations
import Primitives
import Simulation

/// The requests of a run as its world took them, with all else that came from outside.
///
/// An outside agent does not do the same twice. Its recording does: played against the same world and plan, it gives
/// the same trace hash, and each request gets the answer that it got.
public struct Recording: Sendable {
  /// One thing that was done with the world.
  enum Deed: Hashable, Sendable {
    /// Time passed until then.
    case pass(Instant)
    case call(ProcessID, ticket: UInt32, Request)
    /// Its caller died at another one that was sent at the same moment.
    case left(ProcessID, ticket: UInt32, Request)
    /// The caller's library asked again.
    case again(call: Int)
    case hangUp(call: Int, Answer.Absence)
    /// Who is next among so many requests that arrived together.
    case next(ProcessID, count: Int)
    case mark(ProcessID, Name)
    case model(ProcessID, offer: UInt64, proposal: Name)
    case end(ProcessID, Claim?)
    /// What came back for a ticket: a check, and nothing that is done.
    case answered(ticket: UInt32, status: Int?, digest: UInt64)
    /// The agent had its time.
    case abandon
  }

  /// The mark of the world's ids.
  var seal: Seal
  /// When the world began; moments are written relative to it.
  let start: Instant
  private(set) var deeds: [Deed] = []

  init(seal: Seal, start: Instant) {
    self.seal = seal
    self.start = start
  }

  /// How many requests arrived.
  public var count: Int {
    deeds.count { deed in
      switch deed {
      case .call, .left, .again: true
      default: false
      }
    }
  }

  mutating func add(_ deed: Deed) {
    // One wait after the other is one wait.
    if case .pass = deed, case .pass = deeds.last { deeds.removeLast() }
    deeds.append(deed)
  }
}

/// A world, and the recording of what is done with it.
struct RecordedWorld {
  private(set) var world: World
  private(set) var recording: Recording
  /// Ids of other worlds that requests carried, each once, with the operation that brought it.
  private(set) var foreign: [(id: String, seal: Seal, operation: Name)] = []

  init(_ world: World, start: Instant) {
    self.world = world
    recording = Recording(seal: world.seal, start: start)
  }

  var now: Instant { world.now }
  var end: EndReason? { world.end }
  var trace: Trace<WorldEvent> { world.trace }
  var nextTime: Instant? { world.nextTime }
  var isStarting: Bool { world.isStarting }
  func isRunning(_ process: ProcessID) -> Bool { world.isRunning(process) }
  func fate(of call: Int) -> World.CallFate { world.fate(of: call) }
  func handling(of call: Int) -> Response? { world.handling(of: call) }
  var nextDeath: Instant? { world.nextDeath }
  func diedAnswered(_ process: ProcessID) -> Bool { world.diedAnswered(process) }
  func withoutAgent() -> World { world.withoutAgent() }
  mutating func takeForks() -> [Fork] { world.takeForks() }

  mutating func pass(to instant: Instant) -> Bool {
    recording.add(.pass(instant))
    return world.pass(to: instant)
  }

  mutating func submit(_ call: AgentCall, from process: ProcessID) -> Int? {
    recording.add(.call(process, ticket: call.ticket, call.request))
    look(at: call.request, of: process)
    return world.submit(call, from: process)
  }

  mutating func submitFromDead(_ call: AgentCall, by process: ProcessID) {
    recording.add(.left(process, ticket: call.ticket, call.request))
    look(at: call.request, of: process)
    world.submitFromDead(call, by: process)
  }

  mutating func attemptAgain(_ call: Int) -> Bool {
    recording.add(.again(call: call))
    return world.attemptAgain(call)
  }

  mutating func hangUp(_ call: Int, _ absence: Answer.Absence) {
    recording.add(.hangUp(call: call, absence))
    world.hangUp(call, absence)
  }

  mutating func chooseNext(among count: Int, of process: ProcessID) -> Int {
    recording.add(.next(process, count: count))
    return world.chooseNext(among: count, of: process)
  }

  mutating func mark(_ name: Name, of process: ProcessID) {
    recording.add(.mark(process, name))
    world.note(.mark(name), of: process)
  }

  mutating func askModel(_ offer: Offer<ModelFault>, proposal: Name, of process: ProcessID) -> ModelFault {
    recording.add(.model(process, offer: offer.mask, proposal: proposal))
    return world.askModel(offer, proposal: proposal, of: process)
  }

  mutating func end(_ process: ProcessID, claiming claim: Claim?) {
    recording.add(.end(process, claim))
    world.end(process, claiming: claim)
  }

  /// Notes what came back for a ticket.
  mutating func note(_ answer: Answer, for ticket: UInt32) {
    recording.add(.answered(ticket: ticket, status: answer.response?.status, digest: answer.stableDigest))
  }

  mutating func abandon() { recording.add(.abandon) }

  /// Lets the world come to its end, and judges it. Neither pass nor fail where ids of another world were in use.
  ///
  /// - Parameter origin: what is known of the world with a seal, such as `trial 2`.
  mutating func conclude(_ agent: any AgentUnderTest, origin: (Seal) -> String?) -> RunRecord {
    world.run()
    var record = Runner.record(of: world, agent: agent)
    guard !foreign.isEmpty else { return record }
    record.verdict.result = .contaminated
    let reasons = foreign.map { id, seal, operation in
      "\(operation) was called with \(id), an id of another world: \(origin(seal) ?? "one of an earlier command")."
    }
    record.verdict.reasons = reasons + record.verdict.reasons
    return record
  }

  /// Looks for ids that this world can't have given.
  private mutating func look(at request: Request, of process: ProcessID) {
    guard world.seal != .none else { return }
    var found = Seal.found(in: request.idempotencyKey ?? "")
    for entry in request.arguments.entries { entry.value.collectSealed(into: &found) }
    for (id, seal) in found where seal != world.seal {
      guard !foreign.contains(where: { $0.id == id }) else { continue }
      foreign.append((id, seal, request.operation))
      world.note(.mark(Name("foreign-id:\(id)")), of: process)
    }
  }
}

extension Value {
  fileprivate func collectSealed(into found: inout [(id: String, seal: Seal)]) {
    switch self {
    case .text(let text): found += Seal.found(in: text)
    case .list(let values): for value in values { value.collectSealed(into: &found) }
    case .record(let fields): for entry in fields.entries { entry.value.collectSealed(into: &found) }
    case .null, .bool, .int, .money, .instant: break
    }
  }
}
