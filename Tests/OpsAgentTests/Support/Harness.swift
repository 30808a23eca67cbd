// A shell for tests: drives the orchestrator through the small world, with crashes where a test wants one.

import OpsAgent
import Operations
import Primitives

struct Harness {
  var world = FakeWorld(now: Harness.start)
  var store = ModelStore()
  var decider: any Decider = RuleBasedDecider()
  var parts = AgentParts.reference
  var request = RunRequest(
    run: "onboarding:acme", input: ["ticket_id": "tic_1", "customer": "acme", "plan": "pro", "period": "2026-11"])
  var catalogue = FakeCatalogue.catalogue
  var workflow = CustomerOnboarding.workflow
  var playbook = CustomerOnboarding.playbook
  /// An earlier version that the agent still has.
  var older: Workflow?
  var credentials: [Credential] = []
  var replica: Name = "agent-0"
  /// The newest version of the decider's instructions.
  var prompt = 1
  /// The same for incarnations after the first, where it is another one.
  var laterPrompt: Int?
  /// Somebody else's hand in the world, just before a call is answered.
  var meddles: ((inout FakeWorld, Call) -> Void)?
  /// Another replica takes the lease just before this operation is called for the first time.
  var usurpsBefore: Name?
  /// Dies before carrying out the command with this number, counted over all incarnations from 1.
  var crashBefore: Int?
  /// Dies after carrying it out, before the agent learns what came of it.
  var crashAfter: Int?
  /// Stops watching once this operation was called.
  var stopsAfterCalls: Name?
  var collectsDigests = false
  /// The agent's digest after each event.
  var digests: [UInt64] = []
  var notes: [Note] = []
  var commandCount = 0
  var incarnations = 0
  var leaving: Leaving?
  var queries: [DecisionQuery] = []
  var waits: [(Wait, TimeSpan)] = []

  static let start = Instant(year: 2026, month: 11, day: 20)

  init(without removed: Safeguard..., world edit: (inout FakeWorld) -> Void = { _ in }) {
    parts = Safeguard.without(removed)
    edit(&world)
  }

  var library: WorkflowLibrary {
    do {
      let all = [workflow] + (older.map { [$0] } ?? [])
      return WorkflowLibrary(
        try all.map { try CompiledWorkflow($0, playbook, catalogue, credentials: credentials) },
        prompt: incarnations > 0 ? laterPrompt ?? prompt : prompt)
    } catch {
      fatalError("the workflow of the tests does not compile: \(error)")
    }
  }

  func agent() -> Orchestrator { Orchestrator(library, request, replica: replica, parts: parts) }

  /// Plays the run to its end; nil where the agent left without a word or went on for too long.
  mutating func run() -> Claim? {
    var agent = agent()
    incarnations += 1
    var event: Event? = .started
    while let next = event {
      var commands: [Command] = []
      agent.handle(next, at: world.now, into: &commands)
      if collectsDigests { digests.append(agent.stableDigest) }
      event = nil
      for command in commands {
        if case .note(let note) = command {
          notes.append(note)
          continue
        }
        commandCount += 1
        guard commandCount < 2_000 else { return nil }
        if commandCount == crashBefore { return restart() }
        switch command {
        case .finish(let claim): return claim
        case .leave(let why):
          leaving = why
          return nil
        default: event = carryOut(command)
        }
        if commandCount == crashAfter { return restart() }
        if let last = stopsAfterCalls, world.calls(last) > 0 { return nil }
      }
    }
    return nil
  }

  struct NoClaim: Error {}

  /// Plays the run and returns its last word.
  mutating func claim() throws -> Claim {
    guard let claim = run() else { throw NoClaim() }
    return claim
  }

  private mutating func restart() -> Claim? {
    store.dropStaged(by: replica)
    world.advance(to: world.now + .seconds(2))
    return run()
  }

  mutating func carryOut(_ command: Command) -> Event? {
    world.advance(to: world.now + .milliseconds(20))
    switch command {
    case .store(let records, let fence):
      store.stage(records, to: request.run, fence: fence, by: replica)
      return .stored(store.commit(by: replica))
    case .acquire, .load, .renew:
      return store.carryOut(command, of: request.run, by: replica, at: world.now)
    case .call(let call):
      meddles?(&world, call)
      if call.request.operation == usurpsBefore, world.calls(call.request.operation) == 0 {
        _ = store.acquire(request.run, for: "agent-9", at: world.now + .hours(1), span: .hours(1))
      }
      let answer = world.answer(call)
      world.advance(to: world.now + (answer.response == nil ? .seconds(30) : .milliseconds(50)))
      return .answered(answer)
    case .decide(let query):
      queries.append(query)
      do throws(DecisionFailure) {
        return .decided(try decider.decide(query))
      } catch {
        return .undecided(error)
      }
    case .wait(let until, let why):
      waits.append((why, until - world.now))
      world.advance(to: until)
      return .woke
    case .note, .finish, .leave: return nil
    }
  }
}
