// Somebody who types an unknown name nearly always meant a known one.

import Faultline

/// Guesses which known name was meant, and says what to do about an unknown one.
enum Nearest {
  static func name(to text: String, among known: [String]) -> String? { NearestName.find(text, among: known) }

  /// The refusal of an unknown name.
  ///
  /// - Parameters:
  ///   - what: the kind of name, `agent`.
  ///   - listing: the command that lists the known ones, without `faultline list`.
  static func refusal(_ what: String, _ text: String, among known: [String], listing: String) -> Refusal {
    let guess = name(to: text, among: known).map { "did you mean '\($0)'? " } ?? ""
    return .badInput(
      "there is no \(what) '\(text)'", remedy: "\(guess)'faultline list \(listing)' shows the known ones")
  }
}
