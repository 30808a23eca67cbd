// Control: who may make worlds, look into them and end them. Never the agent, so it has a port and a token of its own.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation

/// `POST runs`, `GET runs`, `GET runs/ID`, `POST runs/ID/clock/advance`, `GET runs/ID/timeline`, `GET runs/ID/verdict`,
/// `POST runs/ID/stop`, `DELETE runs/ID`, `GET scenarios`, `GET health`.
public struct ControlHost: RequestHandler {
  /// More than this is asked for in several requests.
  static let mostAtOnce = 1_000
  /// How many events one answer holds.
  static let pageOfEvents = 500

  private let registry: RunRegistry
  private let reports: ControlReports
  private let defaults: Session.Settings
  /// Where agents reach the worlds, without a slash at its end.
  private let base: String

  public init(
    _ registry: RunRegistry, base: String, defaults: Session.Settings = .init(), reports: ControlReports
  ) {
    self.registry = registry
    self.base = base
    self.defaults = defaults
    self.reports = reports
  }

  public func handle(_ request: WireRequest) async -> WireReply {
    let segments = request.segments
    switch (request.method, segments.count) {
    case ("GET", 1) where segments[0] == "health": return .whole(.json(["status": "ok"]))
    case ("GET", 1) where segments[0] == "scenarios":
      return .whole(.json(["scenarios": .list(registry.scenarios.map { .text($0.text) })]))
    case ("GET", 1) where segments[0] == "runs": return .whole(await list())
    case ("POST", 1) where segments[0] == "runs": return .whole(await make(request))
    default: break
    }
    guard segments.first == "runs", segments.count >= 2 else {
      return .whole(.problem(404, "Not Found", "Control answers to /runs, /runs/ID, /scenarios and /health."))
    }
    guard let entry = await registry.entry(String(segments[1])) else {
      return .whole(.problem(404, "Not Found", "There is no run \(segments[1]); GET /runs lists them."))
    }
    let action = segments.dropFirst(2).joined(separator: "/")
    guard let method = Self.methods[action] else {
      return .whole(.problem(404, "Not Found", "A run has clock/advance, timeline, verdict and stop."))
    }
    guard method.contains(request.method) else {
      var refusal = WireResponse.problem(405, "Method Not Allowed", "/\(request.path) is asked with \(method[0]).")
      refusal.headers.append(("allow", method.joined(separator: ", ")))
      return .whole(refusal)
    }
    switch action {
    case "clock/advance": return .whole(await advance(entry, by: request))
    case "timeline": return .whole(await timeline(of: entry, request))
    case "verdict": return .whole(await verdict(of: entry))
    case "stop":
      await entry.session.close()
      return .whole(await verdict(of: entry))
    default: break
    }
    guard request.method == "DELETE" else { return .whole(.json(await state(of: entry))) }
    await registry.remove(entry.id)
    return .whole(WireResponse(status: 204))
  }

  private static let methods: [String: [String]] = [
    "": ["GET", "DELETE"], "clock/advance": ["POST"], "timeline": ["GET"], "verdict": ["GET"], "stop": ["POST"],
  ]

  // MARK: Runs

  private func list() async -> WireResponse {
    var runs: [JSON] = []
    for entry in await registry.all() { runs.append(await state(of: entry)) }
    return .json(["runs": .list(runs)])
  }

  private func state(of entry: RunRegistry.Entry) async -> JSON {
    let url = "\(base)/w/\(entry.id)"
    var members: [String: JSON] = [
      "id": .text(entry.id), "scenario": .text(entry.scenario.text), "seed": .int(Int64(clamping: entry.seed)),
      "clock": .text(entry.clock.description), "url": .text(url), "mcp_url": .text("\(url)/mcp"),
      "openai_base_url": .text("\(url)/model/v1"), "anthropic_base_url": .text("\(url)/model"),
      "now": .text(await entry.session.now.description),
    ]
    let record = await entry.session.recordSoFar
    members["state"] = record == nil ? "running" : "ended"
    if let record { members["verdict"] = .text(record.verdict.result.rawValue) }
    return .object(members)
  }

  private func make(_ request: WireRequest) async -> WireResponse {
    guard let document = request.body.isEmpty ? [:] : JSON(bytes: request.body), document.object != nil else {
      return .problem(400, "Bad Request", "The body is no JSON object.")
    }
    let wish: RunRegistry.Wish
    do {
      wish = try RunRegistry.Wish(document, scenarios: registry.scenarios, defaults: defaults)
    } catch {
      return .problem(400, "Bad Request", error.message)
    }
    do {
      var runs: [JSON] = []
      for entry in try await registry.make(wish) { runs.append(await state(of: entry)) }
      return .json(["runs": .list(runs)], status: 201)
    } catch {
      switch error {
      case .tooMany(let limit):
        return .problem(429, "Too Many Requests", "The server keeps at most \(limit) runs; DELETE those that are done.")
      case .unbuildable(let reason): return .problem(409, "Conflict", "No run can be made: \(reason).")
      }
    }
  }

  // MARK: One run

  /// Lets at most a month pass at once.
  private func advance(_ entry: RunRegistry.Entry, by request: WireRequest) async -> WireResponse {
    guard let seconds = JSON(bytes: request.body)?["seconds"]?.double, (0...2_678_400).contains(seconds) else {
      return .problem(400, "Bad Request", #"Expected {"seconds": S} with S from 0 to 2678400."#)
    }
    await entry.session.advanceClock(TimeSpan(nanoseconds: Int64(seconds * 1_000_000_000)))
    return .json(["now": .text(await entry.session.now.description)])
  }

  private func timeline(of entry: RunRegistry.Entry, _ request: WireRequest) async -> WireResponse {
    let from = request.queryItems["from"].map { Int($0) ?? -1 } ?? 0
    guard from >= 0 else { return .problem(400, "Bad Request", "from is the number of an event, from 0.") }
    let page = await entry.session.events(from: from, atMost: Self.pageOfEvents)
    var members: [String: JSON] = [
      "events": .list(
        page.events.map { event in
          ["index": .int(Int64(event.index)), "at": .text(event.at.description), "text": .text(reports.event(event.event))]
        })
    ]
    if let next = page.next { members["next"] = .int(Int64(next)) }
    return .json(.object(members))
  }

  private func verdict(of entry: RunRegistry.Entry) async -> WireResponse {
    guard let record = await entry.session.recordSoFar else {
      return .problem(409, "Conflict", "The run is at work; POST /runs/\(entry.id)/stop ends it.")
    }
    let text = reports.verdict(record.verdict)
    return WireResponse(status: 200, headers: [("content-type", "application/json")], body: Array(text.utf8))
  }
}

/// What is wrong with a wish.
struct WishProblem: Error { var message: String }

extension RunRegistry.Wish {
  /// Reads `{"scenario": NAME, "count": N, "seed": N, "clock": …, "loss": …, "quiet_ms": N, "plan": [{"at": …,
  /// "choose": …}]}`; all but the scenario may be left out, and that too where there is only one.
  init(_ document: JSON, scenarios: [Name], defaults: Session.Settings) throws(WishProblem) {
    let known = ["scenario", "count", "seed", "clock", "loss", "order", "quiet_ms", "plan"]
    for key in (document.object ?? [:]).keys.sorted() where !known.contains(key) {
      throw WishProblem(message: "unknown key \(key); known: \(known.joined(separator: ", "))")
    }
    let names = scenarios.map(\.text).joined(separator: ", ")
    switch document["scenario"] {
    case .text(let text) where scenarios.contains(Name(text)): scenario = Name(text)
    case nil where scenarios.count == 1: scenario = scenarios[0]
    default: throw WishProblem(message: "expected the name of a scenario in \"scenario\"; served are: \(names)")
    }
    count = Int(document["count"] == nil ? 1 : document["count"]?.int ?? 0)
    guard (1...ControlHost.mostAtOnce).contains(count) else {
      throw WishProblem(message: "count is a whole number from 1 to \(ControlHost.mostAtOnce)")
    }
    settings = defaults
    if let given = document["seed"] {
      guard let number = given.int, number >= 0 else { throw WishProblem(message: "seed is a whole number from 0") }
      seed = UInt64(number)
    }
    if let given = document["clock"] {
      guard let mode = given.text.flatMap({ ClockMode($0) }) else {
        throw WishProblem(message: "clock is real, virtual or scaled:N")
      }
      settings.clock = mode
    }
    if let given = document["loss"] {
      guard let form = given.text.flatMap({ LossForm(rawValue: $0) }) else {
        throw WishProblem(message: "loss is \(LossForm.allCases.map(\.rawValue).joined(separator: " or "))")
      }
      settings.loss = form
    }
    if let given = document["order"] {
      guard let order = given.text.flatMap({ ArrivalOrder(rawValue: $0) }) else {
        throw WishProblem(message: "order is \(ArrivalOrder.allCases.map(\.rawValue).joined(separator: " or "))")
      }
      settings.order = order
    }
    if let given = document["quiet_ms"] {
      guard let milliseconds = given.int, (0...10_000).contains(milliseconds) else {
        throw WishProblem(message: "quiet_ms is a whole number from 0 to 10000")
      }
      settings.quiet = .milliseconds(milliseconds)
    }
    if let given = document["plan"] {
      guard let entries = given.list else { throw WishProblem(message: "plan is a list of faults with at and choose") }
      plan = Plan()
      for entry in entries {
        guard let at = entry["at"]?.text.flatMap({ SitePattern(path: $0) }), let choose = entry["choose"]?.text else {
          throw WishProblem(
            message: #"a fault is {"at": "*/*/cloud.create_cluster#1/answer", "choose": "response-lost"}"#)
        }
        plan?.entries.append(Plan.Entry(at: at, choose: Name(choose)))
      }
    }
  }
}
