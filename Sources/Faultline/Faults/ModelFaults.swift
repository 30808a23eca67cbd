// The faults of a model that decides: what it answers instead of what it would have answered.

import Operations
import Primitives
import Simulation

/// What a decider's model may answer at one decision. What the model does is the whole fault: nothing is sent and
/// nothing is changed by it, and what the agent makes of it is the agent's own doing.
public enum ModelFault: UInt8, ChoiceAnswer {
  case asItWould
  /// No answer comes in time. Caller: nothing. Truth: nobody has decided.
  case timeout
  /// An answer comes that is none. Caller: text that can't be read. Truth: nobody has decided.
  case malformed
  /// It names a transition that is not among those it was given, and is sure of it.
  case offGraph
  /// It guesses, and says that it is not sure.
  case lowConfidence
  /// It is half sure of another answer than it gives when it is asked again.
  case flipFlop
  /// It declines to answer, in words. Truth: nobody has decided.
  case refusal
  /// It does what a text that it was shown tells it to do.
  case injected
  /// It takes another customer that exists for the ticket's, and is sure of it.
  case wrongCustomer
  /// It takes another plan that exists for the ticket's, and is sure of it.
  case wrongPlan
  /// It names an amount that is another plan's, and is sure of it.
  case wrongAmount

  public static var benign: ModelFault { .asItWould }

  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .asItWould: "as-it-would"
    case .timeout: "model-timeout"
    case .malformed: "model-malformed"
    case .offGraph: "model-off-graph"
    case .lowConfidence: "model-low-confidence"
    case .flipFlop: "model-flip-flop"
    case .refusal: "model-refusal"
    case .injected: "model-injected"
    case .wrongCustomer: "model-wrong-field:customer"
    case .wrongPlan: "model-wrong-field:plan"
    case .wrongAmount: "model-wrong-field:amount"
    }
  }

  /// The fault of that name; nil for what is none, such as a transition.
  public init?(named name: Name) {
    guard let fault = ModelFault.byName[name] else { return nil }
    self = fault
  }

  private static let byName = Dictionary(
    uniqueKeysWithValues: allCases.filter { $0 != .benign }.map { ($0.name, $0) })
}

extension Offer<ModelFault> {
  /// The names of the faults that are offered, in the vocabulary's order.
  var names: [Name] { isTrivial ? [] : alternatives.map(\.name) }
}
