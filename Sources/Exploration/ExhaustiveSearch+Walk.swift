// One pass over a part of the tree of schedules, depth first, in the order in which sites are met.

import Faultline
import Primitives
import Simulation

extension ExhaustiveSearch {
  /// Where a walk stands in the tree.
  struct Path {
    /// The number of the alternative taken at each level below the root.
    var order: [Int] = []
    /// The product of the digests of the answers taken.
    var factor = Residue.one
    /// Whether a shorter plan on the way here has failed already.
    var hasFailed = false

    func taking(_ entry: Plan.Entry, number: Int, hasFailed: Bool) -> Path {
      Path(order: order + [number], factor: factor * Residue(entry), hasFailed: self.hasFailed || hasFailed)
    }
  }

  struct Walk {
    let search: ExhaustiveSearch
    let onRun: (Verdict) -> Void
    let isCancelled: () -> Bool
    var coverage = Coverage()

    mutating func play(_ unit: Unit) throws {
      let root = try search.world(after: search.origin, budget: search.maxFaults)
      if root.isForkable, !search.neverForks {
        try descend(root, budget: search.maxFaults, path: Path(), unit: unit)
      } else {
        try replay(search.origin, budget: search.maxFaults, path: Path(), unit: unit)
      }
    }

    // MARK: By forking

    /// An alternative that a run had, and the world just before the step in which it had it.
    private struct Branch {
      var world: World
      var entry: Plan.Entry
      var number: Int
    }

    /// Plays a world to its end, and from each site that it meets every alternative to its end.
    ///
    /// - Parameter unit: where the world is the root, which of its alternatives are meant.
    private mutating func descend(_ start: World, budget: Int, path: Path, unit: Unit? = nil) throws {
      guard budget > 0 else {
        var world = start
        world.run()
        _ = try count(world, from: start.trace.count, path: path)
        return
      }
      var world = start
      var branches: [Branch] = []
      var number = 0
      let wanted = unit?.branches ?? 0..<Int.max
      let isCounted = unit.map { $0.index == 0 } ?? true
      while isCounted || number < wanted.upperBound {
        let before = world
        let continues = world.step()
        for fork in world.takeForks() {
          if isCounted { coverage.sites += 1 }
          for answer in fork.alternatives {
            if wanted.contains(number) {
              let entry = Plan.Entry(at: SitePattern(fork.site), choose: answer)
              branches.append(Branch(world: before, entry: entry, number: number))
            }
            number += 1
          }
        }
        if !continues { break }
      }
      let fails = isCounted ? try count(world, from: start.trace.count, path: path) : try rootFails()
      for branch in branches {
        var world = branch.world
        coverage.forks += 1
        coverage.eventsSaved += world.trace.count
        world.branch(to: branch.entry, isEnumerating: budget > 1)
        try descend(
          world, budget: budget - 1,
          path: path.taking(branch.entry, number: branch.number, hasFailed: fails))
      }
    }

    /// Whether the root's own run fails; a unit that does not count that run needs to know.
    private func rootFails() throws -> Bool {
      var root = try search.world(after: search.origin, budget: 0)
      root.run()
      return Runner.record(of: root, agent: search.agent).verdict.result == .fail
    }

    // MARK: From the start

    /// The same tree, every plan from the start.
    private mutating func replay(_ plan: Plan, budget: Int, path: Path, unit: Unit? = nil) throws {
      var world = try search.world(after: plan, budget: budget)
      world.run()
      let forks = world.takeForks()
      let wanted = unit?.branches ?? 0..<Int.max
      let fails: Bool
      if unit.map({ $0.index == 0 }) ?? true {
        fails = try count(world, from: 0, path: path)
        coverage.sites += forks.count
      } else {
        fails = Runner.record(of: world, agent: search.agent).verdict.result == .fail
      }
      var number = 0
      for fork in forks {
        for answer in fork.alternatives {
          defer { number += 1 }
          guard wanted.contains(number) else { continue }
          let entry = Plan.Entry(at: SitePattern(fork.site), choose: answer)
          try replay(
            Plan(plan.entries + [entry]), budget: budget - 1,
            path: path.taking(entry, number: number, hasFailed: fails))
        }
      }
    }

    // MARK: Counting

    /// Judges a run that has ended and adds it. Returns whether it failed.
    private mutating func count(_ world: World, from start: Int, path: Path) throws -> Bool {
      if isCancelled() { throw CancellationError() }
      let record = Runner.record(of: world, agent: search.agent)
      if let site = record.repeatedSite { throw Mismatch.repeatedSite(site, seed: search.seed) }
      coverage.eventsPlayed += world.trace.count - start
      defer { onRun(record.verdict) }
      return coverage.add(record.verdict, end: world.end, path: path)
    }
  }
}
