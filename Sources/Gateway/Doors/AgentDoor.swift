// What an outside agent may ask of its run beside the systems: its task, the time, and how to say how it ended.

import Faultline
import Foundation
import Operations
import Primitives

/// `GET task`, `GET deployment`, `GET clock`, `POST clock/sleep`, `POST outcome`, `GET openapi.json`.
struct AgentDoor: Door {
  private static let methods = [
    "task": "GET", "deployment": "GET", "clock": "GET", "clock/sleep": "POST", "outcome": "POST", "openapi.json": "GET",
  ]

  func answers(_ request: WireRequest) -> Bool { Self.methods[request.path] != nil }

  func handle(_ request: WireRequest, in session: Session) async -> WireReply {
    let method = Self.methods[request.path] ?? "GET"
    guard request.method == method else {
      var refusal = WireResponse.problem(405, "Method Not Allowed", "/\(request.path) is asked with \(method).")
      refusal.headers.append(("allow", method))
      return .whole(refusal)
    }
    switch request.path {
    case "task":
      let task = session.task
      return .whole(
        .json([
          "input": JSON(task.input), "run": .text(task.run.text), "workflow": .text(task.workflow.text),
          "systems": Self.systems(of: session.catalogue),
        ]))
    case "openapi.json": return .whole(.json(OpenAPI.document(of: session.catalogue)))
    case "deployment": return .whole(Self.deployment(for: session))
    case "clock":
      let now = await session.now
      return .whole(
        .json([
          "now": .text(now.description), "nanoseconds": .int(now.nanoseconds),
          "passes": .text(session.settings.clock.description),
        ]))
    case "clock/sleep": return .whole(await sleep(request, in: session))
    default: return .whole(await report(request, to: session))
    }
  }

  /// What an agent of this environment is configured with.
  private static func deployment(for session: Session) -> WireResponse {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let deployment = session.task.deployment(of: Int(Session.replica ?? 0))
    guard let document = try? encoder.encode(deployment) else {
      preconditionFailure("every name, number and text has a form in JSON")
    }
    return WireResponse(status: 200, headers: [("content-type", "application/json")], body: Array(document))
  }

  /// What each system declares about itself: how old a read may be, how late a request may arrive, how long a key is
  /// remembered.
  private static func systems(of catalogue: Catalogue) -> JSON {
    .object(
      Dictionary(
        catalogue.services.map { service in
          (
            service.backend.text,
            [
              "profile": .text(service.profile.text), "staleness_seconds": seconds(service.bounds.staleness),
              "lateness_seconds": seconds(service.bounds.lateness),
              "key_window_seconds": service.bounds.keyWindow.map(seconds) ?? .null,
            ]
          )
        }, uniquingKeysWith: { first, _ in first }))
  }

  private static func seconds(_ span: TimeSpan) -> JSON {
    span.nanoseconds % 1_000_000_000 == 0
      ? .int(span.nanoseconds / 1_000_000_000) : .number(span.inSeconds)
  }

  /// Lets at most a month pass.
  private func sleep(_ request: WireRequest, in session: Session) async -> WireResponse {
    let asked = JSON(bytes: request.body)?["seconds"]
    let seconds: Double? =
      switch asked {
      case .int(let whole): Double(whole)
      case .number(let number): number
      default: nil
      }
    guard let seconds, (0...2_678_400).contains(seconds) else {
      return .problem(400, "Bad Request", #"Expected {"seconds": S} with S from 0 to 2678400."#)
    }
    await session.sleep(TimeSpan(nanoseconds: Int64(seconds * 1_000_000_000)))
    return .json(["now": .text(await session.now.description)])
  }

  private func report(_ request: WireRequest, to session: Session) async -> WireResponse {
    guard let report = JSON(bytes: request.body).flatMap({ OutcomeReport($0, in: session.catalogue) }) else {
      return .problem(400, "Bad Request", OutcomeReport.help)
    }
    await session.take(report)
    return .json(["noted": true])
  }
}
