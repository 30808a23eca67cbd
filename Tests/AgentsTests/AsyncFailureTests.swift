// What becomes of an `async` agent that dies, spins, throws, or leaves the simulation.

import Faultline
import Operations
import Primitives
import Synchronization
import Testing

@testable import Agents

@Suite("Async agents that fail")
struct AsyncFailureTests {
  /// Counts from within an agent without the world's knowledge.
  final class Tally: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  @Test("A crash ends every task; what they do while they unwind has no effect")
  func crashUnwinds() {
    let unwound = Tally()
    var world = ScriptedWorld(
      ClosureAgent { context in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in 0..<3 {
            group.addTask {
              defer { unwound.add() }
              do {
                try await context.call(Name("x.call\(index)"))
              } catch {
                context.observe(.mark("cleaning up"))
                try await context.call("x.undo")
              }
            }
          }
          try await group.waitForAll()
        }
        return nil
      })
    world.start()
    #expect(world.operations.count == 3)
    world.crash()
    #expect(unwound.value == 3)
    #expect(world.operations.count == 3)
    #expect(world.marks.isEmpty)
    world.hand(.answered(1, .response(.ok())))
    #expect(world.commands.count == 3)
  }

  @Test("An agent that retries for ever is let go of after its crash")
  func crashIsBounded() {
    let tries = Tally()
    var world = ScriptedWorld(
      ClosureAgent { context in
        while true {
          tries.add()
          if (try? await context.call("x.y")) != nil { return nil }
        }
      })
    world.start()
    world.crash()
    #expect((2...2_000).contains(tries.value))
    #expect(world.commands.count == 1)
  }

  @Test("A restart begins from the top, with the store as it was")
  func restart() {
    let agent = ClosureAgent { context in
      let known = try await context.store.get("cluster")?.text
      if let known { return Claim(.completed, text: known) }
      try await context.store.put("cluster", "i-1")
      try await context.call("x.y")
      return nil
    }
    var world = ScriptedWorld(agent)
    world.start()
    world.steps(4)
    #expect(world.operations == ["x.y"])
    world.crash()
    world.play(.restarted)
    #expect(world.claims.map(\.text) == ["i-1"])
    #expect(world.deployment.explanation() == ["cluster = \"i-1\""])
  }

  @Test("A write that was asked for and not performed is lost with the process")
  func lostWrite() {
    let agent = ClosureAgent { context in
      if try await context.store.get("k") != nil { return Claim(.completed, text: "kept") }
      try await context.store.put("k", 1)
      return nil
    }
    var world = ScriptedWorld(agent)
    world.start()
    world.steps(2)
    #expect(world.commands.count == 2)
    world.crash()
    world.start(.restarted)
    world.steps(2)
    #expect(world.claims.isEmpty)
  }

  @Test("An error that gets out ends the process without a claim, and is told")
  func threw() {
    var world = ScriptedWorld(
      ClosureAgent { context in
        try await context.call("x.y")
        return nil
      }, answer: { _ in .none(.timedOut) })
    world.play()
    #expect(world.marks == ["threw: timed out"])
    #expect(world.claims.isEmpty)
  }

  @Test("An agent that spins is stopped and named")
  func spins() {
    var world = ScriptedWorld(
      ClosureAgent { _ in
        while true { await Task.yield() }
      })
    world.start()
    #expect(world.marks == [AsyncFailure.spun.sentence])
  }

  @Test("What leaves the simulation is reported, never waited for", arguments: Escape.allCases)
  func escapes(_ escape: Escape) {
    var world = ScriptedWorld(escape.agent)
    world.play()
    #expect(world.marks == [AsyncFailure.leftTheSimulation.sentence])
    #expect(world.claims.isEmpty)
  }

  enum Escape: CaseIterable {
    case taskSleep, detached, unstructured, mainActor, detachedCall

    var agent: ClosureAgent {
      switch self {
      case .taskSleep:
        ClosureAgent { context in
          try await Task.sleep(for: .seconds(5))
          try await context.call("x.y")
          return AsyncFacadeTests.done
        }
      case .detached:
        ClosureAgent { _ in
          await Task.detached { try? await Task.sleep(for: .seconds(5)) }.value
          return AsyncFacadeTests.done
        }
      case .unstructured:
        ClosureAgent { _ in
          await Task { try? await Task.sleep(for: .seconds(5)) }.value
          return AsyncFacadeTests.done
        }
      case .mainActor:
        ClosureAgent { _ in
          await MainActor.run {}
          return AsyncFacadeTests.done
        }
      case .detachedCall:
        ClosureAgent { context in
          await Task.detached { _ = try? await context.call("x.y") }.value
          return AsyncFacadeTests.done
        }
      }
    }
  }
}
