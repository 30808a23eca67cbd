// One logical call as the reader should understand it: what was sent, what the caller saw, what was true.

import Faultline
import Operations
import Primitives

/// Everything that a trace says about one logical call. Event numbers are the trace's own, from 1.
struct CallStory: Sendable {
  let id: CallID
  let request: Request
  let step: Name
  let isCompensation: Bool
  /// Whether the catalogue says that the call changes something.
  let isMutation: Bool
  /// The event of each wire attempt.
  var sent: [Int]
  /// The event of each handling, with the system's answer.
  var handled: [(index: Int, response: Response)] = []
  /// The events in which a system changed because of this call.
  var effects: [Int] = []
  /// The events of the faults that hit it.
  var faults: [Int] = []
  var answered: (index: Int, answer: Answer)?
  /// The call of an earlier moment that asked for the same thing, where there is one.
  var repeats: Repetition?

  /// How a call relates to an earlier one that asked for the same.
  struct Repetition: Sendable {
    /// Position of the earlier call in the story.
    var earlier: Int
    var key: Key
    /// Whether the agent looked in between whether the earlier one had happened.
    var hasReadBack: Bool

    enum Key: String, Sendable {
      case same = "same key"
      case other = "another key"
      case none = "no key"
    }
  }

  /// What the caller could not know.
  func isUnknown(in catalogue: Catalogue) -> Bool {
    guard isMutation else { return false }
    guard let answered else { return true }
    if case .unknown = catalogue.outcome(of: answered.answer) { return true }
    return false
  }

  /// Whether a later repetition would have been unnecessary: the systems had done it.
  var wasCommitted: Bool { !effects.isEmpty }
}
