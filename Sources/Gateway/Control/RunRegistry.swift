// The runs that a controller has made, by their ids.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation

/// Makes runs of scenarios and keeps them until they are removed.
public actor RunRegistry {
  /// One run, at work or judged.
  public struct Entry: Sendable {
    /// Unlike any other, and not to be guessed: an agent that knows its own reaches no other's world.
    public let id: String
    public let scenario: Name
    public let seed: UInt64
    let clock: ClockMode
    let session: Session
  }

  /// What may be asked of a new run.
  struct Wish: Sendable {
    var scenario: Name
    var count: Int
    /// Nil for the registry's own; the runs of one wish have this and the following ones.
    var seed: UInt64?
    var settings: Session.Settings
    var plan: Plan?
  }

  /// What can't be had.
  enum Refusal: Error {
    /// More runs than the server keeps at once.
    case tooMany(limit: Int)
    /// What the world of the scenario could not be built for.
    case unbuildable(String)
  }

  private let host: WorldHost
  private let setups: [Name: WorldSetup]
  private let limit: Int
  private var entries: [Entry] = []
  private var places: [String: Int] = [:]
  private var isClosed = false

  /// - Parameters:
  ///   - host: where the runs' worlds are served.
  ///   - setups: the scenarios that runs can be made of, by their names.
  ///   - limit: how many runs are kept at once.
  public init(_ host: WorldHost, setups: [Name: WorldSetup], limit: Int) {
    self.host = host
    self.setups = setups
    self.limit = limit
  }

  /// The scenarios, in the order of their names.
  nonisolated var scenarios: [Name] { setups.keys.sorted { $0.text < $1.text } }

  /// Makes runs and serves their worlds, or makes none.
  func make(_ wish: Wish) async throws(Refusal) -> [Entry] {
    guard !isClosed, let setup = setups[wish.scenario] else { throw .unbuildable("the server is ending") }
    guard entries.count + wish.count <= limit else { throw .tooMany(limit: limit) }
    var made: [Entry] = []
    for number in 0..<wish.count {
      var settings = wish.settings
      settings.seed = (wish.seed ?? settings.seed) &+ UInt64(number)
      settings.plan = wish.plan ?? setup.scenario.faults
      do {
        let id = Self.newID()
        settings.seal = host.seal(for: id)
        settings.origin = { [host] in host.origin(of: $0) }
        let session = try Session(setup, agent: OutsideAgent(name: "outside"), settings: settings)
        made.append(
          Entry(
            id: id, scenario: setup.scenario.name, seed: settings.seed, clock: settings.clock,
            session: session))
      } catch {
        throw .unbuildable("\(error)")
      }
    }
    for entry in made {
      places[entry.id] = entries.count
      entries.append(entry)
      host.add(entry.session, as: entry.id)
    }
    for entry in made { await entry.session.begin() }
    return made
  }

  private static func newID() -> String {
    let word = UInt64.random(in: .min ... .max)
    let digits = String(word, radix: 16)
    return "run-" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  func entry(_ id: String) -> Entry? { places[id].map { entries[$0] } }
  /// All runs, in the order in which they were made.
  public func all() -> [Entry] { entries }

  /// Ends a run if it has not ended, and forgets it.
  func remove(_ id: String) async {
    guard let entry = entry(id) else { return }
    host.remove(id)
    await entry.session.close()
    guard let place = places.removeValue(forKey: id) else { return }
    entries.remove(at: place)
    for later in entries[place...].indices { places[entries[later].id] = later }
  }

  /// Ends all runs, so that nothing new begins, and hands over what came of each, in the order in which they were
  /// made.
  public func closeAll() async -> [(entry: Entry, record: RunRecord)] {
    isClosed = true
    var records: [(entry: Entry, record: RunRecord)] = []
    for entry in entries {
      await entry.session.close()
      records.append((entry, await entry.session.finished()))
    }
    return records
  }
}
