// The trait that lets `swift test` search for failures.

import Backends
import Faultline
import Testing

/// Plays a scenario against an agent before the test's body runs.
///
/// Made by ``Testing/Trait/faultline(_:agent:seeds:maxFaults:replicas:backends:workflows:filePath:)``.
public struct FaultlineTrait: TestTrait, TestScoping {
  let search: SurvivalSearch

  /// Plays the runs, records an issue at the test's line where the agent did not survive, and then runs the body.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    search.recordIssues(at: test.sourceLocation, test: test.name)
    try await function()
  }
}

extension Trait where Self == FaultlineTrait {
  /// Plays the scenario's own faults, and then random faults, one run for each seed.
  ///
  ///     @Test(.faultline("scenarios/timeout-after-create.yaml", agent: .reference, seeds: 1...200))
  ///     func referenceSurvivesTheWarStory() {}
  ///
  /// A violation becomes an issue at the line of the test; its text is the story of the first run that
  /// failed, with the command that plays it again. With `FAULTLINE_SEED=7` in the environment, only that
  /// seed is played.
  ///
  /// - Parameters:
  ///   - scenario: The scenario's file, relative to the package that the test is in.
  ///   - agent: Who is put into it.
  ///   - seeds: One random run for each, from 0 up; the scenario's own faults are played with the first.
  ///   - maxFaults: How many random faults a run may have.
  ///   - replicas: How many processes of the agent start at once; as many as the scenario says where nothing is given.
  ///   - backends: Systems of yours that the scenario's world may hold beside Faultline's.
  ///   - workflows: What scenarios may say about workflows of yours.
  public static func faultline(
    _ scenario: String, agent: AgentChoice, seeds: ClosedRange<Int> = 1...100, maxFaults: Int = 2, replicas: Int? = nil,
    backends: [BackendProfile] = [], workflows: [WorkflowTemplate] = [], filePath: String = #filePath
  ) -> FaultlineTrait {
    FaultlineTrait(
      search: SurvivalSearch(
        scenario: scenario, agent: agent, seeds: seeds, maxFaults: maxFaults, replicas: replicas,
        backends: backends, workflows: workflows, root: PackageRoot.above(filePath: filePath)))
  }
}

extension Trait where Self == FaultlineTrait {
  /// Plays one run, in which certain things go wrong and nothing else; what `faultline report --format swift-test`
  /// writes for a failure.
  ///
  /// - Parameters:
  ///   - scenario: The scenario's file, relative to the package that the test is in. Its own faults are left out.
  ///   - agent: Who is put into it.
  ///   - seed: Where draws come from, from 0 up; 0 is the nominal run.
  ///   - plan: What goes wrong, by site. A choice that the run never comes to is an issue, too.
  ///   - replicas: How many processes of the agent start at once; as many as the scenario says where nothing is given.
  ///   - shape: What kind of day it is: how quick everything is; the usual one where nothing is given.
  ///   - backends: Systems of yours that the scenario's world may hold beside Faultline's.
  ///   - workflows: What scenarios may say about workflows of yours.
  public static func faultline(
    _ scenario: String, agent: AgentChoice, seed: Int, plan: FaultPlan, replicas: Int? = nil,
    shape: RunShape = .nominal, backends: [BackendProfile] = [], workflows: [WorkflowTemplate] = [],
    filePath: String = #filePath
  ) -> FaultlineTrait {
    FaultlineTrait(
      search: SurvivalSearch(
        scenario: scenario, agent: agent, seeds: seed...seed, maxFaults: 0, plan: plan, shape: shape,
        replicas: replicas, backends: backends, workflows: workflows,
        root: PackageRoot.above(filePath: filePath)))
  }
}

/// Plays a scenario as the trait ``FaultlineTrait`` does, from within a test.
///
/// - Returns: whether the agent survived all runs.
@discardableResult
public func expectSurvives(
  scenario: String, agent: AgentChoice, seeds: ClosedRange<Int> = 1...100, maxFaults: Int = 2, replicas: Int? = nil,
  backends: [BackendProfile] = [], workflows: [WorkflowTemplate] = [],
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  let search = SurvivalSearch(
    scenario: scenario, agent: agent, seeds: seeds, maxFaults: maxFaults, replicas: replicas,
    backends: backends, workflows: workflows, root: PackageRoot.above(filePath: filePath))
  let location = SourceLocation(fileID: fileID, filePath: filePath, line: line, column: column)
  return search.recordIssues(at: location, test: Test.current?.name)
}
