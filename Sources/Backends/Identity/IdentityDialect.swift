// What one identity vendor documents, as data: refusals, spans, limits.

import Operations
import Primitives

/// An identity vendor's wording and numbers. The handlers are the same for every vendor.
struct IdentityDialect: Sendable {
  var profile: Name
  var front: SystemDialect
  var bounds: ServiceBounds

  var invalidName: Refusal
  var alreadyExists: Refusal
  var notFound: Refusal
  var malformedDocument: Refusal
  /// A delete that something subordinate stands against; the detail says what has to go first.
  var conflict: Refusal
  /// Two calls changed one object at the same time.
  var concurrent: Refusal
  var tooMany: Refusal

  var longestName: Int
  var keysPerRole: Int
  /// How old the state may be that a read, or the use of a new role, answers from.
  var propagation: TimeSpan
  /// How close together two changes of one object count as simultaneous.
  var simultaneity: TimeSpan

  /// The refusals of the handlers, for the table of errors.
  var refusals: [Refusal] {
    [invalidName, alreadyExists, notFound, malformedDocument, conflict, concurrent, tooMany]
  }
}
