// Which tickets ask for the agent's work: those of others, not those that it files itself.

import Agents
import Faultline
import Foundation
import Operations
import Primitives
import Synchronization
import Testing

@testable import Gateway

/// Notes which processes are started, and by what.
private final class Roll: ProcessKeeper {
  let triggers = Mutex<[Name]>([])

  func start(_ process: ProcessID, trigger: Trigger) async { triggers.withLock { $0.append(trigger.name) } }
  func kill(_ process: ProcessID) async {}
}

@Suite struct OwnTicketTests {
  private static let webhook: Name = "ticketing.ticket.created"
  private static let handOver: JSON = [
    "customer": "acme", "subject": "Please finish this by hand", "text": "The onboarding of acme stopped.",
  ]

  /// Plays a minute of a world in which the agent works through the plain door.
  ///
  /// - Returns: what started its processes.
  private func triggers(
    _ change: (inout Scenario) -> Void = { _ in }, filing tickets: [JSON] = [], by headers: [(String, String)] = []
  ) async throws -> [Name] {
    var scenario = try Bench.setup().scenario
    change(&scenario)
    var settings = Session.Settings()
    settings.clock = .virtual
    settings.quiet = .zero
    let roll = Roll()
    let session = try Session(
      WorldSetup(scenario: scenario), agent: OutsideAgent(name: "tested"), settings: settings, keeper: roll)
    await session.begin()
    let host = WorldHost()
    host.add(session, as: "1")
    for ticket in tickets {
      let filed = await host.handle(
        Bench.post("v1/ticketing/create_ticket", ticket, headers: headers.map { (name: $0.0, value: $0.1) }))
      #expect(filed.response?.status == 201)
    }
    await Session.$replica.withValue(0) { await session.advanceClock(.minutes(1)) }
    return roll.triggers.withLock { $0 }
  }

  @Test func theCustomersTicketStartsTheWork() async throws {
    #expect(try await triggers() == [Self.webhook])
  }

  @Test(arguments: [[], [("authorization", "Bearer agent-ticketing")]] as [[(String, String)]])
  func aTicketThatTheAgentFilesIsNoRequest(headers: [(String, String)]) async throws {
    #expect(try await triggers(filing: [Self.handOver, Self.handOver], by: headers) == [Self.webhook])
  }

  @Test func itIsOneWhereTheScenarioSaysSo() async throws {
    let triggers = try await triggers({ $0.rollout.hearsOwnTickets = true }, filing: [Self.handOver])
    #expect(triggers == [Self.webhook, Self.webhook])
  }

  /// The control: somebody else's second ticket is a request like the first.
  @Test func aPersonsTicketStartsTheWorkOnceMore() async throws {
    let triggers = try await triggers { scenario in
      scenario.people = [
        Scenario.ScriptedAct(
          "night-shift",
          Scenario.HandDeed(
            "ticketing.create_ticket", to: "acme", with: ["customer": "acme", "subject": "Onboard acme"]),
          .at(.seconds(10)))
      ]
    }
    #expect(triggers == [Self.webhook, Self.webhook])
  }

  @Test func theScenarioSaysItInItsFile() throws {
    let reader = ScenarioReader(Vocabulary.standard())
    let path = Bench.root.appending(path: "scenarios/happy-path.yaml").path(percentEncoded: false)
    #expect(try !reader.read(path: path).rollout.hearsOwnTickets)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(try reader.read(text: text + "own_tickets: true\n", path: path).rollout.hearsOwnTickets)
  }
}
