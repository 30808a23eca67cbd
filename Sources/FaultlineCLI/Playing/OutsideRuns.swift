// Runs of processes on file: with the requests as they came, so that they can be played without the process.

import Faultline
import Gateway
import Primitives
import Reporting
import Simulation

/// Saved runs of processes.
enum OutsideRuns {
  /// Saves a trial with its recording.
  ///
  /// - Parameters:
  ///   - plan: what was asked for; a run that was open may not have met all of it.
  ///   - folder: where to.
  /// - Returns: the file's path.
  static func save(
    _ outcome: OutsideTrials.Outcome, of assignment: Assignment, plan: Plan, into folder: String
  ) throws -> String {
    var verdict = outcome.record.verdict
    let report = RunReport(outcome.record, of: assignment.scenario, catalogue: assignment.setup.catalogue)
    if verdict.result.isOpen { verdict.plan = plan }
    return try SavedRun(
      verdict, of: assignment.scenario, version: FaultlineVersion.current, report: report.text(.plain),
      recording: outcome.recording.text
    ).save(in: folder)
  }

  /// Plays a recording in the world of its run.
  static func replay(
    _ saved: SavedRun, recording text: String, path: String
  ) throws -> (assignment: Assignment, replay: Recording.Replay) {
    let recording: Recording
    do {
      recording = try Recording(text)
    } catch {
      throw Refusal.badInput("\(path): \(error)", remedy: "the recording is not for editing; the plan is")
    }
    let assignment = try SavedRuns.assignment(of: saved, agent: OutsideAgent(name: saved.agent))
    let replay = try recording.replay(in: assignment.setup, agent: saved.agent, seed: saved.seed, plan: saved.plan)
    return (assignment, replay)
  }
}
