// The words of a timeline: calls, effects and claims, as short as they can be said.

import Faultline
import Operations
import Primitives
import Simulation

extension Timeline {
  /// `agent-1: ` where several processes are at work, nothing where there is one.
  func who(_ process: ProcessID) -> String { hasReplicas ? "agent-\(process.index): " : "" }

  func who(_ call: CallID) -> String { who(ProcessID(index: call.process, incarnation: call.incarnation)) }

  /// `create_cluster acme`; the subject, or the known object that the call names.
  func title(_ call: CallStory) -> String {
    let verb = Words.verb(call.request.operation)
    let operation = story.catalogue[call.request.operation]
    if let subject = operation?.subject, let text = call.request.arguments.text(subject) {
      return "\(verb) \(Words.printable(text))"
    }
    let known = Set(story.knownObjects)
    let object = call.request.arguments.entries.compactMap(\.value.text).first { known.contains($0) }
    return object.map { "\(verb) \(Words.printable($0))" } ?? verb
  }

  func text(_ effect: Effect) -> String {
    let sign =
      switch effect.change {
      case .created, .happened: "+"
      case .updated: "~"
      case .ended: "-"
      }
    var text = "\(sign) \(Words.noun(effect.kind)) \(Words.printable(effect.object))"
    if let amount = effect.amount, effect.change != .updated { text += " " + Words.glued("\(amount)") }
    if effect.change == .updated, let status = effect.attributes.text("status") { text += " \(status)" }
    return text
  }

  /// An object in an answer that some system holds, `cluster i-0a1`; of the kind that the call is about where
  /// there is one.
  func known(in response: Response, for call: CallStory) -> String? {
    let texts = response.body.texts
    let effects = story.record.trace.entries.compactMap { entry -> Effect? in
      if case .effect(let effect) = entry.event, texts.contains(effect.object) { effect } else { nil }
    }
    let kind = story.catalogue[call.request.operation]?.effect?.kind
    return (effects.first { $0.kind == kind } ?? effects.first).map {
      "\(Words.noun($0.kind)) \(Words.printable($0.object))"
    }
  }

  /// Whether anything is wrong with the workflow that a process worked on, or with the run as a whole where there is
  /// only one.
  func isBlamed(_ process: ProcessID) -> Bool {
    story.verdict.violations.contains { $0.workflow == process.workflow } || story.verdict.shape.workflows == 1
  }

  func truth(of claim: Claim, by process: ProcessID) -> String {
    guard isBlamed(process) else { return "so it is" }
    let wrong = story.wrongCounts
    if !wrong.isEmpty { return "in truth: " + Words.list(wrong) }
    return story.verdict.violations.first.map { "in truth: \($0.oracle)" } ?? "so it is"
  }
}
