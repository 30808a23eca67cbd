// The kernel: time, chance and choice, and nothing else. It knows no domain.

import Primitives

/// Time, the queue of what is to come, the driver that answers choices, and the trace.
///
/// A value: to copy it is to fork time. A run is a function of its inputs because these four are the
/// only places from which time and chance can come.
public struct Simulation<Scheduled: Sendable, Event: TraceEvent>: Sendable {
  /// The simulated time.
  @inlinable public var now: Instant { clock }
  /// What all draws of the run depend on, beside their sites.
  public let seed: UInt64
  /// What is to come.
  @inlinable public var queue: EventQueue<Scheduled> { _read { yield coming } }
  /// Who answers the choices.
  @inlinable public var driver: Driver { _read { yield answering } }
  /// What has happened.
  @inlinable public var trace: Trace<Event> { _read { yield happened } }
  /// The non-default answers given so far, which together are the run's plan.
  @inlinable public var decisions: [Decision] { decided }
  /// The first site that was met twice, which is a defect of Faultline (exit status 3).
  @inlinable public var repeatedSite: Site? { metTwice }

  @usableFromInline var clock: Instant
  @usableFromInline var coming = EventQueue<Scheduled>()
  @usableFromInline var answering: Driver
  @usableFromInline var happened: Trace<Event>
  @usableFromInline var decided: [Decision] = []
  @usableFromInline var metTwice: Site?
  @usableFromInline var met = KeySet()

  /// - Parameter isRecording: whether the trace keeps its events; the hash is kept anyway.
  @inlinable public init(start: Instant, seed: UInt64, driver: Driver, isRecording: Bool) {
    clock = start
    self.seed = seed
    answering = driver
    happened = Trace(isRecording: isRecording)
  }

  /// The answers that differ from the default: replaying them reproduces this run.
  @inlinable public var plan: Plan { Plan(decisions.map(\.entry)) }

  // MARK: Choice

  /// Asks the driver. An offer of the default alone is no choice and is not counted.
  @inlinable public mutating func choose<A: ChoiceAnswer>(_ offer: Offer<A>, at site: Site) -> A {
    if offer.isTrivial { return .benign }
    if !met.insert(site.key), metTwice == nil { metTwice = site }
    let raw = answering.answer(
      offer.mask, benign: A.benign.rawValue, of: A.benign.name.hash, at: site, seed: seed,
      name: { (A(rawValue: $0) ?? .benign).name })
    guard raw != A.benign.rawValue, let answer = A(rawValue: raw) else { return .benign }
    decided.append(Decision(site: site, answer: answer.name))
    return answer
  }

  /// Whether the driver may answer otherwise than by default where no more than this is possible. Where it will not,
  /// nobody needs to find out what is really possible.
  @inlinable public mutating func mayDeviate<A: ChoiceAnswer>(_ widest: Offer<A>, at site: Site) -> Bool {
    answering.mayDeviate(
      widest.mask, benign: A.benign.rawValue, of: A.benign.name.hash, at: site, seed: seed,
      name: { (A(rawValue: $0) ?? .benign).name })
  }

  /// Asks the driver whether to give one of these answers instead of the default, at a site whose
  /// vocabulary is not the kernel's: what a decider may say there. At most 63 are offered.
  ///
  /// - Returns: one of the alternatives; nil for the default.
  public mutating func choose(among alternatives: [Name], at site: Site) -> Name? {
    let offered = alternatives.prefix(63)
    guard !offered.isEmpty else { return nil }
    if !met.insert(site.key), metTwice == nil { metTwice = site }
    let mask: UInt64 = 1 << UInt64(offered.count + 1) &- 1
    let vocabulary = offered.reduce(into: StableHasher()) { $0.combine($1) }.digest
    let raw = answering.answer(
      mask, benign: 0, of: vocabulary, at: site, seed: seed, name: { offered[Int($0) - 1] })
    guard raw > 0 else { return nil }
    decided.append(Decision(site: site, answer: offered[Int(raw) - 1]))
    return offered[Int(raw) - 1]
  }

  /// Ends the random answers of a seeded run.
  @inlinable public mutating func calmDown() { answering.calmDown() }

  // MARK: Draws

  /// A draw keyed by (seed, site); never part of a plan.
  @inlinable public func draw(at site: Site) -> Draw { Draw(seed: seed, key: site.key) }

  /// Whether draws answer with the middle of their band: the nominal run, which is seed 0.
  @inlinable public var isNominal: Bool { seed == 0 }

  /// A span within a band; the middle of it in a nominal run, in which events of different actors
  /// stand at the same instant and their order is a choice.
  @inlinable public func span(in band: ClosedRange<TimeSpan>, by draw: Draw) -> TimeSpan {
    guard !isNominal else {
      return TimeSpan(nanoseconds: (band.lowerBound.nanoseconds + band.upperBound.nanoseconds) / 2)
    }
    return draw.span(in: band)
  }

  // MARK: Forking

  /// Goes on with one more planned answer. Called on a copy, this is a fork of time.
  @inlinable public mutating func branch(to entry: Plan.Entry, isEnumerating: Bool) {
    answering.branch(to: entry, isEnumerating: isEnumerating)
  }

  /// Lets another driver answer from here on.
  public mutating func drive(by driver: Driver) { answering = driver }

  /// Hands over the alternatives noted so far, and forgets them.
  @inlinable public mutating func takeForks() -> [Fork] { answering.takeForks() }

  // MARK: Time

  /// - Returns: a number by which the event can be cancelled.
  /// - Precondition: `at` is not in the past.
  @discardableResult
  @inlinable public mutating func schedule(_ event: Scheduled, at: Instant) -> UInt32 {
    precondition(at >= now, "an event was scheduled in the past")
    return coming.schedule(event, at: at)
  }

  /// - Returns: a number by which the event can be cancelled.
  @discardableResult
  @inlinable public mutating func schedule(_ event: Scheduled, after span: TimeSpan) -> UInt32 {
    schedule(event, at: now + span)
  }

  /// Removes the event with this number, if it has not happened.
  @inlinable public mutating func cancel(_ sequence: UInt32) { coming.cancel(sequence) }

  /// Drops what is under way and satisfies the predicate: the answers addressed to a dead incarnation.
  @inlinable public mutating func dropScheduled(where predicate: (Scheduled) -> Bool) {
    coming.removeAll(where: predicate)
  }

  /// Takes the next event and moves the clock to it. Where several stand at the same instant, their
  /// order is a choice: `site` names the event whose turn it is, or nil where its order can't matter, and
  /// `matters` says of two events whether it matters which of them comes first.
  ///
  /// Each event is asked once, when its turn comes, how many of the others it lets go first. It can stop behind each
  /// one with which its order matters and behind no other, so that the answers together give every order of up to four
  /// events that can be told apart exactly once.
  @inlinable public mutating func next(
    site: (Scheduled) -> Site?, matters: (Scheduled, Scheduled) -> Bool = { _, _ in true }
  ) -> Scheduled? {
    guard let time = coming.nextTime else { return nil }
    clock = time
    let count = coming.simultaneous
    var turn = 0
    while turn + 1 < count {
      if coming.yields(turn) == nil {
        let event = coming.peek(turn).event
        guard let site = site(event) else { break }
        var offer = Offer<OrderAnswer>()
        for others in 1...OrderAnswer.most
        where turn + others < count && matters(event, coming.peek(turn + others).event) {
          offer.insert(UInt8(others))
        }
        let answer = choose(offer, at: site.aspect(.order))
        coming.yield(turn, to: Int(answer.rawValue))
      }
      if coming.yields(turn) == 0 { break }
      turn += 1
    }
    return coming.take(turn).event
  }

  /// Takes the next event and moves the clock to it, where the order of simultaneous events can't matter.
  @inlinable public mutating func next() -> Scheduled? {
    guard let time = coming.nextTime else { return nil }
    clock = time
    return coming.take(0).event
  }

  /// Moves the clock without an event; time never goes back.
  @inlinable public mutating func advance(to instant: Instant) { if instant > clock { clock = instant } }

  // MARK: Trace

  /// Adds an event to the trace, at the present time.
  /// - Returns: its index, from 1.
  @discardableResult
  @inlinable public mutating func record(_ event: Event) -> Int { happened.append(event, at: now) }
}

/// How many of the events of its instant an event lets go first. The raw value is that number.
public enum OrderAnswer: UInt8, ChoiceAnswer {
  case inOrder, yield, yieldToTwo, yieldToThree

  public static var benign: OrderAnswer { .inOrder }
  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .inOrder: "in-order"
    case .yield: "yield"
    case .yieldToTwo: "yield:2"
    case .yieldToThree: "yield:3"
    }
  }

  /// How many others an event can let go first at most.
  @inlinable static var most: Int { 3 }
}
