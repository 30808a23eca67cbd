// Zendesk's ticketing API, so that its clients work with a base URL: a face of the system `ticketing`.

import Faultline
import Operations
import Primitives

/// `api/v2/tickets`, `api/v2/tickets/{id}`, `…/comments` and `api/v2/search`, each with or without `.json`
/// (https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/).
///
/// The customer is the requester's name, else the organization's id. A `PUT` that carries a comment and changes adds
/// the comment first; each is a call of its own in the trace.
struct ZendeskDoor: Door {
  func answers(_ request: WireRequest) -> Bool {
    let segments = request.segments
    return segments.count >= 3 && segments[0] == "api" && segments[1] == "v2"
  }

  /// What a request asks for, and under which name its answer travels.
  private struct Wish {
    var calls: [VendorCall]
    var shape: Shape
  }

  private enum Shape { case ticket, change, tickets, comments, results, nothing }

  private struct Problem: Error {
    var status: Int
    var code: String
    var message: String
  }

  private static let notFound = Problem(status: 404, code: "InvalidEndpoint", message: "Not found")

  func handle(_ request: WireRequest, in session: Session) async -> WireReply {
    let id = [("x-request-id", await session.requestID("zd-", of: request))]
    let wish: Wish
    do {
      wish = try Self.wish(of: request)
    } catch {
      return .whole(Self.error(error.status, error.code, error.message, id))
    }
    // The call's own answer is the request's, but for a comment that was added: a change may follow, and a comment
    // alone is answered with the ticket that it is on.
    var commented: String?
    for call in wish.calls {
      guard let reply = await session.exchange(call, from: request) else {
        return .whole(Self.error(404, "InvalidEndpoint", "This world has no \(call.operation).", id))
      }
      guard call.operation == "ticketing.add_comment", case .respond(let response) = reply, response.isSuccess else {
        return reply.written { Self.written($0, wish, id) }
      }
      commented = response.body.text("ticket")
    }
    guard let commented, let shown = await session.glance("ticketing.get_ticket", ["ticket": .text(commented)]) else {
      return .whole(Self.error(404, "RecordNotFound", "Not found", id))
    }
    return .whole(Self.written(shown, wish, id))
  }

  /// Zendesk documents no limit of a whole body or of a head, and has no code for them.
  func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse {
    let code =
      switch refusal.kind {
      case .malformed: "BadRequest"
      case .unauthorized: "Couldn't authenticate you"
      case .forbidden: "Forbidden"
      case .noWorld: "InvalidEndpoint"
      case .tooLong: "RequestEntityTooLarge"
      case .headTooLong: "RequestHeaderFieldsTooLarge"
      }
    return Self.error(refusal.status, code, refusal.detail, [("x-request-id", request.id("zd-", at: nil))])
  }

  // MARK: Requests

  private static func wish(of request: WireRequest) throws(Problem) -> Wish {
    guard let query = Form(bytes: request.query.utf8) else {
      throw Problem(status: 400, code: "BadRequest", message: "The query can't be read.")
    }
    var path = request.segments.dropFirst(2).map(String.init)
    if let last = path.popLast() { path.append(last.hasSuffix(".json") ? String(last.dropLast(5)) : last) }
    switch (request.method, path.count, path.first) {
    case ("GET", 1, "tickets"), ("GET", 1, "search"): return try search(path[0], query)
    case ("POST", 1, "tickets"): return try creation(request)
    case ("GET", 2, "tickets"):
      return Wish(calls: [VendorCall("ticketing.get_ticket", ["ticket": .text(path[1])])], shape: .ticket)
    case ("PUT", 2, "tickets"): return try update(path[1], request)
    case ("DELETE", 2, "tickets"):
      return Wish(calls: [VendorCall("ticketing.delete_ticket", ["ticket": .text(path[1])])], shape: .nothing)
    case ("GET", 3, "tickets") where path[2] == "comments":
      return Wish(calls: [VendorCall("ticketing.list_comments", ["ticket": .text(path[1])])], shape: .comments)
    default: throw notFound
    }
  }

  private static func search(_ resource: String, _ query: Form) throws(Problem) -> Wish {
    var arguments: Fields = [:]
    if resource == "tickets" {
      arguments.put("external_id", query["external_id"])
      return Wish(calls: [VendorCall("ticketing.search_tickets", arguments)], shape: .tickets)
    }
    for word in (query["query"] ?? "").split(separator: " ") {
      let parts = word.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let value = parts[1].filter { $0 != "\"" }
      switch parts[0] {
      case "external_id", "status": arguments.put(Name(String(parts[0])), value)
      case "requester", "organization": arguments.put("customer", value)
      default: break
      }
    }
    return Wish(calls: [VendorCall("ticketing.search_tickets", arguments)], shape: .results)
  }

  private static func ticket(in request: WireRequest) throws(Problem) -> JSON {
    guard let document = JSON(bytes: request.body) else {
      throw Problem(status: 422, code: "Unprocessable Entity", message: "Server could not parse JSON")
    }
    guard let ticket = document["ticket"], ticket.object != nil else {
      throw Problem(status: 400, code: "TicketMissing", message: "Required parameter 'ticket' is missing.")
    }
    return ticket
  }

  private static func creation(_ request: WireRequest) throws(Problem) -> Wish {
    let ticket = try ticket(in: request)
    var arguments: Fields = [:]
    arguments.put("customer", ticket["requester"]?["name"]?.text ?? word(ticket["organization_id"]))
    arguments.put("external_id", word(ticket["external_id"]))
    arguments.put("subject", ticket["subject"]?.text)
    arguments.put("text", ticket["comment"]?["body"]?.text ?? ticket["description"]?.text)
    if let tags = list(ticket["tags"]) { arguments["tags"] = tags }
    return Wish(
      calls: [VendorCall("ticketing.create_ticket", arguments, key: request.header("idempotency-key"))], shape: .change)
  }

  private static func update(_ id: String, _ request: WireRequest) throws(Problem) -> Wish {
    let ticket = try ticket(in: request)
    var calls: [VendorCall] = []
    if let text = ticket["comment"]?["body"]?.text {
      calls.append(
        VendorCall(
          "ticketing.add_comment",
          ["ticket": .text(id), "text": .text(text), "public": .bool(ticket["comment"]?["public"]?.bool ?? true)]))
    }
    var changes: Fields = ["ticket": .text(id)]
    changes.put("status", ticket["status"]?.text)
    changes.put("external_id", word(ticket["external_id"]))
    if let tags = list(ticket["tags"]) { changes["tags"] = tags }
    if let tags = list(ticket["additional_tags"]) { changes["add_tags"] = tags }
    if let safe = ticket["safe_update"] {
      changes["safe_update"] = .bool(safe.bool ?? (safe.text == "true"))
      guard let stamp = ticket["updated_stamp"]?.text.flatMap({ Instant(iso8601: $0) }) else {
        throw Problem(status: 422, code: "RecordInvalid", message: "safe_update needs an updated_stamp")
      }
      changes["updated_stamp"] = .instant(stamp)
    }
    if changes.entries.count > 1 || calls.isEmpty { calls.append(VendorCall("ticketing.update_ticket", changes)) }
    return Wish(calls: calls, shape: .change)
  }

  /// Ids come as numbers or as texts.
  private static func word(_ value: JSON?) -> String? { value?.text ?? value?.int.map { String($0) } }

  private static func list(_ value: JSON?) -> Value? {
    value?.list.map { .list($0.compactMap(\.text).map(Value.text)) }
  }

  // MARK: Answers

  private static func written(
    _ response: Response, _ wish: Wish, _ id: [(name: String, value: String)]
  ) -> WireResponse {
    let headers = id + response.wireHeaders
    if let error = response.error { return Self.error(response.status, error.code.text, error.message, headers) }
    var written: WireResponse
    switch wish.shape {
    case .nothing: written = WireResponse(status: response.status)
    case .ticket: written = .json(["ticket": ticket(response.body)], status: response.status)
    case .change:
      written = .json(
        ["ticket": ticket(response.body), "audit": audit(wish, on: response.body, id.first?.value ?? "")],
        status: response.status)
    case .tickets: written = .json(list("tickets", response.body["tickets"], ticket))
    case .results:
      written = .json(
        list("results", response.body["tickets"]) {
          var members = ticket($0).object ?? [:]
          members["result_type"] = "ticket"
          return .object(members)
        })
    case .comments: written = .json(list("comments", response.body["comments"], comment))
    }
    written.headers += headers
    return written
  }

  private static func list(_ name: String, _ items: Value?, _ write: (Fields) -> JSON) -> JSON {
    let items = (items?.list ?? []).map { write($0.record ?? [:]) }
    return .object([
      name: .list(items), "count": .int(Int64(items.count)), "next_page": .null, "previous_page": .null,
    ])
  }

  private static func ticket(_ body: Fields) -> JSON {
    [
      "id": number(body.text("id")), "external_id": text(body, "external_id"), "subject": text(body, "subject"),
      "description": text(body, "text"), "status": text(body, "status"),
      "tags": .list((body["tags"]?.list ?? []).compactMap(\.text).map(JSON.text)),
      "created_at": time(body, "created"),
      // As exact as the version that a safe update is compared with.
      "updated_at": JSON(body)["updated_at"] ?? .null, "organization_id": text(body, "customer"),
      "via": ["channel": "api"],
    ]
  }

  /// What a change comes with: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/.
  private static func audit(_ wish: Wish, on body: Fields, _ request: String) -> JSON {
    var hasher = StableHasher()
    hasher.combine(request)
    let kind: JSON = wish.calls.first?.operation == "ticketing.create_ticket" ? "Create" : "Change"
    var events: [JSON] = []
    for call in wish.calls {
      if call.operation == "ticketing.add_comment" {
        events.append([
          "type": "Comment", "body": text(call.arguments, "text"),
          "public": .bool(call.arguments.bool("public") ?? true),
        ])
        continue
      }
      for entry in call.arguments.entries where !["ticket", "safe_update", "updated_stamp"].contains(entry.name) {
        events.append(["type": kind, "field_name": .text(entry.name.text), "value": JSON(entry.value)])
      }
    }
    return [
      // As long as Zendesk's own ids.
      "id": .int(Int64(hasher.digest % 100_000_000_000_000)), "ticket_id": number(body.text("id")),
      "created_at": time(body, "updated_at"), "events": .list(events),
    ]
  }

  private static func comment(_ body: Fields) -> JSON {
    [
      "id": number(body.text("id")), "type": "Comment", "body": text(body, "text"),
      "public": .bool(body.bool("public") ?? true), "author_id": text(body, "author"),
      "created_at": time(body, "created"),
    ]
  }

  private static func text(_ body: Fields, _ name: Name) -> JSON { body.text(name).map { .text($0) } ?? .null }
  private static func time(_ body: Fields, _ name: Name) -> JSON {
    body[name]?.instant.map { .text($0.toTheSecond) } ?? .null
  }
  /// Zendesk's ids are numbers; those that a scenario spells otherwise stay as they are.
  private static func number(_ id: String?) -> JSON {
    guard let id else { return .null }
    return Int64(id).map { .int($0) } ?? .text(id)
  }

  private static func error(
    _ status: Int, _ code: String, _ message: String, _ headers: [(name: String, value: String)]
  ) -> WireResponse {
    var members: [String: JSON] = ["error": .text(code), "description": .text(message)]
    if status == 422 { members["details"] = ["base": [["description": .text(message), "error": .text(code)]]] }
    var response = WireResponse.json(.object(members), status: status)
    response.headers += headers
    return response
  }
}
