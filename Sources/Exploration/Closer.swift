// The omniscient closer: could the run still have come to a good end?

import Faultline
import Operations
import Primitives

/// Knows the truth, and tries to bring a run to a good end from where it stands: faults off, the agent's own scopes,
/// operations of the catalogue only, judged by the same oracles.
///
/// It takes back what is too much, by real requests that the systems may refuse, and hands over truthfully what is
/// there. It knows no system: what takes something back is read from the catalogue, what to name in the request from
/// the effects. What a run *did* can't be mended and is not its business; it asks what the systems hold.
public struct Closer: Sendable {
  /// One thing that it took back.
  public struct Step: Hashable, Sendable {
    /// What was sent.
    public var request: Request
    /// The object that was given up.
    public var object: String
    public var kind: Name
    public var amount: Money?
    /// Whether another thing that is there names the object.
    public var isReferenced: Bool
    /// Whether it could only be balanced, since what happened can't be undone: a charge that needs a credit note.
    public var isBalancing: Bool
    /// The kind of effect of the operation that took it back.
    public var remedy: Name
  }

  /// How far it came.
  public struct Closing: Sendable {
    /// What it took back, in order.
    public var steps: [Step] = []
    /// What is wrong with what the systems hold, whatever is done.
    public var remaining: [Violation] = []

    /// Whether a good end was reached.
    public var isGood: Bool { remaining.isEmpty }
    /// Whether a good end was reached without anything that had to be balanced.
    public var isClean: Bool { isGood && !steps.contains(where: \.isBalancing) }
  }

  let catalogue: Catalogue
  private let principals: [Principal]

  public init(setup: WorldSetup) {
    catalogue = setup.catalogue
    principals = setup.principals
  }

  // MARK: Judging

  /// Oracles that judge what a run did, which nothing can mend, rather than what the systems hold.
  private static let conduct: Set<Name> = [
    SpuriousRollback.name, RollbackOrder.name, WriteAfterUnknown.name, BlastRadiusExceeded.name, ScopeViolation.name,
    RateLimitAbuse.name, RetryStorm.name, MutationAfterEnd.name,
    UnwrittenRule.name,
  ]

  /// Whether an oracle judges what a run did rather than what the systems hold at its end.
  public static func judgesConduct(_ oracle: Name) -> Bool {
    conduct.contains(oracle) || OracleCatalogue.entry(named: oracle)?.kind == .contract
  }

  /// What is wrong with what a world without its agent holds, if it is handed over now.
  static func harm(in world: World) -> [Violation] {
    var world = world
    return world.handOver().filter { !judgesConduct($0.oracle) }
  }

  /// How many things are too much.
  private static func weight(_ harm: [Violation]) -> Int {
    harm.reduce(0) { $0 + max(1, abs(($1.observed ?? 1) - ($1.expected ?? 0))) }
  }

  // MARK: Mending

  /// Brings a run to as good an end as can be reached from where it stands.
  public func close(_ world: World) -> Closing {
    var world = world.withoutAgent()
    var closing = Closing(remaining: Self.harm(in: world))
    while !closing.isGood, let (step, next, harm) = step(in: world, against: closing.remaining) {
      closing.steps.append(step)
      closing.remaining = harm
      world = next
    }
    return closing
  }

  /// The first request that makes something better: money before things, for whoever waits for it.
  private func step(in world: World, against harm: [Violation]) -> (Step, World, [Violation])? {
    let weight = Self.weight(harm)
    for object in surplus(of: harm, in: world.facts) {
      for (request, remedy) in requests(takingBack: object) {
        var next = world
        guard next.ask(request, isCompensation: true).isSuccess else { continue }
        next.settle()
        let rest = Self.harm(in: next)
        guard Self.weight(rest) < weight else { continue }
        let step = Step(
          request: request, object: object.id, kind: object.kind, amount: object.amount,
          isReferenced: Self.references(to: object, in: world.facts) > 0, isBalancing: object.isPermanent,
          remedy: remedy)
        return (step, next, rest)
      }
    }
    return nil
  }

  /// The objects that are too many, those first that can best be missed: not referred to by others, not what the
  /// agent said it holds, the latest.
  private func surplus(of harm: [Violation], in facts: Facts) -> [ObjectFact] {
    let ids = Set(harm.flatMap(\.objects))
    let said = Set((facts.claim?.holdings ?? []).compactMap(\.object))
    func rank(_ object: ObjectFact) -> [Int] {
      [
        object.isPermanent ? 0 : 1, Self.references(to: object, in: facts), said.contains(object.id) ? 1 : 0,
        -object.firstIndex,
      ]
    }
    return facts.objects.filter { ids.contains($0.id) && $0.isLive }
      .sorted { rank($0).lexicographicallyPrecedes(rank($1)) }
  }

  /// How many live things name this one; an invoice for it is no reason to keep it.
  private static func references(to object: ObjectFact, in facts: Facts) -> Int {
    facts.objects.count { other in
      other.isLive && other.id != object.id && !other.role.isMoney
        && other.attributes.entries.contains { $0.value.text == object.id }
    }
  }

  /// What may take an object back: the declared compensations of what makes its kind, and what ends its kind.
  private func requests(takingBack object: ObjectFact) -> [(Request, remedy: Name)] {
    let operations = catalogue.allOperations.filter { $0.backend == Self.system(of: object.kind) }
    let declared = operations.filter { $0.effect?.kind == object.kind }.compactMap(\.compensation)
    return operations.filter { operation in
      declared.contains(operation.name) || (operation.effect?.kind == object.kind && operation.effect?.change == .ended)
    }
    .flatMap { operation -> [(Request, remedy: Name)] in
      guard let principal = principal(for: operation), let effect = operation.effect else { return [] }
      return arguments(of: operation, for: object).map {
        (Request(operation.name, $0, principal: principal), effect.kind)
      }
    }
  }

  private static func system(of kind: Name) -> Name { Name(String(kind.text.prefix { $0 != "." })) }

  /// The principal of the agent that may do this and as little else as possible.
  func principal(for operation: Operation) -> Name? {
    principals.filter { $0.scopes.contains(operation.scope) }.min { $0.scopes.count < $1.scopes.count }?.name
  }

  /// What a request has to say in order to be about this object; more than one where parts of a sum are optional.
  private func arguments(of operation: Operation, for object: ObjectFact) -> [Fields] {
    var required = Fields()
    for parameter in operation.parameters where parameter.isRequired {
      guard let value = value(of: parameter, for: object) else { return [] }
      required[parameter.name] = value
    }
    var all = [required]
    for parameter in operation.parameters where !parameter.isRequired && parameter.kind == .money {
      guard let amount = object.amount else { continue }
      var more = required
      more[parameter.name] = .money(amount)
      all.append(more)
    }
    return all
  }

  private func value(of parameter: Parameter, for object: ObjectFact) -> Value? {
    switch parameter.kind {
    case .text:
      if object.kind.text.hasSuffix(".\(parameter.name)") { return .text(object.id) }
      if let text = object.attributes.text(parameter.name) { return .text(text) }
      return nil
    case .money: return object.amount.map { .money($0) }
    case .int, .bool, .instant, .list, .record: return object.attributes[parameter.name]
    }
  }
}
