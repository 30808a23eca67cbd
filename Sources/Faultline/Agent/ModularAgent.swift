// An agent made of parts that can be taken out, so that what each part is good for can be seen.

import Operations
import Primitives

/// An agent whose protective parts can be removed one by one.
public protocol ModularAgent: AgentUnderTest {
  /// The names of these parts.
  var safeguards: [Name] { get }
  /// The same agent without some of them.
  ///
  /// - Throws: where it has no such part.
  func removing(_ safeguards: [Name]) throws -> any AgentUnderTest
}
