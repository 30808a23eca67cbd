// An agent that calls a real cloud profile as a test says, in a world with nothing else in it.

import Backends
import Operations
import Primitives
import Simulation

@testable import Faultline

/// Makes the calls of a script in order; the id of the network and that of the cluster come from earlier answers.
struct CloudProbe: AgentUnderTest {
  enum Step: Hashable, Sendable {
    case layNetwork
    case launch(key: String? = nil, zone: String? = nil, atLeast: Int64? = nil)
    case describe, list
    /// Renews the credential.
    case renew
  }

  let script: [Step]
  var name: Name { "cloud-probe" }
  var summary: String { "Calls what a test says." }
  var without: [Name] { [] }
  var practices: Set<Practice> { [] }
  var client: ClientPolicy { ClientPolicy(attempts: 1, timeout: .seconds(10), backoff: .zero) }

  func deploy(_ task: AgentTask) -> any AgentDeployment { Deployment(script: script) }

  struct Deployment: AgentDeployment {
    let script: [Step]
    var next = 0
    var network = ""
    var cluster = ""
    var isForkable: Bool { true }

    mutating func start(
      _ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]
    ) { goOn(&commands) }

    mutating func resume(
      _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]
    ) {
      if case .answered(_, .response(let response)) = input, let id = response.body.text("id") {
        if id.hasPrefix("vpc-") { network = id } else { cluster = id }
      }
      goOn(&commands)
    }

    private mutating func goOn(_ commands: inout [AgentCommand]) {
      guard next < script.count else { return commands.append(.finish(Claim(.completed, text: "done"))) }
      next += 1
      let request: Request
      switch script[next - 1] {
      case .layNetwork:
        request = Request(
          "cloud.create_network", ["name": "net", "region": "eu-central-1", "customer": "acme"],
          principal: "agent-cloud")
      case .launch(let key, let zone, let least):
        var arguments: Fields = [
          "name": "cluster", "network": .text(network), "plan": "pro", "region": "eu-central-1", "customer": "acme",
          "count": 3,
        ]
        if let least { arguments["min_count"] = .int(least) }
        if let zone { arguments["zone"] = .text(zone) }
        request = Request("cloud.create_cluster", arguments, principal: "agent-cloud", idempotencyKey: key)
      case .describe:
        request = Request("cloud.describe_cluster", ["cluster": .text(cluster)], principal: "agent-cloud")
      case .list: request = Request("cloud.list_clusters", ["customer": "acme"], principal: "agent-cloud")
      case .renew: request = Request("cloud.renew_credential", principal: "agent-cloud")
      }
      commands.append(.call(AgentCall(ticket: UInt32(next), request: request, step: request.operation)))
    }

    mutating func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {}
    mutating func crash(_ process: ProcessID) {}
    func explanation() -> [String] { [] }
    func hash(into hasher: inout StableHasher) { hasher.combine(next) }
  }
}

/// A run of it.
struct CloudRun {
  var world: World

  init(
    _ script: [CloudProbe.Step], _ options: Fields = [:], _ faults: [Plan.Entry] = [], limit: TimeSpan = .hours(24)
  ) throws {
    let start = Instant(year: 2026, month: 11, day: 20)
    var limits = Scenario.Limits()
    limits.virtualTime = limit
    let scenario = Scenario(
      name: "launch", title: "A launch", systems: [], start: start, workflow: "launch", input: [:], intents: [],
      limits: limits)
    let cloud = try BackendFactory.make(system: "cloud", profile: "ec2", options: options, start: start)
    world = try World(
      setup: WorldSetup(scenario: scenario, systems: [cloud]), agent: CloudProbe(script: script), seed: 1,
      driver: .planned(Plan(faults)), isRecording: true)
    world.run()
  }

  func answers(of operation: Name) -> [Answer] {
    world.trace.entries.compactMap { entry in
      guard case .answered(_, operation, let answer) = entry.event else { return nil }
      return answer
    }
  }
  func statuses(of operation: Name) -> [Int?] { answers(of: operation).map { $0.response?.status } }
  func ids(of operation: Name) -> Set<String> { Set(answers(of: operation).compactMap { $0.response?.body.text("id") }) }

  /// How many clusters the cloud really launched.
  var launched: Int {
    world.trace.entries.count { entry in
      guard case .effect(let effect) = entry.event else { return false }
      return effect.kind == "cloud.cluster" && effect.change == .created
    }
  }
}
