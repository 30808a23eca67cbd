// Why a run failed: what could still have saved it and until when, and what to do now.

import Faultline
import Operations
import Primitives
import Simulation

/// What forking time tells about one failing run.
///
/// The run is played once more. Before each step in which the agent changes something or makes a claim, time is
/// forked, the agent is taken out of the copy, and a ``Closer`` tries what was still possible there.
public struct Explanation: Sendable {
  /// What would still have saved the run.
  public struct Rescue: Hashable, Sendable {
    public var remedy: Remedy
    /// The event before which it would have at the latest; nil where it still would at the end.
    public var until: Int?
  }

  /// From where on a good end costs more than taking things back.
  public struct PointOfNoReturn: Hashable, Sendable {
    /// The event: a request that was sent, or a claim.
    public var event: Int
    /// What can't be undone, by its kind of effect: a charge, a mail. Nil for a claim.
    public var kind: Name?
    /// What balances it, by the kind of effect; nil where nothing does.
    public var remedy: Name?
  }

  /// In the order in which they stop to help.
  public let rescues: [Rescue]
  /// Nil where all can still be taken back at the end.
  public let pointOfNoReturn: PointOfNoReturn?
  /// What to do in the systems now, in order.
  public let cleaning: [Closer.Step]
  /// What is wrong with what the systems hold even then.
  public let remaining: [Violation]
  /// For each violation of the verdict, in its order: the shortest chain of events behind it, from the first cause.
  public let chains: [[Causes.Link]]

  /// - Throws: what setting up the agent throws.
  public init(setup: WorldSetup, agent: any AgentUnderTest, verdict: Verdict) throws {
    let input = RunInput(replaying: verdict, agent: agent, in: setup.scenario, isRecording: true)
    let trace = try Runner.run(input, in: setup).trace.entries
    var world = try World(
      setup: setup, agent: agent, seed: verdict.seed, driver: .planned(verdict.plan), shape: verdict.shape,
      isRecording: false)
    // Of several workflows, the first one that something is wrong with is explained.
    world.focus = verdict.violations.first?.workflow ?? 0
    let moments = Moment.all(of: &world, trace: trace, setup.catalogue)
    let closer = Closer(setup: setup)
    let judgement = Judgement(verdict)
    let closings = moments.map { closer.close($0.world) }
    let now = closer.close(world)
    cleaning = now.steps
    remaining = now.remaining

    let lastClean = moments.indices.last { closings[$0].isClean && judgement.allows(closings[$0], in: moments[$0].world) }
    let isCleanNow = now.isClean && judgement.allows(now, in: world) && !judgement.isAboutClaim
    if isCleanNow {
      pointOfNoReturn = nil
    } else {
      pointOfNoReturn = lastClean.map { last in
        // What could only be balanced right after, or not at all.
        let balanced = (last + 1 < closings.count ? closings[last + 1] : now).steps.last { $0.isBalancing }
        return PointOfNoReturn(
          event: moments[last].event, kind: balanced?.kind ?? moments[last].kind, remedy: balanced?.remedy)
      }
    }

    var rescues: [Rescue] = []
    func add(_ remedy: Remedy, while helps: (Int) -> Bool) {
      if let last = moments.indices.last(where: helps) { rescues.append(Rescue(remedy: remedy, until: moments[last].event)) }
    }
    if let unknown = Self.firstUnknown(in: world.facts, verdict, world.intents) {
      for remedy in closer.remedies(for: unknown, in: world) {
        add(remedy) { index in
          moments[index].event > unknown.viewIndex
            && closer.harm(after: remedy, of: unknown, in: moments[index].world).map {
              judgement.allows($0, in: moments[index].world)
            } ?? false
        }
      }
    }
    if world.claims.isEmpty, now.isGood, now.steps.isEmpty, judgement.allows(now, in: world) {
      rescues.append(Rescue(remedy: .escalation, until: nil))
    } else {
      add(.escalation) { closings[$0].steps.isEmpty && judgement.allows(closings[$0], in: moments[$0].world) }
    }
    if isCleanNow, !now.steps.isEmpty {
      rescues.append(Rescue(remedy: .takingBack(now.operations), until: nil))
    } else if let lastClean, !closings[lastClean].steps.isEmpty {
      rescues.append(
        Rescue(remedy: .takingBack(closings[lastClean].operations), until: moments[lastClean].event))
    }
    self.rescues = rescues.enumerated().sorted {
      ($0.element.until ?? .max, $0.offset) < ($1.element.until ?? .max, $1.offset)
    }.map(\.element)
    let causes = Causes(facts: world.facts, trace: trace)
    chains = verdict.violations.map(causes.chain)
  }

  /// The call from whose unknown outcome the trouble came: the first one that a violation is about, else the first.
  private static func firstUnknown(in facts: Facts, _ verdict: Verdict, _ intents: [Intent]) -> CallFact? {
    let unknown = facts.calls.filter { $0.isMutation && ($0.view == .unknown || $0.resolution != .none) }
    let violated = verdict.violations.compactMap(\.intent)
    return unknown.first { $0.intent.map { violated.contains(intents[$0].name) } ?? false } ?? unknown.first
  }
}

/// A moment at which the agent does something that counts.
private struct Moment {
  /// Just before.
  let world: World
  /// The event of what it does.
  let event: Int
  /// What its request is to bring about; nil for a claim.
  let kind: Name?

  /// Plays a world to its end and forks it before each such step.
  static func all(
    of world: inout World, trace: [Trace<WorldEvent>.Entry], _ catalogue: Catalogue
  ) -> [Moment] {
    var moments: [Moment] = []
    while true {
      let before = world
      let continues = world.step()
      let acts = world.metrics.mutations != before.metrics.mutations || world.claims.count != before.claims.count
      if acts, let act = firstAct(after: before.trace.count, in: trace, catalogue) {
        moments.append(Moment(world: before, event: act.event, kind: act.kind))
      }
      if !continues { return moments }
    }
  }

  /// The first request that changes something, or claim, after an event.
  private static func firstAct(
    after event: Int, in trace: [Trace<WorldEvent>.Entry], _ catalogue: Catalogue
  ) -> (event: Int, kind: Name?)? {
    for entry in trace.dropFirst(event) {
      switch entry.event {
      case .sent(let wire, let request, _, _):
        guard wire.attempt == 1, let effect = catalogue[request.operation]?.effect else { continue }
        return (entry.index, effect.kind)
      case .claimed: return (entry.index, nil)
      default: continue
      }
    }
    return nil
  }
}

/// Whether a moment still allows a good end: nothing is wrong with what the systems hold then, and where the run is
/// blamed for what it did alone, it had not done it yet.
private struct Judgement {
  /// What the run did, where that is all that is wrong with it.
  private let conduct: [Violation]
  /// Whether the run is blamed for what the agent said and not for what the systems hold.
  let isAboutClaim: Bool

  init(_ verdict: Verdict) {
    let conduct = verdict.violations.filter { Closer.judgesConduct($0.oracle) }
    self.conduct = conduct.count == verdict.violations.count ? conduct : []
    isAboutClaim = verdict.violations.allSatisfy { $0.oracle == MissingEffect.name || $0.oracle == UntruthfulClaim.name }
  }

  func allows(_ closing: Closer.Closing, in world: World) -> Bool { allows(closing.remaining, in: world) }

  func allows(_ harm: [Violation], in world: World) -> Bool {
    harm.isEmpty && conduct.allSatisfy { ($0.evidence.max() ?? 0) > world.trace.count }
  }
}
