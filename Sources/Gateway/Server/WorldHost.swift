// The worlds that one server holds, each below a path of its own.

import Faultline
import Primitives
import Synchronization

/// Hands requests to the worlds that they are for: `/w/ID/…`, and everything else to the only one where there is
/// only one. Below that, `/replica/N/…` says which of several processes asks.
public final class WorldHost: RequestHandler {
  private let worlds = Mutex<[String: Session]>([:])
  private let seals = Mutex(Seals())
  private let doors: [any Door]

  /// - Parameters:
  ///   - survivableLoss: whether the MCP door tells a lost answer by an error that clients survive.
  ///   - streams: whether it answers calls with server-sent events where the client takes them.
  ///   - model: what the scripted model says; nil for a host without one.
  public init(survivableLoss: Bool = false, streams: Bool = false, model: ModelScript? = nil) {
    doors =
      [AgentDoor()] + vendorDoors
      + [JSONDoor(), MCPDoor(survivable: survivableLoss, streams: streams), ModelDoor(script: model)]
  }

  /// Puts a world under an id, which becomes part of its base URL.
  public func add(_ session: Session, as id: String) { worlds.withLock { $0[id] = session } }

  /// A seal for the ids of a world that is going to be put under an id; unlike those of the last worlds here.
  public func seal(for id: String) -> Seal { seals.withLock { $0.next(for: id) } }

  /// The world under this host that had a seal, by its id; nil where none had.
  public func origin(of seal: Seal) -> String? { seals.withLock { $0.ids[seal.number] } }

  public func remove(_ id: String) { worlds.withLock { _ = $0.removeValue(forKey: id) } }

  /// Takes a request to its world's door.
  public func handle(_ request: WireRequest) async -> WireReply {
    let (session, replica, below) = addressee(of: request)
    guard let session else {
      let refusal = WireRefusal(.noWorld, "There is no such world; its base URL has an id, /w/ID.")
      return .whole(refused(refusal, of: request))
    }
    let request = below
    await session.answerBegins(to: replica)
    guard let door = doors.first(where: { $0.answers(request) }) else {
      return .whole(.problem(404, "Not Found", "Nothing answers to /\(request.path); see /openapi.json."))
    }
    guard let replica else { return await door.handle(request, in: session) }
    return await Session.$replica.withValue(replica) { await door.handle(request, in: session) }
  }

  /// In the words of the door that the request was for.
  public func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse {
    let request = addressee(of: request).request
    return doors.first { $0.answers(request) }?.refused(refusal, of: request) ?? refusal.problem
  }

  public func wasWritten(_ request: WireRequest) async {
    let (session, replica, _) = addressee(of: request)
    await session?.answerWasWritten(to: replica)
  }

  /// The world that a request is for, nil where there is none, the process that it says it is from, and the request
  /// with its path below both.
  private func addressee(of request: WireRequest) -> (session: Session?, replica: UInt8?, request: WireRequest) {
    var request = request
    let session = session(for: &request)
    let replica = Self.replica(in: &request)
    return (session, replica, request)
  }

  /// The process that a request says it is from; its path then starts below that.
  private static func replica(in request: inout WireRequest) -> UInt8? {
    let segments = request.segments
    guard segments.first == "replica", segments.count >= 2, let index = UInt8(segments[1]) else { return nil }
    request.path = segments.dropFirst(2).joined(separator: "/")
    return index
  }

  /// The world of a request, whose path then starts below it.
  private func session(for request: inout WireRequest) -> Session? {
    let segments = request.segments
    return worlds.withLock { worlds in
      if segments.first == "w", segments.count >= 2 {
        request.path = segments.dropFirst(2).joined(separator: "/")
        return worlds[String(segments[1])]
      }
      return worlds.count == 1 ? worlds.first?.value : nil
    }
  }
}

/// The seals that were given out. The first is anybody's guess, so that worlds of two commands hardly have the same.
private struct Seals {
  private var last = UInt16.random(in: 0..<Seal.count)
  var ids: [UInt16: String] = [:]

  mutating func next(for id: String) -> Seal {
    last = last % Seal.count + 1
    ids[last] = id
    return Seal(last)
  }
}
