// What a run starts from: the scenario's systems and principals, built once and copied for every run.

import Backends
import Operations
import Primitives
import Simulation

/// A scenario made ready to run: systems configured, catalogue assembled, operations routed.
///
/// Building it may fail; running it can't. One setup serves any number of runs, each of which starts
/// from its own copy of the systems, and all of which refer to it.
public final class WorldSetup: Sendable {
  public let scenario: Scenario
  public let catalogue: Catalogue
  public let principals: [Principal]
  /// What oracles look up in every run.
  let judging: JudgingTables
  let systems: [any Backend]
  let systemNames: [Name]
  /// The workflow run's name, computed once.
  let run: Name
  /// What the agent is handed.
  private let input: Fields
  private let routes: NameTable<Route>

  /// Where an operation goes, and what the network needs to know about it.
  final class Route: Sendable {
    let system: Int
    let operation: Operation
    /// The operations that this one takes back.
    let compensates: [Name]
    /// Whether the credential that a call of it carries can expire.
    let hasExpiringCredentials: Bool
    /// The ways in which a new release of the system could show here, as bits of an offer.
    let drifts: UInt64

    init(system: Int, operation: Operation, compensates: [Name], service: ServiceDescription) {
      drifts = Route.drifts(of: operation, in: service)
      self.system = system
      self.operation = operation
      self.compensates = compensates
      hasExpiringCredentials = service.renewal.map { !operation.isNamed($0) } ?? false
    }
  }

  /// - Parameter systems: the scenario's systems, in the order of their names.
  public init(scenario: Scenario, systems: [any Backend]) {
    self.scenario = scenario
    run = scenario.run
    let descriptions = systems.map(\.description)
    catalogue = Catalogue(descriptions)
    systemNames = descriptions.map(\.backend)
    principals = scenario.principals.isEmpty ? WorldSetup.narrowPrincipals(descriptions) : scenario.principals
    judging = JudgingTables(
      catalogue: catalogue, intents: scenario.intents, principals: principals,
      given: Preparation.holdings(of: systems, in: scenario))
    var systems = systems
    for index in systems.indices {
      for principal in principals { systems[index].admit(principal.name, scopes: Set(principal.scopes)) }
      for (who, scopes) in WorldSetup.people(of: scenario, catalogue) { systems[index].admit(who, scopes: scopes) }
    }
    self.systems = systems
    var input = scenario.input
    if systemNames.contains("ticketing"), input["ticket_id"] == nil { input["ticket_id"] = .text(WorldSetup.ticketID) }
    self.input = input
    var routes: [(Name, Route)] = []
    var compensates: [Name: [Name]] = [:]
    for operation in catalogue.allOperations {
      if let compensation = operation.compensation { compensates[compensation, default: []].append(operation.name) }
    }
    for (index, description) in descriptions.enumerated() {
      for operation in description.operations {
        let route = Route(
          system: index, operation: operation, compensates: compensates[operation.name] ?? [], service: description)
        routes.append((operation.name, route))
      }
    }
    self.routes = NameTable(routes)
  }

  /// Builds the scenario's systems. The ticket of the scenario's input is open when the world begins.
  ///
  /// - Parameter profiles: what can be built; Faultline's own, and yours where the scenario names any.
  /// - Throws: `BackendConfigurationError` where a system, a profile or an option is unknown or wrong, or a system
  ///   refuses what is given.
  public convenience init(scenario: Scenario, profiles: [BackendProfile] = BackendRegistry.profiles) throws {
    let systems = try scenario.systems.sorted { $0.system < $1.system }.map { choice in
      var options = choice.options
      if choice.system == "ticketing", options["tickets"] == nil {
        options["tickets"] = .list([.record(WorldSetup.ticket(of: scenario))])
      }
      return try BackendFactory.make(
        system: choice.system, profile: choice.profile, options: options, start: scenario.start, among: profiles)
    }
    self.init(scenario: scenario, systems: try Preparation.systems(systems, for: scenario))
  }

  private static func ticket(of scenario: Scenario) -> Fields {
    var ticket: Fields = [
      "id": scenario.input["ticket_id"] ?? .text(WorldSetup.ticketID),
      "customer": scenario.input["customer"] ?? .text("nobody"),
    ]
    ticket["text"] = scenario.input["ticket_text"]
    return ticket
  }

  /// The ticket's number where the scenario gives none.
  static let ticketID = "1001"

  /// The same world without the scenario's own faults, for a search.
  public var withoutFaults: WorldSetup {
    var scenario = scenario
    scenario.faults = Plan()
    return WorldSetup(scenario: scenario, systems: systems)
  }

  /// The ticket that the work is about; nil where there is no ticketing system.
  var ticket: String? { input.text("ticket_id") }

  /// Everybody who acts by hand, with the scopes of what they do.
  private static func people(of scenario: Scenario, _ catalogue: Catalogue) -> [(who: Name, scopes: Set<Name>)] {
    var people: [(who: Name, scopes: Set<Name>)] = []
    func admit(_ who: Name, for deed: Scenario.HandDeed) {
      guard let scope = catalogue[deed.operation]?.scope else { return }
      if let index = people.firstIndex(where: { $0.who == who }) {
        people[index].scopes.insert(scope)
      } else {
        people.append((who, [scope]))
      }
    }
    for act in scenario.people { admit(act.who, for: act.deed) }
    if let desk = scenario.desk { for repair in desk.repairs { admit(desk.who, for: repair.deed) } }
    return people
  }

  func route(_ operation: Name) -> Route? { routes[operation] }

  /// One principal for each system, with that system's scopes and no others.
  static func narrowPrincipals(_ services: [ServiceDescription]) -> [Principal] {
    services.map { service in
      let scopes = Set(service.operations.map(\.scope)).sorted()
      return Principal(Name("agent-\(service.backend)"), scopes: scopes)
    }
  }

  public func task(seed: UInt64) -> AgentTask {
    AgentTask(
      workflow: scenario.workflow, run: run, input: input, catalogue: catalogue,
      isDryRun: scenario.isDryRun, principals: principals, rules: scenario.rules.filter(\.isTold),
      mutationLimit: scenario.limits.mutations, releases: scenario.rollout.releases,
      entropy: Draw(seed: seed, key: run.hash))
  }
}
