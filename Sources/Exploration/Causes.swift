// From a violation back to its first cause: the shortest chain of events that explains it.

import Faultline
import Operations
import Primitives
import Simulation

/// The events of one run and how one led to another.
///
/// An effect comes from the request that caused it, or from the object that it names; a request from the call of
/// unknown outcome, or of a process that died, that it repeats, or from the object that it names; and a call's
/// outcome is hidden by its fault.
public struct Causes: Sendable {
  /// One event of a chain and its part in it.
  public struct Link: Hashable, Sendable {
    /// The event's number in the trace.
    public var event: Int
    public var part: Part

    /// What an event contributed.
    public enum Part: String, Hashable, Sendable {
      /// A system did what was asked, and the agent did not learn it, or forgot.
      case committed
      /// A fault hid that from the agent.
      case hid
      /// A fault kept a request from being done.
      case lost
      /// A fault ended or stopped the process that knew.
      case forgot
      /// A fault that did something else.
      case bent
      /// The agent asked again as if nothing had been done.
      case tookForFailed = "took-for-failed"
      /// A later incarnation, or another process, began anew.
      case beganAnew = "began-anew"
      /// The agent went on with what should not have been there.
      case wentOn = "went-on"
      /// A system did something by itself because of it.
      case followed
      /// What the violation is about.
      case showed
    }
  }

  private let facts: Facts
  private let trace: [Trace<WorldEvent>.Entry]
  /// The events of the faults, each with the position of the call that it hit.
  private let faults: [(event: Int, call: Int?, aspect: Aspect)]

  /// - Parameters:
  ///   - facts: of the finished run.
  ///   - trace: all its events.
  public init(facts: Facts, trace: [Trace<WorldEvent>.Entry]) {
    self.facts = facts
    self.trace = trace
    faults = trace.compactMap { entry in
      guard case .fault(let record) = entry.event else { return nil }
      let candidates = facts.calls.indices.filter {
        facts.calls[$0].name == record.site.point && Int(facts.calls[$0].id.incarnation) == record.site.incarnation
          && record.site.process.text.hasSuffix("-\(facts.calls[$0].id.process)")
      }
      let nearest = candidates.min {
        abs(facts.calls[$0].sentIndex - entry.index) < abs(facts.calls[$1].sentIndex - entry.index)
      }
      return (entry.index, nearest, record.site.aspect)
    }
  }

  /// The shortest chain that leads from a first cause to a violation; where no fault is behind it, what is known.
  public func chain(behind violation: Violation) -> [Link] {
    let chains = violation.evidence.reversed().map { chain(to: $0, part: .showed) }
    let explained = chains.filter { chain in chain.contains { link in faults.contains { $0.event == link.event } } }
    return explained.min { $0.count < $1.count } ?? chains.max { $0.count < $1.count } ?? []
  }

  private func chain(to event: Int, part: Link.Part) -> [Link] {
    guard event >= 1, event <= trace.count else { return [] }
    let link = Link(event: event, part: part)
    switch trace[event - 1].event {
    case .effect(let effect):
      if let cause = effect.cause, let call = facts.calls.firstIndex(where: { $0.id == cause }) {
        // A fault of the request can be the whole reason: a copy, a late arrival.
        let bending = faults.filter { $0.call == call && $0.aspect == .request && $0.event < event }
          .map { Link(event: $0.event, part: .bent) }
        if facts.calls[call].effects > 1, !bending.isEmpty { return bending + [link] }
        return chain(to: facts.calls[call].sentIndex, part: .wentOn) + [link]
      }
      return source(of: effect.attributes, before: event).map { chain(to: $0, part: .wentOn) + [followed(link)] } ?? [link]
    case .sent(let wire, let request, _, _):
      guard let call = facts.calls.firstIndex(where: { $0.id == wire.call }) else { return [link] }
      if let earlier = repeated(by: call) { return hidden(earlier, by: call) + [again(earlier, call)] }
      guard let source = source(of: request.arguments, before: event) else { return [link] }
      return chain(to: source, part: .wentOn) + [link]
    case .claimed:
      return faults.filter { $0.event < event }.suffix(1).map { Link(event: $0.event, part: .bent) } + [link]
    default: return [link]
    }
  }

  private func followed(_ link: Link) -> Link {
    link.part == .showed ? link : Link(event: link.event, part: .followed)
  }

  /// The earlier call that a call repeats although it may have been done: of unknown outcome, or by a process that
  /// is no more.
  private func repeated(by number: Int) -> Int? {
    let call = facts.calls[number]
    guard call.isMutation, !call.isCompensation, let intent = call.intent else { return nil }
    return facts.calls[..<number].indices.last { index in
      let earlier = facts.calls[index]
      guard earlier.name == call.name, earlier.intent == intent else { return false }
      return (earlier.view == .unknown && earlier.viewIndex < call.sentIndex)
        || (earlier.process != call.process && earlier.effects > 0)
    }
  }

  /// That a call was done, and what kept the agent from knowing it.
  private func hidden(_ number: Int, by later: Int) -> [Link] {
    let call = facts.calls[number]
    var links = call.effectIndex.map { [Link(event: $0, part: .committed)] } ?? []
    if let fault = faults.last(where: { $0.call == number && $0.event < facts.calls[later].sentIndex }) {
      let part: Link.Part =
        switch fault.aspect {
        case .answer: .hid
        case .request: .lost
        case .crash: .forgot
        default: .bent
        }
      links.append(Link(event: fault.event, part: part))
    } else if let fault = faults.last(where: { $0.aspect == .crash && $0.event < facts.calls[later].sentIndex }) {
      links.append(Link(event: fault.event, part: .forgot))
    }
    return links
  }

  private func again(_ earlier: Int, _ later: Int) -> Link {
    let isAnew = facts.calls[earlier].process != facts.calls[later].process
    return Link(event: facts.calls[later].sentIndex, part: isAnew ? .beganAnew : .tookForFailed)
  }

  /// The event in which the object began that some fields name.
  private func source(of fields: Fields, before event: Int) -> Int? {
    let objects = facts.objects.filter { object in
      object.beganHere && object.firstIndex < event && fields.entries.contains { $0.value.text == object.id }
    }
    return objects.map(\.firstIndex).max()
  }
}
