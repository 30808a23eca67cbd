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
  let systems: [any Backend]
  let systemNames: [Name]
  /// The workflows that are under way at once in this world; the scenario's own is the first.
  let flows: [Flow]
  /// Their names, as every site says them.
  let runs: [Name]
  /// The same world with two workflows under way at once, with three, and so on, as far as the scenario allows.
  private let companions: [WorldSetup]
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

  /// One workflow of a world: whom it is for, and what it is to bring about.
  struct Flow: Sendable {
    /// The workflow run's name, computed once.
    let run: Name
    let customer: Name?
    /// What whoever asks for the workflow says.
    let wish: Fields
    /// What the agent is handed.
    let input: Fields
    /// What oracles look up in every run.
    let judging: JudgingTables
  }

  /// - Parameter systems: the scenario's systems, in the order of their names.
  public convenience init(scenario: Scenario, systems: [any Backend]) {
    self.init(scenario, of: [scenario], systems: systems, companions: [])
  }

  /// - Parameter scenarios: as it is for each of the customers who are served at once.
  private init(_ scenario: Scenario, of scenarios: [Scenario], systems: [any Backend], companions: [WorldSetup]) {
    var scenario = scenario
    scenario.limits.events *= scenarios.count
    self.scenario = scenario
    self.companions = companions
    let descriptions = systems.map(\.description)
    catalogue = Catalogue(descriptions)
    systemNames = descriptions.map(\.backend)
    principals = scenario.principals.isEmpty ? WorldSetup.narrowPrincipals(descriptions) : scenario.principals
    let hasTickets = systemNames.contains("ticketing")
    let given = Preparation.holdings(of: systems, in: scenario)
    let customers = scenarios.map { $0.customer.map { Name($0) } }
    let (offered, granted) = (catalogue, principals)
    flows = scenarios.enumerated().map { number, scenario in
      var input = scenario.input
      if hasTickets, input["ticket_id"] == nil { input["ticket_id"] = .text(WorldSetup.ticketID) }
      // What another customer has is no business of this one's.
      let own = given.filter { effect in
        !customers.enumerated().contains { $0.offset != number && $0.element != nil && $0.element == effect.owner }
      }
      return Flow(
        run: scenario.run, customer: customers[number], wish: scenario.input, input: input,
        judging: JudgingTables(
          catalogue: offered, intents: scenario.intents, principals: granted, given: own))
    }
    runs = flows.map(\.run)
    var systems = systems
    for index in systems.indices {
      for principal in principals { systems[index].admit(principal.name, scopes: Set(principal.scopes)) }
      for (who, scopes) in WorldSetup.people(of: scenario, catalogue) { systems[index].admit(who, scopes: scopes) }
    }
    self.systems = systems
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
    var companions: [WorldSetup] = []
    for count in 1...scenario.mostTogether where count > 1 {
      let scenarios = scenario.together(count)
      // What can't be there twice, such as two prepared customers, can't be served at once.
      guard let systems = try? WorldSetup.systems(of: scenarios, profiles) else { break }
      companions.append(WorldSetup(scenario, of: scenarios, systems: systems, companions: []))
    }
    let systems = try WorldSetup.systems(of: [scenario], profiles)
    self.init(scenario, of: [scenario], systems: systems, companions: companions)
  }

  /// The systems of a scenario, with a ticket of each customer.
  private static func systems(of scenarios: [Scenario], _ profiles: [BackendProfile]) throws -> [any Backend] {
    let scenario = scenarios[0]
    let systems = try scenario.systems.sorted { $0.system < $1.system }.map { choice in
      var options = Scenario.options(choice.options, for: scenarios)
      if choice.system == "ticketing", options["tickets"] == nil {
        options["tickets"] = .list(scenarios.map { .record(WorldSetup.ticket(of: $0)) })
      }
      return try BackendFactory.make(
        system: choice.system, profile: choice.profile, options: options, start: scenario.start, among: profiles)
    }
    return try Preparation.systems(systems, for: scenarios)
  }

  // MARK: Several workflows

  /// The world in which so many workflows are under way at once, or as many as the scenario allows.
  func together(_ count: Int) -> WorldSetup {
    let wanted = scenario.rollout.workflows ?? count
    guard wanted > 1, !companions.isEmpty else { return self }
    return companions[min(wanted - 2, companions.count - 1)]
  }

  /// How many workflows can be under way at once in this world.
  public var mostTogether: Int { companions.count + flows.count }

  /// Which workflow is for somebody; the first where none is.
  func flow(for owner: Name?) -> Int {
    guard flows.count > 1, let owner else { return 0 }
    return flows.firstIndex { $0.customer == owner } ?? 0
  }

  /// Which workflow a message starts: the one of its ticket, or of its customer.
  func flow(of delivery: Delivery) -> Int {
    guard flows.count > 1 else { return 0 }
    if let ticket = delivery.body.text("ticket") {
      return flows.firstIndex { $0.input.text("ticket_id") == ticket } ?? 0
    }
    return flow(for: delivery.body.text("customer").map { Name($0) })
  }

  /// Whether a message starts a workflow: a ticket's webhook, or somebody who asks for it.
  ///
  /// A ticket that the agent files itself, such as one by which it hands something over, is no request: whoever sets
  /// up the webhook leaves the agent's own account out, or else it would go on answering itself.
  func isTrigger(_ delivery: Delivery) -> Bool {
    if delivery.topic == Delivery.request { return true }
    guard delivery.topic == "ticketing.ticket.created" else { return false }
    guard !scenario.rollout.hearsOwnTickets, let submitter = delivery.body.text("submitter") else { return true }
    return !principals.contains { $0.name.text == submitter }
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

  /// The number of another customer's ticket.
  static func ticketID(_ number: Int, beside given: String?) -> String {
    let id = String(1_001 + number)
    return id == given ? "\(id)-\(number)" : id
  }

  /// The same world without the scenario's own faults, for a search.
  public var withoutFaults: WorldSetup { WorldSetup(withoutFaults: self) }

  private init(withoutFaults setup: WorldSetup) {
    var scenario = setup.scenario
    scenario.faults = Plan()
    self.scenario = scenario
    catalogue = setup.catalogue
    principals = setup.principals
    flows = setup.flows
    runs = setup.runs
    companions = setup.companions.map(\.withoutFaults)
    systems = setup.systems
    systemNames = setup.systemNames
    routes = setup.routes
  }

  /// The ticket that the work is about; nil where there is no ticketing system.
  var ticket: String? { flows[0].input.text("ticket_id") }

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

  public func task(seed: UInt64) -> AgentTask { task(of: 0, seed: seed) }

  /// What one of the workflows asks of the agent.
  func task(of flow: Int, seed: UInt64) -> AgentTask {
    AgentTask(
      workflow: scenario.workflow, run: flows[flow].run, input: flows[flow].input, catalogue: catalogue,
      isDryRun: scenario.isDryRun, principals: principals, rules: scenario.rules.filter(\.isTold),
      mutationLimit: scenario.limits.mutations, releases: scenario.rollout.releases,
      entropy: Draw(seed: seed, key: flows[flow].run.hash))
  }
}
