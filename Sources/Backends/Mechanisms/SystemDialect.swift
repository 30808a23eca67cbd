// Everything about a vendor's front end that is not a handler, as data.

import Operations
import Primitives

/// How a vendor's front end treats every call before and after the handler.
struct SystemDialect: Sendable {
  /// Nil where no operation takes a key.
  var idempotency: IdempotencyDialect?
  var limiter: LimiterDialect
  /// A principal the system does not know.
  var unauthenticated: Refusal
  /// A credential that has expired, of nature ``ErrorNature/expired``; nil where credentials do not expire.
  var expired: Refusal?
  /// A call outside the principal's scopes; must be of nature ``ErrorNature/forbidden``.
  var forbidden: Refusal
  /// The front end in an outage; must be of nature ``ErrorNature/indeterminate`` or ``ErrorNature/notNow``.
  var outage: Refusal
  /// What a caller reads whose work was committed all the same; of nature ``ErrorNature/indeterminate``.
  var serverError: Refusal
  /// A misspelt or mistyped argument, and a missing one unless ``missingParameter`` says otherwise.
  var invalidParameter: Refusal
  /// A missing argument, where the vendor has a code of its own for it.
  var missingParameter: Refusal?
  /// Whether an argument that the operation does not declare is refused (else it is ignored).
  var refusesUnknownParameters: Bool
  /// How long a mutation is in flight: within it, a second request with the same key meets the first.
  /// No vendor documents it; 10 ms is our choice. It must stay below the shortest round trip of a world, or
  /// callers who have their answer would still meet their own request.
  var handlingTime: TimeSpan
  /// Whether mutations that carry a fence are held against the largest seen.
  var enforcesFences: Bool

  init(
    idempotency: IdempotencyDialect?, limiter: LimiterDialect, unauthenticated: Refusal, expired: Refusal? = nil,
    forbidden: Refusal, outage: Refusal, serverError: Refusal, invalidParameter: Refusal,
    missingParameter: Refusal? = nil, refusesUnknownParameters: Bool = false,
    handlingTime: TimeSpan = .milliseconds(10), enforcesFences: Bool = true
  ) {
    self.idempotency = idempotency
    self.limiter = limiter
    self.unauthenticated = unauthenticated
    self.expired = expired
    self.forbidden = forbidden
    self.outage = outage
    self.serverError = serverError
    self.invalidParameter = invalidParameter
    self.missingParameter = missingParameter
    self.refusesUnknownParameters = refusesUnknownParameters
    self.handlingTime = handlingTime
    self.enforcesFences = enforcesFences
  }

  /// Our extension; see ``FenceTable``.
  static let staleFence = Refusal(
    412, "StaleFence", .conflict, "A request with a larger fence than this one has been accepted for {}.")

  /// Our own, for a name that is not in the catalogue.
  static let unknownOperation = Refusal(404, "UnknownOperation", .refused, "There is no operation {}.")

  /// The documented errors of the front end; a system adds its handlers' own.
  var errors: [ErrorCode] {
    let shared = [
      limiter.refusal, unauthenticated, forbidden, outage, serverError, invalidParameter, Self.staleFence,
      Self.unknownOperation,
    ]
    let optional = [missingParameter, expired].compactMap { $0 } + (idempotency?.refusals ?? [])
    return (shared + optional).map(\.documented)
  }
}
