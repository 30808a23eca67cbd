// Ordinary `async` Swift is a function of what the world tells it.

import Faultline
import Operations
import Primitives
import Synchronization
import Testing

@testable import Agents

/// An agent made of a closure.
struct ClosureAgent: AsyncAgent {
  let body: @Sendable (AgentContext) async throws -> Claim?

  init(_ body: @escaping @Sendable (AgentContext) async throws -> Claim?) { self.body = body }

  func run(_ context: AgentContext) async throws -> Claim? { try await body(context) }
}

@Suite("Async façade")
struct AsyncFacadeTests {
  static let done = Claim(.completed, text: "done")

  @Test("A call suspends the agent until its answer comes")
  func callSuspends() {
    var world = ScriptedWorld(
      ClosureAgent { context in
        let made = try await context.call("cloud.create_cluster", ["name": "acme"], key: "k")
        return Claim(.completed, text: made.body.text("id") ?? "")
      },
      answer: { _ in .response(.ok(["id": "i-1"])) })
    world.start()
    #expect(world.operations == ["cloud.create_cluster"])
    #expect(world.claims.isEmpty)
    world.steps(1)
    #expect(world.claims == [Claim(.completed, text: "i-1")])
  }

  @Test("Refusals and missing answers are thrown as a client library would")
  func errors() {
    let refusal = Response.refused(404, "NotFound", "no such cluster")
    let answers: [(Answer, CallError)] = [
      (.none(.timedOut), .timedOut), (.none(.connectionLost), .connectionLost),
      (.none(.unreadable), .unreadable), (.response(refusal), .refused(refusal)),
    ]
    for (answer, expected) in answers {
      var world = ScriptedWorld(
        ClosureAgent { context in
          do {
            try await context.call("x.y")
            return nil
          } catch let error as CallError {
            return Claim(error == expected ? .completed : .escalated, text: "\(error)")
          }
        }, answer: { _ in answer })
      world.play()
      #expect(world.claims.map(\.ending) == [.completed])
    }
  }

  @Test("Sleeping passes simulated time and no real time")
  func sleep() {
    var world = ScriptedWorld(
      ClosureAgent { context in
        let start = context.now
        try await context.sleep(.hours(100))
        return Claim(.completed, text: "\(context.now - start)")
      })
    world.play()
    #expect(world.claims.map(\.text) == ["100h"])
  }

  @Test("Child tasks have several calls under way, in the order in which they were added")
  func taskGroup() {
    let agent = ClosureAgent { context in
      let texts = try await withThrowingTaskGroup(of: String.self) { group in
        for index in 0..<5 {
          group.addTask {
            await Task.yield()
            let response = try await context.call(Name("x.call\(index)"))
            return response.body.text("id") ?? ""
          }
        }
        var texts: [String] = []
        for try await text in group { texts.append(text) }
        return texts
      }
      return Claim(.completed, text: texts.joined(separator: " "))
    }
    var world = ScriptedWorld(agent) { .response(.ok(["id": .text($0.request.operation.text)])) }
    world.start()
    #expect(world.operations == ["x.call0", "x.call1", "x.call2", "x.call3", "x.call4"])
    while world.step() {}
    #expect(world.claims.map(\.text) == ["x.call0 x.call1 x.call2 x.call3 x.call4"])
  }

  @Test("Tasks go on in the order in which they were enqueued; one that yields goes behind the others")
  func order() {
    var world = ScriptedWorld(
      ClosureAgent { context in
        async let yielding: Void = {
          for _ in 0..<5 { await Task.yield() }
          try await context.call("x.third")
        }()
        async let first = context.call("x.first")
        async let second = context.call("x.second")
        _ = try await (yielding, first, second)
        return AsyncFacadeTests.done
      })
    world.start()
    #expect(world.operations == ["x.first", "x.second", "x.third"])
  }

  @Test("A claim can be made before the process is done, and is made once")
  func announces() {
    var world = ScriptedWorld(
      ClosureAgent { context in
        context.announce(AsyncFacadeTests.done)
        try await context.call("x.afterwards")
        return Claim(.escalated, text: "not said")
      })
    world.play()
    #expect(world.claims == [AsyncFacadeTests.done])
    #expect(world.operations == ["x.afterwards"])
  }

  @Test("Answers that come in another order wake the tasks in that order")
  func answersOutOfOrder() {
    var world = ScriptedWorld(
      ClosureAgent { context in
        async let first = context.call("x.first")
        async let second = context.call("x.second")
        _ = try await (first, second)
        return AsyncFacadeTests.done
      })
    world.start()
    world.hand(.answered(2, .response(.ok())))
    #expect(world.claims.isEmpty)
    world.hand(.answered(1, .response(.ok())))
    #expect(world.claims == [AsyncFacadeTests.done])
  }

  @Test("The same inputs give the same commands and the same digest", arguments: 0..<50 as Range<UInt64>)
  func determinism(seed: UInt64) {
    func play() -> ([AgentCommand], UInt64) {
      var world = ScriptedWorld(BusyAgent(seed: seed)) { call in
        let draw = Draw(seed: seed, key: UInt64(call.ticket))
        return draw.below(4) == 0 ? .none(.timedOut) : .response(.ok(["id": .text(draw.identifier("o-"))]))
      }
      world.play()
      return (world.commands, world.deployment.stableDigest)
    }
    let (first, second) = (play(), play())
    #expect(first.0.count > 20)
    #expect(first.0 == second.0)
    #expect(first.1 == second.1)
  }

  @Test("Another answer gives another digest")
  func digestCoversInputs() {
    func digest(_ answer: Answer) -> UInt64 {
      var world = ScriptedWorld(
        ClosureAgent { context in
          _ = try await context.send("x.y")
          return AsyncFacadeTests.done
        }, answer: { _ in answer })
      world.play()
      return world.deployment.stableDigest
    }
    #expect(digest(.none(.timedOut)) != digest(.none(.connectionLost)))
  }

  @Test("A cancelled child's call fails at once, and its late answer is dropped")
  func cancellation() {
    var world = ScriptedWorld(
      ClosureAgent { context in
        let winner = try await withThrowingTaskGroup(of: String.self) { group in
          group.addTask { try await context.call("x.slow").body.text("id") ?? "call" }
          group.addTask {
            try await context.sleep(.seconds(5))
            return "timer"
          }
          defer { group.cancelAll() }
          return try await group.next() ?? ""
        }
        return Claim(.completed, text: winner)
      })
    world.start()
    world.hand(.woke(1 << 31 + 1))
    #expect(world.claims.map(\.text) == ["timer"])
    world.hand(.answered(1, .response(.ok())))
    #expect(world.claims.count == 1)
  }

  @Test("Draws and ids differ by purpose, by use and by incarnation")
  func draws() {
    let agent = ClosureAgent { context in
      let words = [context.random("a"), context.random("a"), context.random("b")].map(\.word.hexadecimal)
      return Claim(.completed, text: (words + [context.newID("k-"), context.newID("k-")]).joined(separator: " "))
    }
    var world = ScriptedWorld(agent)
    world.start()
    world.crash()
    world.start(.restarted)
    let parts = world.claims.flatMap { $0.text.split(separator: " ") }
    #expect(parts.count == 10)
    #expect(Set(parts).count == 10)
  }
}

/// Does a bit of everything at once, as the seed says.
struct BusyAgent: AsyncAgent {
  let seed: UInt64

  func run(_ context: AgentContext) async throws -> Claim? {
    let counter = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<6 as Range<UInt64> {
        group.addTask {
          for round in 0..<4 as Range<UInt64> {
            let draw = Draw(seed: seed, key: index).derived(round)
            switch draw.below(4) {
            case 0: _ = try await context.send(Name("x.call\(index)"))
            case 1: try await context.sleep(.milliseconds(Int64(draw.derived(1).below(50))))
            case 2: try await context.store.put(Name("k\(index)"), .int(Int64(round)))
            default: for _ in 0..<draw.derived(2).below(5) { await Task.yield() }
            }
            await counter.add()
            _ = try await context.send("x.tick", ["n": .int(await counter.value)])
          }
        }
      }
      try await group.waitForAll()
    }
    return Claim(.completed, text: "\(await counter.value)")
  }

  actor Counter {
    var value: Int64 = 0
    func add() { value += 1 }
  }
}
