// The same scenario for several customers at once: what one has, the others have under their own names.

import Operations
import Primitives

extension Scenario {
  /// The customer whom the workflow is about; nil where it is about nobody, such as a role.
  public var customer: String? { input.text("customer") }

  /// Those beside whom a customer can be served, so far as they are not in the scenario already.
  private static let others = ["bolt", "crux", "dorn", "egret", "falke"]

  /// How many workflows of this kind can be under way at once: one where there is no customer to tell them apart by, or
  /// where the scenario itself says which tickets there are.
  public var mostTogether: Int {
    guard let customer, !customer.isEmpty else { return 1 }
    let hasOwnTickets = systems.contains { $0.system == "ticketing" && $0.options["tickets"] != nil }
    return hasOwnTickets ? 1 : Rollout.mostWorkflows
  }

  /// The scenario as it is for each of several customers: first its own, then others who want the same. What people do
  /// by hand they do for the first alone.
  func together(_ count: Int) -> [Scenario] {
    guard count > 1, let customer else { return [self] }
    let texts = input.entries.compactMap(\.value.text)
    let names = Scenario.others.filter { other in
      other != customer && !texts.contains { $0.lowercased().contains(other) }
        && !intents.contains { $0.owner.text == other }
    }
    var all = [self]
    for (number, name) in names.prefix(count - 1).enumerated() {
      all.append(serving(Renaming(from: customer, to: name), number: number + 1))
    }
    return all
  }

  /// The scenario with the wishes of all who are served at once: what a report of such a run is about.
  public func serving(_ count: Int) -> Scenario {
    let all = together(count)
    guard all.count > 1 else { return self }
    var whole = self
    whole.intents = all.flatMap(\.intents)
    whole.limits.events *= all.count
    return whole
  }

  /// A system's options where several customers are served: what is listed of the first holds for the others, too, such
  /// as a card that is declined.
  static func options(_ options: Fields, for scenarios: [Scenario]) -> Fields {
    guard scenarios.count > 1 else { return options }
    let customers = scenarios.compactMap { $0.customer.map { Value.text($0) } }
    var all = options
    for entry in options.entries {
      guard let list = entry.value.list, list.contains(customers[0]) else { continue }
      all[entry.name] = .list(list + customers.dropFirst())
    }
    return all
  }

  private func serving(_ renaming: Renaming, number: Int) -> Scenario {
    var other = self
    other.input = renaming(input)
    if systems.contains(where: { $0.system == "ticketing" }) {
      other.input["ticket_id"] = .text(WorldSetup.ticketID(number, beside: input.text("ticket_id")))
    }
    other.given = given.map { GivenCall($0.operation, renaming($0.arguments), as: $0.result) }
    other.intents = intents.map { renaming($0) }
    other.people = []
    other.desk = nil
    return other
  }
}

/// One customer's name put in the place of another's, wherever it stands.
private struct Renaming {
  private let pairs: [(String, String)]

  init(from old: String, to new: String) {
    func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
    pairs = [(old, new), (capitalized(old), capitalized(new)), (old.uppercased(), new.uppercased())]
  }

  func callAsFunction(_ text: String) -> String {
    pairs.reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  func callAsFunction(_ name: Name) -> Name { Name(self(name.text)) }

  func callAsFunction(_ fields: Fields) -> Fields {
    var renamed = Fields()
    for entry in fields.entries { renamed[entry.name] = self(entry.value) }
    return renamed
  }

  private func callAsFunction(_ value: Value) -> Value {
    switch value {
    case .text(let text): .text(self(text))
    case .list(let list): .list(list.map { self($0) })
    case .record(let record): .record(self(record))
    default: value
    }
  }

  /// What another customer wants has a name of its own, whether or not the customer's is in it.
  func callAsFunction(_ intent: Intent) -> Intent {
    var other = intent
    other.name = own(intent.name)
    other.owner = self(intent.owner)
    other.selector = self(intent.selector)
    other.dependsOn = intent.dependsOn.map(own)
    return other
  }

  private func own(_ name: Name) -> Name {
    let renamed = self(name)
    return renamed == name ? Name("\(pairs[0].1)-\(name)") : renamed
  }
}
