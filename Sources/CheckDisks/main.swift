// `swift run -c release CheckDisks`: the reference agent on every disk that fails, in full.

import Agents
import Faultline
import Foundation
import LyingDisk

/// Plays one kind of case, tells its count, and says whether all was well.
func check(_ trial: DiskTrial, _ name: String, _ cases: [DiskTrial.Case]) throws -> Bool {
  let tally = try trial.play(cases)
  print(
    "  \(name): \(tally.cases) cases, \(tally.resumed) went on to the same end, \(tally.handedOver) handed over, "
      + "\(tally.failures) wrong")
  for problem in tally.problems { print("    \(problem.title): \(problem.problems.joined(separator: "; "))") }
  return tally.failures == 0
}

func run(_ paths: [String]) throws -> Bool {
  var isWell = true
  for path in paths {
    let scenario = try ScenarioReader(.standard()).read(path: path)
    for interval in [1_000, 8] {
      let trial = try DiskTrial(scenario, checkpointInterval: interval)
      print(
        "\(scenario.name), the log copied every \(interval) pages: \(trial.counts.events) moments "
          + "(\(trial.counts.writes) writes, \(trial.counts.syncs) syncs), \(trial.counts.reads) reads")
      isWell = try check(trial, "power failures", trial.powerFailures { Survival.all(of: $0, drawn: 8) }) && isWell
      let survivals = { (all: Int) -> [Survival] in
        [.nothing, .first(all / 2), .first(all - 1), .drawn(1), .drawn(2)]
      }
      let lies = trial.powerFailures(survivals, liesAboutSync: true)
      isWell = try check(trial, "power failures of a disk whose syncs are lies", lies) && isWell
      isWell = try check(trial, "errors", trial.errors()) && isWell
      isWell = try check(trial, "older copies and empty volumes", trial.copies()) && isWell
      let damages = trial.damagedOperations.flatMap { trial.damages(afterOperation: $0, step: 128) }
      isWell = try check(trial, "damaged files", damages) && isWell
    }
  }
  return isWell
}

let paths = CommandLine.arguments.dropFirst()
do {
  let chosen = paths.isEmpty ? ["scenarios/happy-path.yaml", "scenarios/declined-card.yaml"] : Array(paths)
  exit(try run(chosen) ? 0 : 1)
} catch {
  FileHandle.standardError.write(Data("check-disks: \(error)\n".utf8))
  exit(2)
}
