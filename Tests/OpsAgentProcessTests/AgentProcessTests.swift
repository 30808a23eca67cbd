// The driver: what it asks of systems, store and clock, and how it ends.

import Backends
import OpsAgent
import OpsAgentProcess
import OpsAgentSQLite
import Operations
import Primitives
import Synchronization
import Testing

/// A clock that jumps to where it is slept to.
private final class JumpingClock: AgentClock {
  private let time = Mutex(Instant(year: 2026, month: 11, day: 2, hour: 9))
  let slept = Mutex<[Instant]>([])
  let passesByItself = true

  func now() async -> Instant { current }
  var current: Instant { time.withLock { $0 } }
  func sleep(until instant: Instant) async {
    slept.withLock { $0.append(instant) }
    time.withLock { $0 = max($0, instant) }
  }
}

/// Systems of record without a network; or nobody, for whom no answer ever comes.
private actor Room: Systems {
  private var backends: [any Backend] = []
  private let clock: JumpingClock
  private let isSilent: Bool
  private(set) var asked: [Name] = []
  private var handled: UInt64 = 0

  static let choices = [
    ("billing", "stripe-v1"), ("cloud", "ec2"), ("identity", "iam"), ("notify", "email"), ("ticketing", "zendesk"),
  ]

  init(_ clock: JumpingClock, isSilent: Bool = false) throws {
    self.clock = clock
    self.isSilent = isSilent
    for (system, profile) in Room.choices {
      var options: Fields = [:]
      if system == "ticketing" {
        options = ["tickets": [["id": "1001", "customer": "acme", "text": .text(Room.ticket)]]]
      }
      var backend = try BackendFactory.make(
        system: Name(system), profile: Name(profile), options: options, start: clock.current)
      let scopes = Set(backend.description.operations.map(\.scope))
      backend.admit(Name("agent-\(system)"), scopes: scopes)
      backends.append(backend)
    }
  }

  private static let ticket = """
    Please onboard acme.
    customer: acme
    plan: pro
    period: 2026-11
    region: eu-central-1
    """

  var services: [ServiceDescription] { backends.map(\.description) }

  func answer(to request: Request) async -> Answer {
    asked.append(request.operation)
    guard !isSilent, let index = backends.firstIndex(where: { $0.description.backend.text == request.operation.text.prefix { $0 != "." } })
    else { return .none(.connectionLost) }
    handled += 1
    for index in backends.indices {
      while let due = backends[index].nextDue, due <= clock.current { _ = backends[index].advance(to: due) }
    }
    let conditions = Conditions(call: nil, entropy: Draw(seed: 1, key: handled))
    return .response(backends[index].handle(request, at: clock.current, under: conditions))
  }

  /// How many things of a kind were made, or happened.
  func made(_ kind: Name) -> Int {
    backends.flatMap(\.ledger.effects).count { $0.kind == kind && ($0.change == .created || $0.change == .happened) }
  }
}

@Suite struct AgentProcessTests {
  private static let run: Name = "customer-onboarding:acme"
  private static let input: Fields = [
    "customer": "acme", "plan": "pro", "period": "2026-11", "region": "eu-central-1", "ticket_id": "1001",
  ]

  private func process(
    _ replica: Name = "agent-0", in room: Room, store: SQLiteStore, clock: JumpingClock, hasPredecessor: Bool = false,
    parts: AgentParts = .reference
  ) async throws -> AgentProcess {
    let services = await room.services
    let library = try WorkflowLibrary.releases(
      of: CustomerOnboarding.versions, in: Catalogue(services),
      credentials: services.map { Credential(Name("agent-\($0.backend)"), scopes: $0.operations.map(\.scope)) })[0]
    return AgentProcess(
      library, RunRequest(run: Self.run, input: Self.input), replica: replica, parts: parts,
      hasPredecessor: hasPredecessor, store: store, systems: room, clock: clock)
  }

  private func claim(_ ending: AgentProcess.Ending) throws -> Claim {
    guard case .claimed(let claim, _) = ending else { throw Unclaimed() }
    return claim
  }

  private struct Unclaimed: Error {}

  @Test func theWorkIsDoneOnceAndReported() async throws {
    let clock = JumpingClock()
    let room = try Room(clock)
    let store = try SQLiteStore()
    var process = try await process(in: room, store: store, clock: clock)
    let ending = await process.work()
    #expect(try claim(ending).ending == .completed)
    for kind in ["cloud.cluster", "billing.charge", "identity.binding"] as [Name] {
      #expect(await room.made(kind) == 1, "\(kind)")
    }
    let report = ending.report(on: CustomerOnboarding.name, in: Catalogue(await room.services))
    #expect(report.text("outcome") == "completed")
    #expect(report["holdings"]?.list?.contains { $0.record?.text("kind") == "cloud.cluster" } == true)

    // Whoever is started on the same store finds the word there, and asks no system.
    let before = await room.asked.count
    var next = try await self.process("agent-1", in: room, store: store, clock: clock)
    #expect(try claim(await next.work()).ending == .completed)
    #expect(await room.asked.count == before)
  }

  @Test func whoGetsNoAnswerHandsOverAndDoesNotSayThatItFailed() async throws {
    let clock = JumpingClock()
    let room = try Room(clock, isSilent: true)
    var process = try await process(in: room, store: SQLiteStore(), clock: clock)
    let ending = await process.work()
    #expect(try claim(ending).ending == .escalated)
    let asked = await room.asked
    #expect(asked.count > 1)
    // Nothing is sent while not even the ticket could be read.
    #expect(asked.allSatisfy { $0 == "ticketing.get_ticket" }, "\(asked)")
    #expect(ending.report(on: CustomerOnboarding.name, in: Catalogue(await room.services)).text("outcome") == "escalated")
  }

  @Test func aReplicaWaitsUntilTheLeaseIsOver() async throws {
    let clock = JumpingClock()
    let room = try Room(clock)
    var store = try SQLiteStore()
    // Another took the lease and died.
    guard case .granted(let lease) = try store.acquire(Self.run, for: "agent-0", at: clock.current, span: .minutes(5))
    else { throw Unclaimed() }
    var process = try await process("agent-1", in: room, store: store, clock: clock)
    #expect(try claim(await process.work()).ending == .completed)
    #expect(clock.slept.withLock { $0.first } == lease.until)
    #expect(await room.made("cloud.cluster") == 1)
  }

  @Test func whoHasLostTheRunStandsDownAndSaysNothing() async throws {
    let clock = JumpingClock()
    let room = try Room(clock)
    let store = try SQLiteStore()
    // Without a lease of its own it does not know of the other's; its fence is none, and the store's is newer.
    let thief = Thief(room, store: store, clock: clock)
    let services = await room.services
    let library = try WorkflowLibrary.releases(of: CustomerOnboarding.versions, in: Catalogue(services), credentials: [])[0]
    var process = AgentProcess(
      library, RunRequest(run: Self.run, input: Self.input), replica: "agent-0", hasPredecessor: false, store: store,
      systems: thief, clock: clock)
    let ending = await process.work()
    guard case .stoodDown = ending else {
      Issue.record("it claimed something about a run that another has")
      return
    }
    #expect(ending.report(on: CustomerOnboarding.name, in: Catalogue(services)) == [
      "outcome": "stood-down", "text": "another replica has the run",
    ])
    #expect(await room.made("cloud.network") == 0)
  }

  /// Systems behind which, at the first call, another replica takes the run as soon as the lease is over.
  private actor Thief: Systems {
    private let room: Room
    private var store: SQLiteStore
    private let clock: JumpingClock
    private var hasStolen = false

    init(_ room: Room, store: SQLiteStore, clock: JumpingClock) {
      (self.room, self.store, self.clock) = (room, store, clock)
    }

    func answer(to request: Request) async -> Answer {
      if !hasStolen {
        hasStolen = true
        await clock.sleep(until: clock.current + .minutes(6))
        _ = try? store.acquire(AgentProcessTests.run, for: "agent-1", at: clock.current, span: .minutes(5))
      }
      return await room.answer(to: request)
    }
  }

  @Test func aDryRunSaysWhatItWouldDoAndDoesNothing() async throws {
    let clock = JumpingClock()
    let room = try Room(clock)
    let services = await room.services
    let library = try WorkflowLibrary.releases(
      of: CustomerOnboarding.versions, in: Catalogue(services),
      credentials: services.map { Credential(Name("agent-\($0.backend)"), scopes: $0.operations.map(\.scope)) })[0]
    var process = AgentProcess(
      library, RunRequest(run: Self.run, input: Self.input, isDryRun: true), replica: "agent-0", hasPredecessor: false,
      store: try SQLiteStore(), systems: room, clock: clock)
    let report = await process.work().report(on: CustomerOnboarding.name, in: Catalogue(services))
    #expect(report["plan"]?.list?.compactMap { $0.record?.text("operation") }.contains("cloud.create_cluster") == true)
    #expect(report["holdings"] == .list([]))
    #expect(await room.made("cloud.network") == 0)
  }
}
