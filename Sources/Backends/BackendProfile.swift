// What can be built: one entry for each vendor dialect of each system.

import Operations
import Primitives

/// A vendor's dialect of one system, as `faultline list profiles` shows it and as a scenario names it.
public struct BackendProfile: Sendable {
  /// The system's name in operations: `billing` in `billing.pay_invoice`.
  public let system: Name
  /// The dialect's name, `stripe-v1`.
  public let profile: Name
  /// One sentence for people: what it models.
  public let summary: String
  /// What a scenario may set, beside ``BackendFactory/commonOptions``. Where an option is left out, the
  /// behaviour is the one that its summary states.
  public let options: [Parameter]
  let build: @Sendable (_ options: Fields) throws -> any Backend

  /// A profile of Faultline's, or one of yours: whoever reads scenarios and builds worlds takes a list of them.
  ///
  /// - Parameters:
  ///   - options: none of them may be called `principals` or `start`.
  ///   - build: makes the backend; receives declared options of the declared kinds, and `start`, the
  ///     instant at which the world begins.
  public init(
    _ system: Name, _ profile: Name, _ summary: String, options: [Parameter] = [],
    build: @escaping @Sendable (_ options: Fields) throws -> any Backend
  ) {
    self.system = system
    self.profile = profile
    self.summary = summary
    self.options = options
    self.build = build
  }
}
