// The reference as an agent whose safeguards can be taken out and compared.

import Faultline
import OpsAgent
import Primitives

extension ReferenceAgent: ModularAgent {
  public var safeguards: [Name] { Safeguard.allCases.map { Name($0.rawValue) } }

  public func removing(_ safeguards: [Name]) throws -> any AgentUnderTest {
    try AgentRegistry.make(name: name, without: safeguards, store: store)
  }
}
