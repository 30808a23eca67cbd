// Control: many isolated worlds in one server, and that nobody comes in without the token.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct ControlTests {
  private struct Place {
    var worlds: WorldHost
    var registry: RunRegistry
    var control: ControlHost

    func ask(_ method: String, _ path: String, _ document: JSON? = nil, query: String = "") async -> WireResponse? {
      let request = WireRequest(method: method, path: path, query: query, body: document?.bytes ?? [])
      return await control.handle(request).response
    }

    /// Makes runs and returns their ids.
    func make(_ wish: JSON) async throws -> [String] {
      let response = await ask("POST", "runs", wish)
      #expect(response?.status == 201)
      return try #require(response?.document?["runs"]?.list).compactMap { $0["id"]?.text }
    }

    /// Calls an operation in a run's world.
    func call(_ run: String, _ operation: String, _ arguments: JSON) async -> WireReply {
      await worlds.handle(Bench.post("w/\(run)/v1/\(operation)", arguments))
    }
  }

  private func place(limit: Int = 2_000) throws -> Place {
    var defaults = Session.Settings()
    defaults.clock = .virtual
    defaults.quiet = .zero
    let worlds = WorldHost()
    let registry = RunRegistry(worlds, setups: ["happy-path": try Bench.setup()], limit: limit)
    let reports = ControlReports(
      verdict: { "{\"verdict\":\"\($0.result.rawValue)\",\"calls\":\($0.metrics.calls)}" }, event: { "\($0)" })
    return Place(
      worlds: worlds, registry: registry,
      control: ControlHost(registry, base: "http://127.0.0.1:1", defaults: defaults, reports: reports))
  }

  @Test func aRunIsMadeLookedIntoAndStopped() async throws {
    let place = try place()
    let run = try await place.make(["scenario": "happy-path", "seed": 7])[0]
    let state = await place.ask("GET", "runs/\(run)")?.document
    #expect(state?["state"] == "running")
    #expect(state?["url"] == .text("http://127.0.0.1:1/w/\(run)"))
    #expect(await place.call(run, "cloud/create_network", Bench.network).response?.status == 200)
    #expect(await place.ask("GET", "runs/\(run)/verdict")?.status == 409)
    let events = await place.ask("GET", "runs/\(run)/timeline")?.document?["events"]?.list ?? []
    #expect(events.contains { $0["text"]?.text?.contains("create_network") == true })
    let stopped = await place.ask("POST", "runs/\(run)/stop")
    #expect(stopped?.document?["calls"] == 1)
    #expect(await place.ask("GET", "runs/\(run)/verdict")?.document == stopped?.document)
    #expect(await place.call(run, "cloud/create_network", Bench.network).isClosed)
    #expect(await place.ask("DELETE", "runs/\(run)")?.status == 204)
    #expect(await place.ask("GET", "runs/\(run)")?.status == 404)
  }

  @Test(arguments: ["virtual", "real", "scaled:10"])
  func aClockIsSetForward(mode: String) async throws {
    let place = try place()
    let run = try await place.make(["clock": .text(mode)])[0]
    func now() async throws -> Instant {
      try #require(await place.ask("GET", "runs/\(run)")?.document?["now"]?.text.flatMap { Instant(iso8601: $0) })
    }
    let before = try await now()
    #expect(await place.ask("POST", "runs/\(run)/clock/advance", ["seconds": 3_600])?.status == 200)
    let passed = try await now() - before
    #expect(passed >= .seconds(3_600))
    #expect(passed < .seconds(4_600))
  }

  @Test func aTimelineComesInPages() async throws {
    let place = try place()
    let run = try await place.make([:])[0]
    for number in 0..<200 {
      _ = await place.call(run, "identity/create_role", ["name": .text("r\(number)"), "customer": "acme"])
    }
    var from: Int64? = 0
    var indices: [Int64] = []
    while let start = from {
      let page = await place.ask("GET", "runs/\(run)/timeline", query: "from=\(start)")?.document
      indices += (page?["events"]?.list ?? []).compactMap { $0["index"]?.int }
      from = page?["next"]?.int
    }
    #expect(indices.count > ControlHost.pageOfEvents)
    #expect(indices == indices.sorted())
    #expect(Set(indices).count == indices.count)
  }

  @Test func aPlanBendsTheRunItWasGivenTo() async throws {
    let place = try place()
    let fault: JSON = ["at": "*/*/cloud.create_network#1/answer", "choose": "response-lost"]
    let bent = try await place.make(["plan": [fault]])[0]
    let straight = try await place.make([:])[0]
    #expect(await place.call(bent, "cloud/create_network", Bench.network).isClosed)
    #expect(await place.call(straight, "cloud/create_network", Bench.network).response?.status == 200)
  }

  @Test(arguments: [
    ("{", "no JSON object"), (#"{"scenario":"no-such"}"#, "served are: happy-path"), (#"{"count":0}"#, "1 to 1000"),
    (#"{"count":1.5}"#, "1 to 1000"), (#"{"clock":"fast"}"#, "scaled:N"), (#"{"sede":7}"#, "unknown key sede"),
    (#"{"plan":[{"at":"x"}]}"#, "response-lost"), (#"{"order":"random"}"#, "canonical or chosen"),
  ])
  func aWishThatCanNotBeReadMakesNothing(body: String, message: String) async throws {
    let place = try place()
    let response = await place.control.handle(WireRequest(method: "POST", path: "runs", body: Array(body.utf8))).response
    #expect(response?.status == 400)
    #expect(response?.document?["detail"]?.text?.contains(message) == true)
    #expect(await place.registry.all().isEmpty)
  }

  @Test func thereAreNeverMoreRunsThanTheLimit() async throws {
    let place = try place(limit: 3)
    _ = try await place.make(["count": 2])
    #expect(await place.ask("POST", "runs", ["count": 2])?.status == 429)
    #expect(await place.registry.all().count == 2)
    _ = try await place.make(["count": 1])
  }

  /// A thousand worlds, a hundred clients at once: each world has what its own client did, once.
  @Test func aThousandWorldsKeepApart() async throws {
    let place = try place()
    let runs = try await place.make(["count": 1_000])
    #expect(Set(runs).count == 1_000)
    await withTaskGroup(of: Void.self) { group in
      for client in 0..<100 {
        group.addTask {
          for number in stride(from: client, to: runs.count, by: 100) {
            let arguments: JSON = ["name": .text("net-\(number)"), "region": "eu-central-1", "customer": "acme"]
            _ = await place.call(runs[number], "cloud/create_network", arguments)
          }
        }
      }
    }
    let closed = await place.registry.closeAll()
    #expect(closed.count == 1_000)
    #expect(closed.allSatisfy { $0.record.verdict.metrics.calls == 1 && $0.record.made("cloud.network") == 1 })
    #expect(await place.ask("POST", "runs", [:])?.status == 409)
  }

  @Test(arguments: [
    (nil, 401), ("wrong-token", 401), ("secret-token", 200),
  ] as [(String?, Int)])
  func nobodyComesInWithoutTheToken(token: String?, status: Int) async throws {
    var settings = GatewayServer.Settings()
    settings.token = "secret-token"
    settings.takesBearer = true
    for header in ["X-Faultline-Token: ", "Authorization: Bearer "] {
      let line = token.map { "\(header)\($0)\r\n" } ?? ""
      let received = try await SocketTests.bytes(
        of: "GET /scenarios HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\(line)\r\n", from: try place().control,
        settings: settings)
      #expect(received.hasPrefix("HTTP/1.1 \(status) "))
    }
  }
}
