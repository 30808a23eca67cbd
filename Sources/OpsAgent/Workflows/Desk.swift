// What the workflows share: the ticket that they begin and end with, and the policy of the house.

import Operations
import Primitives

extension Policy {
  /// What the operator of this environment decided.
  static let standard = Policy(
    plans: [
      Policy.Plan("starter", price: Money(minorUnits: 300_00, currency: .eur), instances: 1),
      Policy.Plan("pro", price: Money(minorUnits: 1_200_00, currency: .eur), instances: 3),
      Policy.Plan("enterprise", price: Money(minorUnits: 4_800_00, currency: .eur), instances: 5),
    ],
    regions: ["eu-central-1"])
}

/// The acts on the ticket.
enum Desk {
  private static let ticketOutputs = [Output(.ticketStatus, .status), Output(.ticketVersion, .updatedAt)]

  private static func ticket(_ states: [Match] = [], agreement: [Match] = []) -> Lookup {
    Lookup(
      "ticketing.get_ticket", [.fact(.ticket, .ticketID)], .object, identity: states, agreement: agreement,
      outputs: ticketOutputs)
  }

  private static let isSolved = Match(.status, .oneOf(["solved", "closed"]))
  private static let isUnsolved = Match(.status, .noneOf(["solved", "closed"]))

  /// Reads the ticket.
  static let triage = Playbook.Entry(
    "triage",
    [
      Act(
        "triage", .read, "ticketing.get_ticket", [.fact(.ticket, .ticketID)],
        outputs: ticketOutputs + [Output(.ticketText, .textField)],
        lookup: ticket(agreement: [Match(.customer, .fact(.customer))]))
    ])

  /// Solves the ticket, on condition that it is as it was read.
  static let closeTicket = Playbook.Entry(
    "close-ticket",
    [
      Act(
        "close-ticket", .change, "ticketing.update_ticket",
        [
          .fact(.ticket, .ticketID), .literal(.status, "solved"), Argument(.safeUpdate, .conditional(true)),
          Argument(.updatedStamp, .version(.ticketVersion)),
        ],
        outputs: [Output(.ticketID, .id), Output(.ticketStatus, .status)], protection: .idempotent,
        checks: [
          Check("not solved yet", .absent, ticket([isSolved])),
          Check("read afresh", .present, ticket(agreement: [isUnsolved])),
        ],
        lookup: ticket([isSolved]))
    ])

  /// Sends a mail of a template, once.
  static func mail(_ intention: Name, template: String) -> Playbook.Entry {
    let template = Value.text(template)
    let sent = Lookup(
      "notify.list_mails", [.fact(.customer), .literal(.template, template)], .list(.mails),
      identity: [Match(.customer, .fact(.customer)), Match(.template, .oneOf([template]))],
      agreement: [Match(.to, .fact(.email))], outputs: [Output(.mail, .id)])
    return Playbook.Entry(
      intention,
      [
        Act(
          intention, .change, "notify.send_mail",
          [.fact(.to, .email), .literal(.template, template), .fact(.customer)], outputs: [Output(.mail, .id)],
          protection: .key, checks: [Check("no such mail yet", .absent, sent)], lookup: sent)
      ])
  }
}
