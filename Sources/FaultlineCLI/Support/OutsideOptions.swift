// How a process is played as an agent: its clock, its time, its environment.

import ArgumentParser
import Faultline
import Foundation
import Gateway
import Primitives
import Simulation

/// Options for an agent that is a command after `--`.
struct OutsideOptions: ParsableArguments {
  @Option(
    help: """
      How the world's time goes by: real, scaled:N (a second is N in the world), or virtual: it passes with calls, and \
      jumps while all that the agent does is wait. Python's waits are seen as they are (time.sleep, asyncio, \
      threading); others are declared by POST $FAULTLINE_URL/clock/sleep. Without it: virtual where 'explore' or 'certify' \
      plays Python or 'faultline agent', else real.
      """)
  var clock: ClockMode?

  @Option(
    help: """
      Let the agent's own time between two calls, such as its model's, pass in a virtual world, too, at most so much \
      at a time. Without it thinking costs no time there.
      """)
  var thinkTimeout: Span?

  @Option(
    help: """
      How an answer is lost at the socket: close it, close it after the answer's head, or hold it open until the \
      caller gives up.
      """)
  var loss: LossForm = .close

  @Option(help: "How long one trial may take, such as 60s or 5m.")
  var timeout: Span = Span(argument: Self.usualTimeout)!

  @Option(help: "How often a process that was killed is started again.")
  var restarts: Int = Self.usualRestarts

  @Option(
    help: "Hand this variable of the environment on to the agent, beside PATH, HOME and the like; may be repeated.")
  var passEnv: [String] = []

  @Option(
    help: """
      Run this with sh before each trial, to clear what the agent keeps elsewhere than in $FAULTLINE_STATE_DIR, which is \
      new for each.
      """)
  var reset: String?

  @OptionGroup var wire: WireOptions

  @Option(help: "Requests that come within so many milliseconds of each other count as sent together; 0 for none.")
  var quiet: Int = Self.usualQuiet

  func validate() throws {
    guard (0...10_000).contains(quiet) else { throw ValidationError("--quiet takes 0 to 10000 milliseconds") }
    guard (0...250).contains(restarts) else { throw ValidationError("--restarts takes 0 to 250") }
  }

  /// The settings of the trials of a command.
  ///
  /// - Parameter clock: how time goes by where no option says so.
  func settings(folder: String, clock usual: ClockMode) -> OutsideTrials.Settings {
    var settings = OutsideTrials.Settings(folder: folder)
    settings.session.clock = clock ?? usual
    settings.session.thinking = thinkTimeout.map { .nanoseconds($0.nanoseconds) }
    settings.session.loss = loss
    settings.reset = reset
    settings.session.restarts = restarts
    settings.session.quiet = .milliseconds(quiet)
    settings.timeout = .nanoseconds(timeout.nanoseconds)
    settings.killLimit = min(settings.killLimit, settings.timeout / 2)
    return settings
  }
}

extension OutsideOptions {
  /// These options as they are typed, for a command that plays the same again; those that say what 'run' does anyhow
  /// are left out.
  ///
  /// - Parameter clock: how time went by.
  func words(clock: ClockMode) -> [String] {
    var words: [String] = []
    if clock != .real { words += ["--clock", clock.description] }
    if let thinkTimeout { words += ["--think-timeout", thinkTimeout.defaultValueDescription] }
    if loss != .close { words += ["--loss", loss.rawValue] }
    if timeout.defaultValueDescription != Self.usualTimeout { words += ["--timeout", timeout.defaultValueDescription] }
    if restarts != Self.usualRestarts { words += ["--restarts", String(restarts)] }
    for name in passEnv { words += ["--pass-env", name] }
    if let reset { words += ["--reset", reset] }
    if quiet != Self.usualQuiet { words += ["--quiet", String(quiet)] }
    return words + wire.words
  }

  fileprivate static let usualTimeout = "60s"
  fileprivate static let usualRestarts = 10
  fileprivate static let usualQuiet = 20
}

extension ClockMode: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
  public var defaultValueDescription: String { description }
}

extension LossForm: ExpressibleByArgument {}
