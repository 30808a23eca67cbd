// The kernel: time, chance and choice, and nothing else. It knows no domain.

import Primitives

/// Time, the queue of what is to come, the driver that answers choices, and the trace.
///
/// A value: to copy it is to fork time. A run is a function of its inputs because these four are the
/// only places from which time and chance can come.
public struct Simulation<Scheduled: Sendable, Event: TraceEvent>: Sendable {
  /// The simulated time.
  public private(set) var now: Instant
  /// What all draws of the run depend on, beside their sites.
  public let seed: UInt64
  /// What is to come.
  public private(set) var queue = EventQueue<Scheduled>()
  /// Who answers the choices.
  public private(set) var driver: Driver
  /// What has happened.
  public private(set) var trace: Trace<Event>
  /// The non-default answers given so far, which together are the run's plan.
  public private(set) var decisions: [Decision] = []
  /// How many choices had more than one answer.
  public private(set) var choiceCount = 0
  /// The first site that was met twice, which is a defect of Faultline (exit status 3).
  public private(set) var repeatedSite: Site?
  private var met: Set<UInt64> = []

  /// - Parameter isRecording: whether the trace keeps its events; the hash is kept anyway.
  public init(start: Instant, seed: UInt64, driver: Driver, isRecording: Bool) {
    now = start
    self.seed = seed
    self.driver = driver
    trace = Trace(isRecording: isRecording)
    met.reserveCapacity(256)
  }

  /// The answers that differ from the default: replaying them reproduces this run.
  public var plan: Plan { Plan(decisions.map(\.entry)) }

  // MARK: Choice

  /// Asks the driver. An offer of the default alone is no choice and is not counted.
  public mutating func choose<A: ChoiceAnswer>(_ offer: Offer<A>, at site: Site) -> A {
    if offer.isTrivial { return .benign }
    if !met.insert(site.key).inserted, repeatedSite == nil { repeatedSite = site }
    choiceCount += 1
    let answer = driver.answer(offer, at: site, seed: seed)
    if answer != .benign { decisions.append(Decision(site: site, answer: answer.name)) }
    return answer
  }

  // MARK: Draws

  /// A draw keyed by (seed, site); never part of a plan.
  public func draw(at site: Site) -> Draw { Draw(seed: seed, key: site.key) }

  /// Whether draws answer with the middle of their band: the nominal run, which is seed 0.
  public var isNominal: Bool { seed == 0 }

  /// A span within a band; the middle of it in a nominal run, in which events of different actors
  /// stand at the same instant and their order is a choice.
  public func span(in band: ClosedRange<TimeSpan>, by draw: Draw) -> TimeSpan {
    guard !isNominal else {
      return TimeSpan(nanoseconds: (band.lowerBound.nanoseconds + band.upperBound.nanoseconds) / 2)
    }
    return draw.span(in: band)
  }

  // MARK: Forking

  /// Goes on with one more planned answer. Called on a copy, this is a fork of time.
  public mutating func branch(to entry: Plan.Entry, isEnumerating: Bool) {
    driver.branch(to: entry, isEnumerating: isEnumerating)
  }

  /// Hands over the alternatives noted so far, and forgets them.
  public mutating func takeForks() -> [Fork] { driver.takeForks() }

  // MARK: Time

  /// - Returns: a number by which the event can be cancelled.
  /// - Precondition: `at` is not in the past.
  @discardableResult
  public mutating func schedule(_ event: Scheduled, at: Instant) -> UInt32 {
    precondition(at >= now, "an event was scheduled in the past")
    return queue.schedule(event, at: at)
  }

  /// - Returns: a number by which the event can be cancelled.
  @discardableResult
  public mutating func schedule(_ event: Scheduled, after span: TimeSpan) -> UInt32 {
    schedule(event, at: now + span)
  }

  /// Removes the event with this number, if it has not happened.
  public mutating func cancel(_ sequence: UInt32) { queue.cancel(sequence) }

  /// Drops what is under way and satisfies the predicate: the answers addressed to a dead incarnation.
  public mutating func dropScheduled(where predicate: (Scheduled) -> Bool) { queue.removeAll(where: predicate) }

  /// Takes the next event and moves the clock to it. Where several stand at the same instant, their
  /// order is a choice: `site` names the event whose turn it is, or nil where its order can't matter.
  ///
  /// Each event is asked once, when its turn comes, how many of the others it lets go first; the
  /// answers together give every order of up to four events exactly once.
  public mutating func next(site: (Scheduled) -> Site?) -> Scheduled? {
    guard let time = queue.nextTime else { return nil }
    now = time
    let count = queue.simultaneous
    var turn = 0
    while turn + 1 < count {
      let candidate = queue.peek(turn)
      if candidate.yields == nil {
        guard let site = site(candidate.event) else { break }
        let answer = choose(OrderAnswer.offer(others: count - turn - 1), at: site.aspect(.order))
        queue.yield(turn, to: Int(answer.rawValue))
      }
      if queue.peek(turn).yields == 0 { break }
      turn += 1
    }
    return queue.take(turn).event
  }

  /// Moves the clock without an event; time never goes back.
  public mutating func advance(to instant: Instant) { if instant > now { now = instant } }

  // MARK: Trace

  /// Adds an event to the trace, at the present time.
  /// - Returns: its index, from 1.
  @discardableResult
  public mutating func record(_ event: Event) -> Int { trace.append(event, at: now) }
}

/// How many of the events of its instant an event lets go first. The raw value is that number.
public enum OrderAnswer: UInt8, ChoiceAnswer {
  case inOrder, yield, yieldToTwo, yieldToThree

  public static var benign: OrderAnswer { .inOrder }
  public var name: Name {
    switch self {
    case .inOrder: "in-order"
    case .yield: "yield"
    case .yieldToTwo: "yield:2"
    case .yieldToThree: "yield:3"
    }
  }

  /// What an event with so many others behind it can answer.
  static func offer(others: Int) -> Offer<OrderAnswer> {
    var offer = Offer<OrderAnswer>()
    for answer in allCases where answer.rawValue <= others { offer.add(answer) }
    return offer
  }
}
