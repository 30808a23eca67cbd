// The graph and the playbook: what does not fit together is told before anything runs.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct WorkflowTests {
  private func error(
    _ edit: (inout Workflow, inout Playbook) -> Void, catalogue: Catalogue = FakeCatalogue.catalogue
  ) -> WorkflowError? {
    var workflow = CustomerOnboarding.workflow
    var playbook = CustomerOnboarding.playbook
    edit(&workflow, &playbook)
    do {
      _ = try CompiledWorkflow(workflow, playbook, catalogue)
      return nil
    } catch {
      return error
    }
  }

  @Test func theOnboardingFits() { #expect(error { _, _ in } == nil) }

  @Test func eachKindOfMisfitIsNamed() {
    #expect(error { _, playbook in playbook.entries.removeFirst() } == .intentionWithoutActs("triage"))
    #expect(
      error { workflow, _ in workflow.steps.swapAt(1, 2) }
        == .stepBeforeItsRequirement(step: "provision-cluster", requires: "lay-network"))
    #expect(
      error { workflow, _ in workflow.steps[1].scopes = ["cloud.read"] }
        == .scopeNotGranted(step: "lay-network", operation: "cloud.create_network", scope: "cloud.write"))
    #expect(
      error { _, playbook in playbook.entries[1].acts += playbook.entries[1].acts } == .repeatedAct("lay-network"))
    #expect(
      error({ _, _ in }, catalogue: Catalogue([]))
        == .unknownOperation(act: "triage", operation: "ticketing.get_ticket"))
  }

  @Test func everyStepHasAWholeContract() {
    let workflow = CustomerOnboarding.workflow
    #expect(workflow.steps.count == 13)
    for step in workflow.steps {
      #expect(!step.summary.isEmpty && !step.scopes.isEmpty && !step.invariants.isEmpty, "\(step.name)")
      #expect(step.transitions.contains(.escalate), "\(step.name)")
    }
  }

  @Test func nothingIrreversibleComesBeforeThePivotAndNothingIsTakenBackAfterIt() throws {
    let workflow = CustomerOnboarding.workflow
    let pivot = try #require(workflow.steps.firstIndex { $0.stage == .pivot })
    for step in workflow.steps[..<pivot] {
      if case .irreversible = step.rollback { Issue.record("\(step.name) can't be taken back") }
      #expect(step.stage == .compensable)
    }
    for step in workflow.steps[(pivot + 1)...] {
      #expect(step.stage == .forwardOnly)
      #expect(!step.transitions.contains(.compensate))
    }
  }

  @Test func anEnvironmentWithoutTicketingReadsTheTextItWasHanded() throws {
    var harness = Harness()
    harness.catalogue = Catalogue(FakeCatalogue.catalogue.services.filter { $0.backend != "ticketing" })
    harness.playbook = harness.playbook.restricted(to: harness.catalogue)
    harness.request.input = [
      "customer": "acme", "plan": "pro", "period": "2026-11", "ticket_text": .text(FakeWorld.ticket),
    ]
    #expect(try harness.claim().ending == .completed)
    #expect(harness.queries.map(\.fork) == [.triage])
    #expect(harness.world.alive("cluster").count == 1)
  }

  @Test(arguments: Safeguard.allCases)
  func everySafeguardCanBeTakenOutAndSaysWhatItIsFor(safeguard: Safeguard) {
    #expect(Safeguard.without([safeguard]) != AgentParts.reference)
    #expect(safeguard.summary.hasSuffix("."))
  }
}
