// What vendors mean by an idempotency key differs in every detail; the details are data.

import Operations
import Primitives

/// One vendor's reading of "the same key". A class, since every request with a key is held against it.
final class IdempotencyDialect: Sendable {
  /// Which outcomes a key remembers.
  enum Memory: Sendable {
    /// The answer that was sent, failures included, once the handler began to execute: a 500 is replayed too.
    case everyAnswer
    /// Only an answer below 400; anything else releases the key, and the next request executes.
    case successes
    /// What was really done, whatever was answered: a retry after an error on committed work learns the
    /// result, and one after a failure without commit executes again ("rolls forward").
    case committedWork
  }

  /// Among which requests a key must be unique.
  enum Scope: Sendable {
    case account
    case operation
    /// One name space for each value of an argument, and one for its absence: zonal and regional tokens.
    case argument(Name)
    /// The same with the first of several arguments that the request gives: a zone, else a region.
    case firstArgument([Name])
  }

  /// Where callers put the key: `Idempotency-Key`, `ClientToken`.
  let carrier: Name
  /// How long a key is remembered; afterwards it is a key never seen, and the request executes.
  let window: TimeSpan
  let memory: Memory
  let scope: Scope
  /// The same key with other parameters; nil where the vendor does not compare them.
  let mismatch: Refusal?
  /// The same key on another operation; nil where ``mismatch`` covers it.
  let otherOperation: Refusal?
  /// The same key while the first request is being handled. Nil where the vendor documents nothing: we
  /// model that the second request waits for the first and receives its outcome.
  let inFlight: Refusal?
  /// Whether a failed request keeps the key tied to its parameters: the same request may then try again, another
  /// one is a mismatch. Concerns failures that ``memory`` does not replay.
  let comparesFailures: Bool
  /// Headers of a replayed answer, and of a first one.
  let replayHeaders: Fields
  let firstHeaders: Fields
  /// The longest key in characters, and the refusal of a longer one.
  let maximumLength: Int
  let tooLong: Refusal?

  init(
    carrier: Name, window: TimeSpan, memory: Memory, scope: Scope = .account, mismatch: Refusal?,
    otherOperation: Refusal? = nil, inFlight: Refusal?, comparesFailures: Bool = false,
    replayHeaders: Fields = [:], firstHeaders: Fields = [:], maximumLength: Int = 255, tooLong: Refusal? = nil
  ) {
    self.carrier = carrier
    self.window = window
    self.memory = memory
    self.scope = scope
    self.mismatch = mismatch
    self.otherOperation = otherOperation
    self.inFlight = inFlight
    self.comparesFailures = comparesFailures
    self.replayHeaders = replayHeaders
    self.firstHeaders = firstHeaders
    self.maximumLength = maximumLength
    self.tooLong = tooLong
  }

  /// Every refusal it can give, for the service's table of errors.
  var refusals: [Refusal] { [mismatch, otherOperation, inFlight, tooLong].compactMap { $0 } }
}
