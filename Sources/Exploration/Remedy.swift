// What an agent can soundly do when it does not know what became of a call, tried out in a fork of time.

import Faultline
import Operations
import Primitives

/// A way to a good end.
public enum Remedy: Hashable, Sendable {
  /// To send the same request again under the same key.
  case sameKey
  /// To wait as long as reads may be stale, and to look by natural key.
  case readBack(after: TimeSpan)
  /// To stop, and to hand over what is there and what may be there.
  case escalation
  /// To take back what is too much, by these operations, before anything happened that can't be undone.
  case takingBack([Name])
}

extension Closer.Closing {
  /// The operations of its steps, each once.
  var operations: [Name] {
    steps.map(\.request.operation).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension Closer {
  /// How the outcome of a call can be found out.
  func remedies(for unknown: CallFact, in world: World) -> [Remedy] {
    guard let operation = catalogue[unknown.name], let request = world.request(of: unknown.id) else { return [] }
    var remedies: [Remedy] = []
    if operation.takesKey, request.idempotencyKey != nil { remedies.append(.sameKey) }
    if lookup(for: request, of: operation) != nil, let service = catalogue.service(of: operation.name) {
      remedies.append(.readBack(after: service.bounds.staleness))
    }
    return remedies
  }

  /// What is wrong if the agent does this and no more, and then hands over; nil where it would not learn what became
  /// of the call.
  func harm(after remedy: Remedy, of unknown: CallFact, in world: World) -> [Violation]? {
    guard let operation = catalogue[unknown.name], let request = world.request(of: unknown.id) else { return nil }
    var world = world.withoutAgent()
    switch remedy {
    case .sameKey: _ = world.ask(request)
    case .readBack(let span):
      guard let lookup = lookup(for: request, of: operation) else { return nil }
      world.pass(span)
      _ = world.ask(lookup)
    case .escalation, .takingBack: break
    }
    guard let call = world.facts.calls.first(where: { $0.id == unknown.id }), call.resolution != .none else {
      return nil
    }
    return Self.harm(in: world)
  }

  /// The read that shows what a request made, by what the request itself says; nil where there is none, or where it
  /// needs to know more.
  private func lookup(for request: Request, of operation: Operation) -> Request? {
    guard let read = operation.readBack.flatMap({ catalogue[$0] }), let principal = principal(for: read) else {
      return nil
    }
    var arguments = Fields()
    for parameter in read.parameters {
      var value = request.arguments[parameter.name]
      if value == nil, parameter.name == read.subject { value = operation.subject.flatMap { request.arguments[$0] } }
      if let value { arguments[parameter.name] = value } else if parameter.isRequired { return nil }
    }
    return arguments.isEmpty ? nil : Request(read.name, arguments, principal: principal)
  }
}
