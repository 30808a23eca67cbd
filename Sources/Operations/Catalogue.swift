// What a caller can know about a system before calling it: operations, effects, errors and bounds.

import Primitives

/// One operation of one system, described so that an agent, an oracle and a schema can use it without
/// knowing the system.
///
/// Never changed once it is made, and passed along with every call: the description is shared, so that a
/// copy costs one retain.
public struct Operation: Sendable {
  @usableFromInline final class Description: Sendable {
    @usableFromInline let name: Name
    @usableFromInline let summary: String
    @usableFromInline let parameters: [Parameter]
    @usableFromInline let effect: EffectClass?
    @usableFromInline let compensation: Name?
    @usableFromInline let scope: Name
    @usableFromInline let subject: Name?
    @usableFromInline let takesKey: Bool
    @usableFromInline let readBack: Name?
    @usableFromInline let condition: Name?

    init(
      name: Name, summary: String, parameters: [Parameter], effect: EffectClass?, compensation: Name?, scope: Name,
      subject: Name?, takesKey: Bool, readBack: Name?, condition: Name?
    ) {
      self.name = name
      self.summary = summary
      self.parameters = parameters
      self.effect = effect
      self.compensation = compensation
      self.scope = scope
      self.subject = subject
      self.takesKey = takesKey
      self.readBack = readBack
      self.condition = condition
    }
  }

  @usableFromInline let description: Description

  public init(
    _ name: Name, _ summary: String, parameters: [Parameter] = [], effect: EffectClass? = nil,
    compensation: Name? = nil, scope: Name, subject: Name? = nil, takesKey: Bool = false, readBack: Name? = nil,
    condition: Name? = nil
  ) {
    description = Description(
      name: name, summary: summary, parameters: parameters, effect: effect, compensation: compensation, scope: scope,
      subject: subject, takesKey: takesKey, readBack: readBack, condition: condition)
  }

  /// `backend.verb_object`, the name users type.
  @inlinable public var name: Name { description.name }
  /// One sentence for people and for tool descriptions.
  @inlinable public var summary: String { description.summary }
  @inlinable public var parameters: [Parameter] { description.parameters }
  /// What the operation does to the system's state; nil for a read.
  @inlinable public var effect: EffectClass? { description.effect }
  /// The operation that takes the effect back, where there is one.
  @inlinable public var compensation: Name? { description.compensation }
  /// The scope that a principal must hold.
  @inlinable public var scope: Name { description.scope }
  /// The argument that names the business object the call is about, never a generated id. Nil where a
  /// call is addressed by id; the backend then resolves the subject.
  @inlinable public var subject: Name? { description.subject }
  /// Whether the system honours an idempotency key here.
  @inlinable public var takesKey: Bool { description.takesKey }
  /// The operation that finds what this one made by its natural key, for read-back after an unknown.
  @inlinable public var readBack: Name? { description.readBack }
  /// The argument that carries the version that was read, by which a change of anything newer is refused. Nil
  /// where the system has no conditional write.
  @inlinable public var condition: Name? { description.condition }

  /// Whether it has this name; asked for every request, and answered without counting a reference.
  @inlinable public func isNamed(_ name: Name) -> Bool { description.name.hash == name.hash }

  /// Whether it changes the system's state.
  @inlinable public var isMutation: Bool { description.effect != nil }
  /// The part of the name before the dot.
  public var backend: Name { Name(String(name.text.prefix { $0 != "." })) }
}

extension Operation: Hashable {
  public static func == (a: Operation, b: Operation) -> Bool {
    a.description === b.description
      || (a.name == b.name && a.summary == b.summary && a.parameters == b.parameters && a.effect == b.effect
        && a.compensation == b.compensation && a.scope == b.scope && a.subject == b.subject
        && a.takesKey == b.takesKey && a.readBack == b.readBack && a.condition == b.condition)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A named argument of an operation.
public struct Parameter: Hashable, Sendable, Codable {
  /// The type of a value.
  public enum Kind: String, Hashable, Sendable { case text, int, bool, money, instant, list, record }

  public var name: Name
  public var kind: Kind
  /// Whether the system refuses a call without it.
  public var isRequired: Bool
  /// One sentence for people.
  public var summary: String
  /// The only values allowed, where the set is closed.
  public var allowed: [String]

  private enum CodingKeys: String, CodingKey {
    case name, kind, summary, allowed
    case isRequired = "required"
  }

  public init(_ name: Name, _ kind: Kind, _ summary: String, required: Bool = true, allowed: [String] = []) {
    self.name = name
    self.kind = kind
    self.isRequired = required
    self.summary = summary
    self.allowed = allowed
  }
}

/// How one kind of effect counts.
public struct EffectClass: Hashable, Sendable, Codable {
  /// `cloud.cluster`, `billing.charge`: what scenarios name in their intents.
  public var kind: Name
  /// What it does to the object.
  public var change: Effect.Change
  /// Whether it counts while it is live, or for ever.
  public var permanence: Permanence

  /// Whether an effect can be taken back.
  public enum Permanence: String, Hashable, Sendable {
    /// Counts while it is live: a cluster, a role, a draft invoice.
    case reversible
    /// Counts if it ever happened: a mail, a captured payment, a public comment.
    case permanent
  }

  public init(_ kind: Name, _ change: Effect.Change, _ permanence: Permanence = .reversible) {
    self.kind = kind
    self.change = change
    self.permanence = permanence
  }
}

/// How a documented error code bears on the question "did it happen?".
public enum ErrorNature: String, Hashable, Sendable {
  /// The request was examined and refused; nothing was done.
  case refused
  /// A limiter or lock in front of the handler turned the request away; an earlier attempt may have run.
  case notNow
  /// The object is there already: maybe ours. Compare, then adopt or refuse.
  case alreadyExists
  /// No such object *visible*: after a recent write it may still exist.
  case notFound
  /// The same key is being executed right now.
  case inFlight
  /// The same key was used with other parameters.
  case keyMismatch
  /// Something still depends on the object; the call may succeed later.
  case dependency
  /// The object changed since the caller read it.
  case conflict
  /// The principal may not.
  case forbidden
  /// The principal may, but its credential has expired: nothing was done. Renew it by ``ServiceDescription/renewal``
  /// and send again.
  case expired
  /// The request is not one that the system understands: nothing was done, and the same again is no better.
  case malformed
  /// Indeterminate: the system may have done it.
  case indeterminate
}

/// A documented error of a system.
public struct ErrorCode: Hashable, Sendable, Codable {
  /// The vendor's word, `IncorrectInstanceState`.
  public var code: Name
  /// The HTTP status that comes with it.
  public var status: Int
  /// What it says about whether the call was executed.
  public var nature: ErrorNature

  public init(_ code: Name, _ status: Int, _ nature: ErrorNature) {
    self.code = code
    self.status = status
    self.nature = nature
  }
}

/// The bounds that a profile declares and that an agent may rely on.
public struct ServiceBounds: Hashable, Sendable, Codable {
  /// A read may be older than the last write by at most this.
  public var staleness: TimeSpan
  /// A request may be executed at most this long after it was sent.
  public var lateness: TimeSpan
  /// A key is remembered for at least this long; nil where the system takes no keys.
  public var keyWindow: TimeSpan?
  /// A message that the system sends by itself (a webhook, a meter event) arrives at most this long after what it
  /// tells of, and not necessarily in order.
  public var notice: TimeSpan

  private enum CodingKeys: String, CodingKey {
    case staleness, lateness, notice
    case keyWindow = "key_window"
  }

  public init(
    staleness: TimeSpan, lateness: TimeSpan, keyWindow: TimeSpan?, notice: TimeSpan = ServiceBounds.usualNotice
  ) {
    self.staleness = staleness
    self.lateness = lateness
    self.keyWindow = keyWindow
    self.notice = notice
  }

  /// Jira declares 30 seconds for its primary webhooks, which is the only such bound that we know of
  /// (https://mrrefactoring.github.io/jira.js/api/interfaces/webhooks.WebhookHeaders.html).
  public static let usualNotice = TimeSpan.seconds(30)
}

/// Everything that one system declares about itself.
public struct ServiceDescription: Hashable, Sendable {
  /// The system's name, the part of an operation's name before the dot.
  public var backend: Name
  /// The vendor's dialect, `ec2`.
  public var profile: Name
  /// What can be called.
  public var operations: [Operation]
  /// What can be answered instead of success.
  public var errors: [ErrorCode]
  /// What callers may rely on.
  public var bounds: ServiceBounds
  /// What it sends messages about by itself, `cloud.cluster.running`.
  public var topics: [Name]
  /// What fields of answers can hold, where the set is closed: the states of a cluster.
  public var values: [ClosedField]
  /// The operation by which a principal renews its credential; nil where credentials do not expire. Any principal may
  /// call it, also with an expired one.
  public var renewal: Name? {
    let name = ServiceDescription.renewal(of: backend)
    return operations.contains { $0.isNamed(name) } ? name : nil
  }

  /// `cloud.renew_credential`
  public static func renewal(of backend: Name) -> Name { Name("\(backend).renew_credential") }

  public init(
    backend: Name, profile: Name, operations: [Operation], errors: [ErrorCode], bounds: ServiceBounds,
    topics: [Name] = [], values: [ClosedField] = []
  ) {
    self.backend = backend
    self.profile = profile
    self.operations = operations
    self.errors = errors
    self.bounds = bounds
    self.topics = topics
    self.values = values
  }
}

/// A field that answers show in some objects of a system, and all that it can hold there.
public struct ClosedField: Hashable, Sendable, Codable {
  public var field: Name
  public var values: [String]

  public init(_ field: Name, _ values: [String]) {
    self.field = field
    self.values = values
  }
}

extension [ClosedField] {
  /// The first field of an answer that holds something else; nil where the answer speaks as documented.
  public func undocumented(in body: Fields) -> Name? {
    for closed in self {
      if let text = body.text(closed.field), !closed.values.contains(text) { return closed.field }
      for entry in body.entries {
        guard case .list(let list) = entry.value else { continue }
        for case .record(let record) in list {
          if let text = record.text(closed.field), !closed.values.contains(text) { return closed.field }
        }
      }
    }
    return nil
  }
}

/// The operations an agent can call in one world, by name.
public struct Catalogue: Sendable {
  /// The systems of the world.
  public let services: [ServiceDescription]
  private let operations: NameTable<(operation: Operation, service: Int)>
  private let natures: NameTable<ErrorNature>

  /// - Parameter services: the systems of the world; their operations have different names.
  public init(_ services: [ServiceDescription]) {
    self.services = services
    var operations: [(Name, (operation: Operation, service: Int))] = []
    var natures: [(Name, ErrorNature)] = []
    for (index, service) in services.enumerated() {
      for operation in service.operations { operations.append((operation.name, (operation, index))) }
      for error in service.errors {
        guard let known = natures.firstIndex(where: { $0.0 == error.code }) else {
          natures.append((error.code, error.nature))
          continue
        }
        // A code that two systems document differently settles nothing, and unknown is never "failed".
        if natures[known].1 != error.nature { natures[known].1 = .indeterminate }
      }
    }
    self.operations = NameTable(operations)
    self.natures = NameTable(natures)
  }

  /// The operation of that name, if some system has it.
  public subscript(name: Name) -> Operation? { operations[name]?.operation }

  /// The system that has the operation.
  public func service(of operation: Name) -> ServiceDescription? {
    operations[operation].map { services[$0.service] }
  }

  /// Every operation, ordered by name.
  public var allOperations: [Operation] { services.flatMap(\.operations).sorted { $0.name < $1.name } }

  /// What the documentation ties to an error code; nil for a code that it does not mention.
  public func nature(of code: Name) -> ErrorNature? { natures[code] }

  /// Classifies an answer the way a careful client may: by the documented meaning of its code first,
  /// by its status second, and as unknown where neither settles it.
  public func outcome(of answer: Answer) -> Outcome {
    guard let response = answer.response else { return .unknown(answer) }
    if response.isSuccess { return .succeeded(response) }
    switch response.error.flatMap({ natures[$0.code] }) {
    case .notNow, .inFlight, .expired: return .notNow(response)
    case .indeterminate: return .unknown(answer)
    case .some: return .failed(response)
    case nil: break
    }
    switch response.status {
    case 408, 500...: return .unknown(answer)
    case 429: return .notNow(response)
    default: return .failed(response)
    }
  }
}
