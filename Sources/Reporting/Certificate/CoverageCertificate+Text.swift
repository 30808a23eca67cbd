// The certificate as a person reads it: what fails and how to see it, how it was counted, and the sentence.

import Exploration
import Primitives
import Simulation

extension CoverageCertificate {
  public func text(_ style: Style, exit: Int32) -> String {
    let blocks = [
      headline(style), remarks(style), failureText(style), examples(style), numbers(style), counting(style),
      ending(style, exit: exit, digest: coverage.digest),
    ]
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func numbers(_ style: Style) -> String {
    // Stopped before the first unit was finished, what was played in it has no place in the count yet.
    var lines =
      coverage.explored == 0
      ? ["No unit is finished yet; what was played in those that were begun is not counted."] : [plans, events]
    if record.played.runs > 0 {
      lines.append(
        "\(Words.grouped(record.runsPerSecond)) runs a second, \(Words.seconds(.milliseconds(record.milliseconds)))")
    }
    if rechecked > 0 {
      lines.append("\(Words.count(rechecked, "run")) played a second time, all with the same hash")
    }
    return lines.joined(separator: "\n")
  }

  private var plans: String {
    "\(Words.count(coverage.sites, "site")), \(Words.count(coverage.explored, "plan")) played, "
      + "\(Words.grouped(coverage.pruned)) pruned"
      + (coverage.pruneHits > 0 ? " at \(Words.count(coverage.pruneHits, "state")) finished before" : "")
  }

  private var events: String {
    coverage.forks > 0
      ? "\(Words.count(coverage.forks, "fork")) saved \(Words.grouped(coverage.eventsSaved)) of "
        + "\(Words.count(coverage.eventsSaved + coverage.eventsPlayed, "event"))"
      : "\(Words.count(coverage.eventsPlayed, "event")), each plan from its start: this agent can't be forked"
  }

  private func counting(_ style: Style) -> String {
    let text =
      "A plan is at most \(Words.count(record.maxFaults, "answer")) other than the default, each met, in order, in the "
      + "run of those before it. Each plan counts once; an answer that can change nothing at its site is not offered."
    return text.wrapped(to: style.width).map { style.paint($0, .quiet) }.joined(separator: "\n")
  }

  /// What is not to be read from the list of failures.
  private func examples(_ style: Style) -> String {
    var blocks: [String] = []
    if !areAllListed { blocks.append("The first \(Coverage.kept) minimal plans are listed, no more.") }
    blocks += [("undecided", coverage.undecidedPlans), ("unfair", coverage.unfairPlans)].compactMap { kind, plans in
      guard let first = plans.first else { return nil }
      let faults = first.plan.isEmpty ? ["    the run without any fault"] : first.plan.entries.map { "    \($0.brief)" }
      return ([style.paint("\(kind), for instance", .warning)] + faults).joined(separator: "\n")
    }
    return blocks.joined(separator: "\n\n")
  }
}
