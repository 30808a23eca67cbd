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

    func taking(number: Int, factor: Residue, hasFailed: Bool) -> Path {
      Path(order: order + [number], factor: self.factor * factor, hasFailed: self.hasFailed || hasFailed)
    }
  }

  struct Walk {
    let search: ExhaustiveSearch
    let onRun: (Verdict) -> Void
    let isCancelled: () -> Bool
    var coverage = Coverage()
    /// States behind which everything was played and nothing was found, with what lies behind them.
    private var finished: [StateKey: Subtree] = [:]
    /// Parts of failing plans, and whether they fail by themselves.
    private var parts: [Plan: Bool] = [:]

    init(search: ExhaustiveSearch, onRun: @escaping (Verdict) -> Void, isCancelled: @escaping () -> Bool) {
      self.search = search
      self.onRun = onRun
      self.isCancelled = isCancelled
    }

    mutating func play(_ unit: Unit) throws {
      let root = try search.world(after: search.origin, budget: search.maxFaults)
      if root.isForkable, !search.neverForks {
        _ = try descend(root, budget: search.maxFaults, path: Path(), unit: unit)
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
      /// What its answer contributes to the digest.
      var factor: Residue

      init(_ entry: Plan.Entry, number: Int, world: World) {
        self.world = world
        self.entry = entry
        self.number = number
        factor = Residue(entry)
      }
    }

    /// A state of a run that was looked at, and what the run had met before.
    private struct Landing {
      var key: StateKey
      var events: Int
      var branches: Int
      var sites: Int
    }

    /// Plays a world to its end, and from each site that it meets every alternative to its end.
    ///
    /// - Parameter unit: where the world is the root, which of its alternatives are meant.
    private mutating func descend(
      _ start: World, budget: Int, path: Path, unit: Unit? = nil
    ) throws -> Subtree {
      var world = start
      var branches: [Branch] = []
      var landings: [Landing] = []
      var twin: Subtree?
      var (sites, number) = (0, 0)
      let wanted = unit?.branches ?? 0..<Int.max
      let isCounted = unit.map { $0.index == 0 } ?? true
      var lookout = Lookout(looksOften: budget > 0, isClosed: unit != nil || !search.prunes)
      while isCounted || number < wanted.upperBound {
        let before = budget > 0 ? world : nil
        let continues = world.step()
        if budget > 0, let before {
          for fork in world.takeForks() {
            if isCounted { sites += 1 }
            for answer in fork.alternatives {
              if wanted.contains(number) {
                let entry = fork.entry(choosing: answer)
                branches.append(Branch(entry, number: number, world: before))
              }
              number += 1
            }
          }
        }
        if !continues { break }
        guard lookout.isDue(world) else { continue }
        let key = world.stateKey()
        if let known = finished[key], known.covers(budget, at: world) {
          twin = known
          break
        }
        landings.append(Landing(key: key, events: world.trace.count, branches: branches.count, sites: sites))
      }
      var fails = false
      var behind = Subtree(budget: budget)
      if let twin {
        coverage.eventsPlayed += world.trace.count - start.trace.count
        coverage.prune(twin, budget: budget, path: path)
        behind.add(twin, of: budget, metAt: world.trace.count)
      } else if isCounted {
        fails = try count(world, from: start.trace.count, path: path, in: &behind)
      } else {
        fails = try rootFails()
      }
      coverage.sites += sites
      if budget > 0, behind.isClean {
        // How this run itself ends from here on is known before anything that branches off it.
        let end = behind.withoutBranches
        for landing in landings where finished[landing.key] == nil {
          finished[landing.key] = end.seen(from: landing.events)
        }
      }
      // What lies behind the last state is finished first, and remembered.
      let metBehind = behind.sites[0]
      for landing in landings.reversed() {
        try follow(&branches, from: landing.branches, budget: budget, path: path, fails: fails, into: &behind)
        behind.sites[0] = metBehind + sites - landing.sites
        if behind.isClean { finished[landing.key] = behind.seen(from: landing.events) }
      }
      try follow(&branches, from: 0, budget: budget, path: path, fails: fails, into: &behind)
      behind.sites[0] = metBehind + sites
      return behind
    }

    /// Plays the last branches, down to the one with this number, and takes them off the list.
    private mutating func follow(
      _ branches: inout [Branch], from first: Int, budget: Int, path: Path, fails: Bool, into subtree: inout Subtree
    ) throws {
      for branch in branches[first...] {
        subtree.add(try follow(branch, budget: budget, path: path, fails: fails), below: branch.factor)
      }
      branches.removeSubrange(first...)
    }

    private mutating func follow(_ branch: Branch, budget: Int, path: Path, fails: Bool) throws -> Subtree {
      var world = branch.world
      coverage.forks += 1
      coverage.eventsSaved += world.trace.count
      world.branch(to: branch.entry, isEnumerating: budget > 1)
      return try descend(
        world, budget: budget - 1, path: path.taking(number: branch.number, factor: branch.factor, hasFailed: fails))
    }

    /// Whether the root's own run fails; a unit that does not count that run needs to know.
    private func rootFails() throws -> Bool {
      var root = try search.world(after: search.origin, budget: 0)
      root.run()
      return try hasFailed(root)
    }

    // MARK: From the start

    /// The same tree, every plan from the start.
    private mutating func replay(_ plan: Plan, budget: Int, path: Path, unit: Unit? = nil) throws {
      var world = try search.world(after: plan, budget: budget)
      world.run()
      let forks = world.takeForks()
      let wanted = unit?.branches ?? 0..<Int.max
      let fails: Bool
      var subtree = Subtree(budget: 0)
      if unit.map({ $0.index == 0 }) ?? true {
        fails = try count(world, from: 0, path: path, in: &subtree)
        coverage.sites += forks.count
      } else {
        fails = try hasFailed(world)
      }
      var number = 0
      for fork in forks {
        for answer in fork.alternatives {
          defer { number += 1 }
          guard wanted.contains(number) else { continue }
          let entry = fork.entry(choosing: answer)
          try replay(
            Plan(plan.entries + [entry]), budget: budget - 1,
            path: path.taking(number: number, factor: Residue(entry), hasFailed: fails))
        }
      }
    }

    // MARK: Counting

    /// Whether a run that has ended failed, and could have ended well (law 6).
    private func hasFailed(_ world: World) throws -> Bool {
      let verdict = Runner.record(of: world, agent: search.agent).verdict
      return try verdict.result == .fail && search.isFair(verdict)
    }

    /// Judges a run that has ended and adds it. Returns whether it failed.
    private mutating func count(
      _ world: World, from start: Int, path: Path, in subtree: inout Subtree
    ) throws -> Bool {
      if isCancelled() { throw CancellationError() }
      let record = Runner.record(of: world, agent: search.agent)
      if let site = record.repeatedSite { throw Mismatch.repeatedSite(site, seed: search.seed) }
      coverage.eventsPlayed += world.trace.count - start
      defer { onRun(record.verdict) }
      let search = search
      guard try coverage.add(
        record.verdict, end: world.end, path: path, in: &subtree, isFair: { try search.isFair(record.verdict) })
      else { return false }
      if !path.hasFailed, coverage.hasRoom(forMinimalAt: path.order), try isMinimal(record.verdict.plan) {
        coverage.addMinimal(record.verdict, path: path)
      }
      return true
    }

    /// Whether no part of a failing plan fails by itself: where one answer is enough, a second one that
    /// does no harm is not worth showing. Its beginnings are known not to fail.
    private mutating func isMinimal(_ plan: Plan) throws -> Bool {
      let given = search.origin.entries.count
      let answers = plan.entries.dropFirst(given)
      guard answers.count > 1 else { return true }
      for parts in 1..<(1 << answers.count) - 1 {
        let part = answers.enumerated().filter { parts >> $0.offset & 1 == 1 }.map(\.element)
        if try fails(Plan(plan.entries.prefix(given) + part)) { return false }
      }
      return true
    }

    /// Whether a part of a plan fails by itself; each is played once.
    private mutating func fails(_ plan: Plan) throws -> Bool {
      if let known = parts[plan] { return known }
      var world = try search.world(after: plan, budget: 0)
      world.run()
      let fails = try hasFailed(world)
      parts[plan] = fails
      return fails
    }
  }
}
