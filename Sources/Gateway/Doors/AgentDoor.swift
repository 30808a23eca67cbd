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
    guard let document = JSON(bytes: request.body) else { return .problem(400, "Bad Request", Claim.reportHelp) }
    if document["outcome"]?.text == "stood-down" {
      await session.standDown()
      return .json(["noted": true])
    }
    guard let claim = Claim(reported: document, in: session.catalogue) else {
      return .problem(400, "Bad Request", Claim.reportHelp)
    }
    await session.report(claim)
    return .json(["noted": true])
  }
}

extension Claim {
  static let reportHelp = """
    Expected {"outcome": "completed" | "rolled-back" | "escalated", "text": "…", "holdings": [{"kind": \
    "cloud.cluster", "id": "…"}], "possibly": […], "reason": "…", "next_action": "…", "plan": [{"step": "…", \
    "operation": "…", "arguments": {…}}]}; all but the outcome may be left out. A replica that leaves the work to \
    another says "stood-down".
    """

  /// Reads what an agent reports; nil where it says no outcome that is known, or something is of another kind.
  ///
  /// - Parameter catalogue: by which a plan of a dry run is read; nil where that is no part of the document.
  init?(reported document: JSON, in catalogue: Catalogue?) {
    guard let word = document["outcome"]?.text, let ending = Ending(rawValue: word.replacing("_", with: "-")) else {
      return nil
    }
    guard let holdings = Self.holdings(document["holdings"]), let possibly = Self.holdings(document["possibly"]) else {
      return nil
    }
    self.init(
      ending, text: document["text"]?.text ?? word, holdings: holdings, possibly: possibly,
      reason: document["reason"]?.text, nextAction: document["next_action"]?.text)
    guard let catalogue, let planned = document["plan"], planned != .null else { return }
    guard let items = planned.list else { return nil }
    for item in items {
      guard let planned = Planned(reported: item, in: catalogue) else { return nil }
      plan.append(planned)
    }
  }

  /// Nil where something in the list names no kind.
  private static func holdings(_ list: JSON?) -> [Holding]? {
    guard let list, list != .null else { return [] }
    guard let items = list.list else { return nil }
    var holdings: [Holding] = []
    for item in items {
      guard let kind = item["kind"]?.text else { return nil }
      holdings.append(Holding(kind: Name(kind), object: item["id"]?.text))
    }
    return holdings
  }
}

extension Claim.Planned {
  /// Reads an effect that a dry run holds back; nil where its operation is unknown or an argument does not fit.
  fileprivate init?(reported item: JSON, in catalogue: Catalogue) {
    guard let operation = item["operation"]?.text.flatMap({ catalogue[Name($0)] }),
      let arguments = try? operation.arguments(from: item["arguments"] ?? [:])
    else { return nil }
    self.init(
      step: Name(item["step"]?.text ?? ""), operation: operation.name, arguments: arguments,
      principal: Name(item["principal"]?.text ?? ""), protection: item["protection"]?.text ?? "",
      reversal: item["reversal"]?.text ?? "")
  }
}
