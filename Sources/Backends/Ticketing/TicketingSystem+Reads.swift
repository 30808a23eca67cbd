// How ticketing answers questions.

import Operations
import Primitives

extension TicketingSystem {
  func getTicket(_ call: Call) -> Response {
    let id = call.text(.ticket) ?? ""
    guard let ticket = tickets[id] else { return rules.refusals.missing.response(id) }
    return .ok(ticket.body)
  }

  func searchTickets(_ call: Call) -> Response {
    let external = call.text(.externalID)
    let customer = call.text(.customer).map { Name($0) }
    let status = call.text(.status)
    var found = tickets.records(asOf: call.readAt) {
      (external == nil || $0.externalID == external) && (customer == nil || $0.customer == customer)
        && (status == nil || $0.status.rawValue == status)
    }
    found.reverse()
    let isBrief = rules.searchAnswersWithIDs && call.arguments[.fields] == nil
    return .ok([
      "tickets": .list(found.map { .record(isBrief ? [.id: .text($0.id)] : $0.body) }),
      .count: .int(Int64(found.count)),
    ])
  }

  func listComments(_ call: Call) -> Response {
    let id = call.text(.ticket) ?? ""
    guard tickets[id] != nil else { return rules.refusals.missing.response(id) }
    let found = comments.bodies(asOf: call.now) { $0.ticket == id }
    return .ok(["comments": .list(found), .count: .int(Int64(found.count))])
  }
}
