// How an agent says how its work ended: one vocabulary for every door that takes it.

import Faultline
import Operations
import Primitives

/// What an agent reports about its work.
enum OutcomeReport: Hashable, Sendable {
  case claimed(Claim)
  /// Another replica has the work; this one claims nothing.
  case stoodDown

  private static let standingDown = "stood-down"

  /// What `outcome` may say.
  static let words = Ending.allCases.map(\.rawValue) + [standingDown]

  static let help = """
    Expected {"outcome": "completed" | "rolled-back" | "escalated" | "stood-down", "text": "…", "holdings": [{"kind": \
    "cloud.cluster", "id": "…"}], "possibly": […], "reason": "…", "next_action": "…", "plan": [{"step": "…", \
    "operation": "cloud.create_cluster", "arguments": {…}}]} and nothing else; all but the outcome may be left out. A \
    replica that leaves the work to another says "stood-down", a dry run tells in its plan what it would do.
    """

  /// Reads a report; nil where it says no outcome that is known, or something in it is unknown or of another kind.
  ///
  /// - Parameter catalogue: by which the plan of a dry run is read.
  init?(_ document: JSON, in catalogue: Catalogue) {
    guard let names = document.object?.keys, names.allSatisfy({ Self.members[$0] != nil }) else { return nil }
    if document["outcome"]?.text.map(Self.spelled) == Self.standingDown {
      self = .stoodDown
      return
    }
    guard var claim = Claim(reported: document), let planned = document["plan"].orEmptyList else { return nil }
    for item in planned {
      guard let effect = Claim.Planned(reported: item, in: catalogue) else { return nil }
      claim.plan.append(effect)
    }
    self = .claimed(claim)
  }

  /// Words come with hyphens, and from languages that have none in names with underscores.
  fileprivate static func spelled(_ word: String) -> String { word.replacing("_", with: "-") }

  // MARK: Schema

  /// What a document has to look like, as JSON Schema.
  static let schema: JSON = [
    "type": "object", "required": ["outcome"], "additionalProperties": false, "properties": .object(members),
  ]

  private static let members: [String: JSON] = [
    "outcome": [
      "type": "string", "enum": .list(words.map { .text($0) }),
      "description": "stood-down: another replica has the work.",
    ],
    "text": ["type": "string", "description": "The sentence for the ticket."],
    "holdings": holdings("What is there, by the systems' ids."),
    "possibly": holdings("What may be there: one entry for each outcome that is not known."),
    "reason": ["type": "string", "description": "Why it is handed over."],
    "next_action": ["type": "string", "description": "What the person who takes over should do first."],
    "plan": [
      "type": "array", "description": "In a dry run: what would be done, in order.",
      "items": [
        "type": "object", "required": ["operation"],
        "properties": [
          "operation": ["type": "string", "description": "Its name, or that of its tool."],
          "arguments": ["type": "object", "description": "What is known of them beforehand."],
          "step": ["type": "string"], "principal": ["type": "string", "description": "Who would do it."],
          "protection": ["type": "string", "description": "What makes it safe to send it again: key, read-back."],
          "reversal": ["type": "string", "description": "How it is taken back."],
        ],
      ],
    ],
  ]

  private static func holdings(_ summary: String) -> JSON {
    [
      "type": "array", "description": .text(summary),
      "items": [
        "type": "object", "required": ["kind"],
        "properties": ["kind": ["type": "string"], "id": ["type": "string"]],
      ],
    ]
  }
}

extension Session {
  /// Takes an agent's word about its work; the last one counts.
  func take(_ report: OutcomeReport) {
    switch report {
    case .claimed(let claim): self.report(claim)
    case .stoodDown: standDown()
    }
  }
}

extension Claim {
  /// Reads what an agent reports, apart from its plan; nil where it says no outcome that is known, or something is of
  /// another kind.
  init?(reported document: JSON) {
    guard let word = document["outcome"]?.text, let ending = Ending(rawValue: OutcomeReport.spelled(word)),
      let holdings = Self.holdings(document["holdings"]), let possibly = Self.holdings(document["possibly"]),
      let text = document["text"].orAbsent, let reason = document["reason"].orAbsent,
      let nextAction = document["next_action"].orAbsent
    else { return nil }
    self.init(
      ending, text: text.text ?? word, holdings: holdings, possibly: possibly, reason: reason.text,
      nextAction: nextAction.text)
  }

  /// Nil where something in the list names no kind.
  private static func holdings(_ list: JSON?) -> [Holding]? {
    guard let items = list.orEmptyList else { return nil }
    var holdings: [Holding] = []
    for item in items {
      guard let kind = item["kind"]?.text, let id = item["id"].orAbsent else { return nil }
      holdings.append(Holding(kind: Name(kind), object: id.text))
    }
    return holdings
  }
}

extension Claim.Planned {
  /// Reads an effect that a dry run holds back; nil where its operation is unknown or an argument does not fit.
  ///
  /// Whoever works with tools knows an operation by its tool's name.
  fileprivate init?(reported item: JSON, in catalogue: Catalogue) {
    guard let word = item["operation"]?.text,
      let operation = catalogue[Name(word)] ?? MCPTools.operation(named: word, in: catalogue),
      let arguments = try? operation.arguments(from: item["arguments"] ?? [:]),
      let step = item["step"].orAbsent, let principal = item["principal"].orAbsent,
      let protection = item["protection"].orAbsent, let reversal = item["reversal"].orAbsent
    else { return nil }
    self.init(
      step: Name(step.text ?? ""), operation: operation.name, arguments: arguments,
      principal: Name(principal.text ?? ""), protection: protection.text ?? "", reversal: reversal.text ?? "")
  }
}

extension JSON? {
  /// A text, or null where there is none; nil where there is something else.
  fileprivate var orAbsent: JSON? {
    switch self {
    case nil, .null: .null
    case .text: self
    default: nil
    }
  }

  /// The items of a list that may be left out; nil where there is something else.
  fileprivate var orEmptyList: [JSON]? {
    switch self {
    case nil, .null: []
    default: self?.list
    }
  }
}
