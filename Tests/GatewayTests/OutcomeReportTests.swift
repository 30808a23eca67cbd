// What agents say at their end: the same words through the plain door and through MCP, and a schema that tells them.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct OutcomeReportTests {
  enum Way: Sendable, CaseIterable {
    case json, mcp
  }

  /// Reports through one of the doors, as one of several processes, and tells whether it was taken.
  private func report(
    _ document: JSON, _ way: Way, to session: Session, as replica: Int? = nil
  ) async throws -> Bool {
    let host = WorldHost()
    host.add(session, as: "1")
    let base = replica.map { "w/1/replica/\($0)/" } ?? "w/1/"
    switch way {
    case .json:
      return await host.handle(Bench.post(base + "outcome", document)).response?.status == 200
    case .mcp:
      let call: JSON = [
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": ["name": "report_outcome", "arguments": document],
      ]
      let answer = try #require(await host.handle(Bench.post(base + "mcp", call)).response?.document)
      #expect(answer["error"] == nil || answer["error"]?["code"] == -32602)
      return answer["result"]?["structuredContent"]?["noted"] == true
    }
  }

  /// The claim that a run ended with; nil where there was none.
  private func claim(in session: Session) async -> Claim? {
    await session.close()
    let entries = await session.finished().trace.entries
    return entries.compactMap { if case .claimed(_, let claim) = $0.event { claim } else { nil } }.last
  }

  /// A world whose first process claims, and whose second stands down.
  @Test(arguments: Way.allCases, ["stood-down", "stood_down"])
  func whoLeavesTheWorkToAnotherClaimsNothing(way: Way, word: String) async throws {
    var scenario = try Bench.setup().scenario
    scenario.rollout.chosen = 2
    var settings = Session.Settings()
    settings.clock = .virtual
    settings.quiet = .zero
    let session = try Session(WorldSetup(scenario: scenario), agent: OutsideAgent(name: "tested"), settings: settings)
    await session.begin()
    #expect(await session.running.count == 2)
    #expect(try await report(["outcome": "escalated"], way, to: session, as: 0))
    #expect(try await report(["outcome": .text(word)], way, to: session, as: 1))
    for process in await session.running.reversed() { await session.processEnded(process, status: 0) }
    let record = await session.finished()
    let stoodDown = record.trace.entries.contains { $0.event == .stoodDown(ProcessID(index: 1, incarnation: 1)) }
    #expect(stoodDown)
    #expect(record.verdict.outcome == .escalated)
  }

  /// By either name of the operation; an argument as people write it becomes what the operation takes.
  @Test(arguments: Way.allCases, ["billing.create_credit_note", "billing_create_credit_note"])
  func aDryRunTellsItsPlan(way: Way, operation: String) async throws {
    let session = try await Bench.session()
    let document: JSON = [
      "outcome": "completed", "text": "would credit",
      "plan": [
        [
          "step": "credit", "operation": .text(operation), "arguments": ["invoice": "in_1", "amount": "12.00 EUR"],
          "principal": "agent-billing", "protection": "key",
        ]
      ],
    ]
    #expect(try await report(document, way, to: session))
    let said = try #require(await claim(in: session))
    #expect(said.text == "would credit")
    let effect = try #require(said.plan.first)
    #expect(said.plan.count == 1)
    #expect(effect.operation == "billing.create_credit_note")
    #expect(effect.arguments["amount"] == .money(Money(minorUnits: 1_200, currency: .eur)))
    #expect(effect.step == "credit" && effect.principal == "agent-billing" && effect.protection == "key")
  }

  @Test(arguments: Way.allCases, [
    ["outcome": "done"], ["text": "no outcome"], ["outcome": "completed", "txt": "a slip"],
    ["outcome": "stood-down", "txt": "a slip"], ["outcome": "escalated", "reason": 5],
    ["outcome": "completed", "plan": [["operation": "cloud.conquer"]]],
    ["outcome": "completed", "plan": [["step": "no operation"]]],
    ["outcome": "completed", "plan": ["operation": "cloud.create_network"]],
    ["outcome": "completed", "holdings": [["id": "of no kind"]]],
  ] as [JSON])
  func whatNobodyCanReadIsRefused(way: Way, document: JSON) async throws {
    let session = try await Bench.session()
    #expect(try await report(document, way, to: session) == false)
    #expect(await claim(in: session) == nil)
  }

  /// The tool's schema has each word that is read, each member, and no other.
  @Test func theSchemaIsTrue() throws {
    let catalogue = try Bench.setup().catalogue
    let tool = try #require(
      MCPTools.list(of: catalogue).list?.first { $0["name"] == .text(MCPTools.reportOutcome) })
    let schema = try #require(tool["inputSchema"])
    let words = try #require(schema["properties"]?["outcome"]?["enum"]?.list)
    #expect(Set(words) == ["completed", "rolled-back", "escalated", "stood-down"])
    for word in words { #expect(OutcomeReport(["outcome": word], in: catalogue) != nil) }
    let members = try #require(schema["properties"]?.object).keys
    #expect(Set(members) == ["outcome", "text", "holdings", "possibly", "reason", "next_action", "plan"])
    for member in members where member != "outcome" {
      // Each may be left out, and none is a number.
      #expect(OutcomeReport(.object(["outcome": "completed", member: .null]), in: catalogue) != nil)
      #expect(OutcomeReport(.object(["outcome": "completed", member: 5]), in: catalogue) == nil)
    }
    #expect(schema["additionalProperties"] == false)
  }
}
