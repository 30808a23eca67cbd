// Which agent a test puts into the world, said in as few words as a test deserves.

import Agents
import Faultline
import Primitives

/// An agent for a test: one that Faultline ships, by its name, or one of your own.
///
///     @Test(.faultline("scenarios/timeout-after-create.yaml", agent: "reference", seeds: 1...200))
///     func referenceSurvives() {}
///
///     @Test(.faultline("scenarios/timeout-after-create.yaml", agent: .async(MyAgent()), seeds: 1...200))
///     func survives() {}
public struct AgentChoice: Sendable {
  let make: @Sendable () throws -> any AgentUnderTest

  /// An agent that Faultline ships, by the name that `faultline list agents` shows.
  ///
  /// - Parameters:
  ///   - without: the safeguards to remove from it.
  ///   - store: where it keeps its checkpoints, where it keeps any.
  public static func named(_ name: String, without: [String] = [], store: AgentStore = .model) -> AgentChoice {
    AgentChoice {
      try AgentRegistry.make(name: Name(name), without: without.map { Name($0) }, store: store)
    }
  }

  /// The reference agent, with all its safeguards.
  public static var reference: AgentChoice { .named("reference") }

  /// The war story's agent: a retry loop, and state in local variables.
  public static var naive: AgentChoice { .named("naive") }

  /// An agent of yours, written as ordinary `async` Swift.
  ///
  /// - Parameters:
  ///   - name: how reports call it; the name of its type where nothing is given.
  ///   - practices: what it declares about itself; contract oracles judge these and advise on the others.
  public static func async<Agent: AsyncAgent>(
    _ agent: Agent, name: String? = nil, practices: Set<Practice> = []
  ) -> AgentChoice {
    AgentChoice {
      AsyncAgentUnderTest(
        agent, name: Name(name ?? String(describing: Agent.self)), summary: "An agent of this test.",
        practices: practices)
    }
  }

  /// An agent of yours that answers the world directly.
  public static func agent(_ agent: any AgentUnderTest) -> AgentChoice { AgentChoice { agent } }
}

extension AgentChoice: ExpressibleByStringLiteral {
  /// An agent as scenarios name it: `"naive"`, `"reference without idempotency-keys, read-back"`.
  public init(stringLiteral text: String) {
    let words = text.split(separator: " ", maxSplits: 2).map(String.init)
    guard words.count == 3, words[1] == "without" else {
      self = .named(text)
      return
    }
    let safeguards = words[2].split(separator: ",").map { String($0.trimmingPrefix(" ")) }
    self = .named(words[0], without: safeguards)
  }
}
