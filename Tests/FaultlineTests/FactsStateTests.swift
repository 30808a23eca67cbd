// The state that a search prunes by knows every fact that a verdict can depend on.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct FactsStateTests {
  /// The stored properties of a value, by name.
  private func properties(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }

  /// Whoever adds a fact decides here whether a verdict depends on it, and then adds it to `combineState`.
  @Test func everyFactIsPartOfTheStateOrKnownNotToMatter() throws {
    let object = ObjectFact(
      latest: Effect(backend: "cloud", kind: "cloud.cluster", change: .created, object: "i-1", owner: "acme"),
      digest: 0, role: .resource, isAccess: false, isAnchor: false, isPermanent: false, isLive: true, isOwn: true, beganHere: true,
      firstIndex: 1)
    // Of the latest effect, kind, object and attributes are read. The digest is of the id; role, access and
    // anchor follow from the kind.
    #expect(
      properties(object) == [
        "latest", "owner", "period", "amount", "isPermanent", "isLive", "isOwn", "beganHere", "cause",
        "endedBy", "firstIndex", "endIndex", "touchIndex", "outsideIndex", "leavingIndex", "parent", "intent",
        "claimedBy", "digest", "role", "isAccess", "isAnchor",
      ])
    let call = CallFact(
      id: CallID(process: 0, incarnation: 1, number: 1), operation: nil,
      request: Request("cloud.create_cluster", [:], principal: "agent-cloud"), key: nil, step: "", isMutation: true,
      isCompensation: false, intent: nil, wasFull: false, attempts: 1, sentIndex: 1,
      sentAt: Instant(nanoseconds: 0), askedAt: Instant(nanoseconds: 0))
    // The operation follows from the request; when and how often it was sent and handled decides nothing.
    #expect(
      properties(call) == [
        "id", "request", "key", "step", "isMutation", "isCompensation", "intent", "wasFull", "sentIndex", "view",
        "nature", "viewIndex", "resolution", "effects", "effectIndex", "changeIndex", "operation", "attempts", "sentAt",
        "askedAt", "handled",
      ])
  }
}
