// The onboarding as it changed: every version that an agent may still have to finish.

import Primitives

extension CustomerOnboarding {
  /// In the order of their release.
  public static let versions: [WorkflowVersion] = [
    WorkflowVersion(workflow: workflow, playbook: playbook),
    WorkflowVersion(
      workflow: Workflow(
        name, version: 2, workflow.summary, inputs: workflow.inputs,
        steps: Array(infrastructure[..<1] + access[..<2] + infrastructure[1...] + access[2...]) + money + closing,
        constraints: constraints),
      playbook: customerFirst),
  ]

  // Version 2 prepares role and policy before there is a cluster that somebody could be locked out of, and puts
  // the customer first in every name, so that lists sort by customer. Either version is right by itself. A run
  // that changes from one to the other looks for what it made under names that it never gave.
  private static let customerFirst: Playbook = {
    var playbook = CustomerOnboarding.playbook
    for index in playbook.madeUp.indices where playbook.madeUp[index].prefix.hasSuffix("-") {
      let made = playbook.madeUp[index]
      playbook.madeUp[index] = Playbook.MadeUp(
        made.fact, "", of: made.of, suffix: "-" + made.prefix.dropLast())
    }
    return playbook
  }()
}
