// What an outside agent asked for, played again without it: the same hash, or the first request that differs.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct RecordingTests {
  private static let lost = Bench.fault("cloud.create_network", "response-lost", .answer)

  /// A network that is made, read back and reported, with a lost answer in between where a fault says so.
  private func played(
    _ faults: [Plan.Entry] = [], seal: Seal = .none
  ) async throws -> (record: RunRecord, recording: Recording) {
    let session = try await Bench.session(faults, seal: seal)
    let door = JSONDoor()
    let headers = [(name: "idempotency-key", value: "n-1")]
    for _ in 0..<2 {
      _ = await door.handle(Bench.post("v1/cloud/create_network", Bench.network, headers: headers), in: session)
    }
    await session.sleep(.seconds(90))
    _ = await door.handle(Bench.post("v1/cloud/describe_networks", ["customer": "acme"]), in: session)
    await session.report(
      Claim(
        .escalated, text: "Half \"done\".", holdings: [.init(kind: "cloud.network", object: "vpc-1")],
        possibly: [.init(kind: "cloud.cluster", object: nil)], reason: "time", nextAction: "look"))
    await session.close()
    return (await session.finished(), await session.recording)
  }

  private func replay(_ recording: Recording, plan: [Plan.Entry]) throws -> Recording.Replay {
    try recording.replay(in: Bench.setup(), agent: "tested", seed: 1, plan: Plan(plan))
  }

  @Test(arguments: [[], [lost], [Bench.fault("cloud.create_network", "rate-limited", .request)]])
  func theSameRequestsGiveTheSameHash(faults: [Plan.Entry]) async throws {
    let (record, recording) = try await played(faults)
    let again = try replay(Recording(recording.text), plan: faults)
    #expect(again.record.verdict.traceHash == record.verdict.traceHash)
    #expect(again.record.verdict.result == record.verdict.result)
    #expect(again.difference == nil)
    #expect(recording.count >= 3)
  }

  @Test func theIdsOfASealedWorldComeAgain() async throws {
    let (record, recording) = try await played([Self.lost], seal: Seal(77))
    let again = try replay(Recording(recording.text), plan: [Self.lost])
    #expect(again.record.verdict.traceHash == record.verdict.traceHash)
    #expect(try await played([Self.lost]).record.verdict.traceHash != record.verdict.traceHash)
  }

  @Test func theFirstRequestThatFaresOtherwiseIsNamed() async throws {
    let (record, recording) = try await played()
    let limited = try replay(recording, plan: [Bench.fault("cloud.create_network", "rate-limited", .request)])
    #expect(
      limited.difference == "request 1, cloud.create_network, got 200 in the recording and gets 503 now"
        || limited.difference == "request 1, cloud.create_network, got 200 in the recording and gets 429 now",
      "\(limited.difference ?? "none")")
    #expect(limited.record.verdict.traceHash != record.verdict.traceHash)
    let silent = try replay(recording, plan: [Self.lost])
    #expect(silent.difference == "request 1, cloud.create_network, got 200 in the recording and gets no answer now")
  }

  @Test func aProcessThatIsDeadByThenAsksForNothing() async throws {
    let (_, recording) = try await played()
    let again = try replay(recording, plan: [Bench.fault("cloud.create_network", "crash:after", .crash)])
    #expect(
      again.difference
        == "request 1, cloud.create_network, got 200 in the recording and gets no answer now")
  }

  @Test(arguments: [1, 2, 5])
  func aLineThatIsNoneIsNamed(line: Int) async throws {
    var lines = try await played().recording.text.split(separator: "\n").map(String.init)
    lines[line - 1] = #"{"call":"cloud.create_network"}"#
    let error = #expect(throws: Recording.ParseError.self) { try Recording(lines.joined(separator: "\n")) }
    #expect(error?.line == line)
  }
}
