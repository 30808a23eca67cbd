// The words of violations; used only when something is wrong.

import Operations
import Primitives

/// Sentences about counts and things, without the systems' internals.
enum Phrase {
  /// `cluster` of `cloud.cluster`, `credit note` of `billing.credit_note`.
  static func noun(_ kind: Name) -> String {
    String((kind.text.split(separator: ".").last ?? "thing").map { $0 == "_" ? " " : $0 })
  }

  /// `1 cluster`, `2 policies`, `no mails`.
  static func count(_ count: Int, _ kind: Name) -> String {
    let noun = noun(kind)
    if count == 1 { return "1 \(noun)" }
    let plural = noun.hasSuffix("y") ? "\(noun.dropLast())ies" : noun + (noun.hasSuffix("s") ? "es" : "s")
    return count == 0 ? "no \(noun)" : "\(count) \(plural)"
  }

  /// `acme` or `acme's 2026-11`.
  static func wish(_ intent: Intent) -> String {
    intent.period.map { "\(intent.owner)'s \($0)" } ?? intent.owner.text
  }

  /// `cluster i-0a1`
  static func thing(_ object: ObjectFact) -> String { "\(noun(object.kind)) \(object.id)" }

  /// `agent-0`
  static func process(_ process: ProcessID) -> String { "agent-\(process.index)" }

  /// `cluster i-0a1 is left`, `binding b-1 is not as it was`.
  static func left(_ objects: [ObjectFact]) -> String {
    func clause(_ objects: [ObjectFact], _ end: String) -> [String] {
      objects.isEmpty ? [] : ["\(list(objects.map(thing))) \(objects.count == 1 ? "is" : "are") \(end)"]
    }
    return list(
      clause(objects.filter { $0.given == nil }, "left") + clause(objects.filter { $0.given != nil }, "not as before"))
  }

  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  static func money(_ units: Int64, _ currency: Currency?) -> String {
    Money(minorUnits: units, currency: currency ?? .eur).description
  }

  /// One violation for each operation, in the order of the first call of it.
  static func byOperation(_ calls: [CallFact], _ tell: ([CallFact]) -> Violation) -> [Violation] {
    var found: [Violation] = []
    for (number, call) in calls.enumerated() where calls.firstIndex(where: { $0.name == call.name }) == number {
      found.append(tell(calls.filter { $0.name == call.name }))
    }
    return found
  }
}
