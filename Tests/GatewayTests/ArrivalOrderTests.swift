// Requests that arrive together: in canonical order, or as the plan says, and the trace tells which.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct ArrivalOrderTests {
  /// Sends three requests at once, and returns the names in the order in which they were handled, and what was noted.
  private func handled(_ order: ArrivalOrder, _ choices: [Name]) async throws -> (names: [String], notes: [String]) {
    var settings = Session.Settings()
    settings.clock = .virtual
    settings.quiet = .milliseconds(100)
    settings.order = order
    settings.plan = Plan(
      choices.enumerated().map { place, choice in
        Plan.Entry(at: SitePattern(point: "together", call: place + 1, aspect: .order), choose: choice)
      })
    let session = try Session(Bench.setup(), agent: OutsideAgent(name: "tested"), settings: settings)
    await session.begin()
    await withTaskGroup(of: Void.self) { group in
      for name in ["a", "b", "c"] {
        group.addTask {
          _ = await JSONDoor().handle(
            Bench.post("v1/identity/create_role", ["name": .text(name), "customer": "acme"]), in: session)
        }
      }
    }
    await session.close()
    let record = await session.finished()
    var names: [String] = []
    var notes: [String] = []
    for entry in record.trace.entries {
      switch entry.event {
      case .sent(_, let request, _, _): names.append(request.arguments.text("name") ?? "")
      case .observed(_, .mark(let mark)): notes.append(mark.text)
      default: break
      }
    }
    return (names, notes)
  }

  @Test func canonicalOrderIsAlwaysTheSameAndNoChoice() async throws {
    let first = try await handled(.canonical, [])
    #expect(first.names.sorted() == ["a", "b", "c"])
    #expect(first.notes.contains("together:3 canonical"))
    #expect(try await handled(.canonical, ["next-3"]).names == first.names)
  }

  @Test func theChosenOrderFollowsThePlan() async throws {
    let canonical = try await handled(.canonical, []).names
    let unbent = try await handled(.chosen, [])
    #expect(unbent.names == canonical)
    #expect(unbent.notes.contains("together:3 canonical"))
    let bent = try await handled(.chosen, ["next-3", "next-2"])
    #expect(bent.names == [canonical[2], canonical[1], canonical[0]])
    #expect(bent.notes.contains("together:3 3-2-1"))
  }
}
