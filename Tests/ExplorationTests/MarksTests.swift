// Marks: each shows where it should and nowhere else, and a campaign knows what it never touched.

import Agents
import Exploration
import Faultline
import Primitives
import Simulation
import Testing

@Suite struct MarksTests {
  private static func marks(_ scenario: String, without: [Name] = []) throws -> [Name] {
    let scenario = try ExhaustiveSearchTests.scenario(scenario)
    let agent = try AgentRegistry.make(name: "reference", without: without)
    return try Runner.run(RunInput(scenario: scenario, agent: agent, seed: 1)).verdict.marks
  }

  @Test(arguments: [
    ("told-to-wait", "safeguard:honoured-retry-after"), ("small-blast-radius", "safeguard:blast-radius-cap"),
    ("half-sure-ticket", "safeguard:confidence-threshold"),
    ("model-leaves-the-graph", "safeguard:closed-transitions"), ("old-holder-wakes", "safeguard:fencing"),
    ("old-holder-wakes", "recovery:took-over"), ("cron-fired-twice", "safeguard:single-flight-lease"),
    ("timeout-after-create", "safeguard:idempotency-keys"), ("crash-after-create", "recovery:resumed"),
    ("ambiguous-ticket", "safeguard:escalation-context"), ("declined-card", "compensation:provision-cluster"),
    ("truncated-response", "recovery:read-back-found"), ("truncated-response", "recovery:adopted"),
    ("compensation-refused", "recovery:read-back-nothing"), ("someone-elses-invoice", "safeguard:pre-action-guards"),
    ("contradicting-ticket", "safeguard:pre-action-guards"),
  ] as [(String, Name)])
  func showsWhereItActs(scenario: String, mark: Name) throws {
    let touched = try Self.marks(scenario)
    #expect(touched.contains(mark), "\(touched)")
    #expect(ReferenceAgent().marks.contains(mark), "what is touched is declared")
  }

  @Test(
    "what looks alike and is something else",
    arguments: [
      // After a restart the look that precedes each side effect finds the cluster; no unanswered call is looked up.
      ("forgotten-external-name", "recovery:adopted", "recovery:read-back-found"),
      // The second replica gets a lease that the first one gave back when the work was done.
      ("cron-fired-twice", "safeguard:single-flight-lease", "recovery:took-over"),
      // The key is sent once: the restarted process finds the cluster before it would send again.
      ("crash-after-create", "recovery:resumed", "safeguard:idempotency-keys"),
    ] as [(String, Name, Name)])
  func isSilentElsewhere(scenario: String, touched mark: Name, untouched other: Name) throws {
    let touched = try Self.marks(scenario)
    #expect(touched.contains(mark), "\(touched)")
    #expect(!touched.contains(other), "\(touched)")
  }

  @Test func nothingIsTouchedWhereNothingGoesWrong() throws {
    #expect(try Self.marks("happy-path") == [])
  }

  @Test func aPartThatWasTakenOutIsNotDeclaredAndDoesNotAct() throws {
    #expect(try !Self.marks("small-blast-radius", without: ["blast-radius-cap"]).contains("safeguard:blast-radius-cap"))
    let agent = try AgentRegistry.make(name: "reference", without: ["blast-radius-cap"])
    #expect(!agent.marks.contains("safeguard:blast-radius-cap"))
  }

  @Test func aCampaignKnowsWhatItNeverTouched() throws {
    let coverage = try RandomSearchTests.search("reference").play(1..<400)
    func count(_ name: String) -> Int? { coverage.marks.first { $0.name == name }?.count }
    #expect(count("fault:response-lost") ?? 0 > 0)
    #expect(count("recovery:resumed") ?? 0 > 0)
    #expect(count("safeguard:closed-transitions") ?? 0 > 0, "a model leaves the graph now and then")
    #expect(count("safeguard:blast-radius-cap") == 0, "nothing makes the agent send so much")
    #expect(coverage.untouched.contains("safeguard:blast-radius-cap"))
    let faults = Set(coverage.marks.map(\.name).filter { $0.hasPrefix("fault:") })
    #expect(faults == Set(Marks.faults.map(\.text)), "a decision is a choice and no fault")
    let crashPoints = coverage.marks.filter { $0.name.hasPrefix("crash:") }
    #expect(crashPoints.count > 40, "every place that some run passed")
    #expect(crashPoints.contains { $0.count > 0 })
    #expect(crashPoints.contains { $0.count == 0 })
  }

  @Test func theScenarioCanInsist() throws {
    let coverage = try RandomSearchTests.search("reference").play(1..<60)
    var scenario = try ExhaustiveSearchTests.scenario("happy-path")
    scenario.covers = ["fault:response-lost", "recovery:resumed"]
    #expect(coverage.missing(of: scenario) == [])
    scenario.covers = ["safeguard:closed-transitions", "crash:identity.create_access_key", "safeguard:of-somebody-else"]
    #expect(coverage.missing(of: scenario) == ["safeguard:closed-transitions", "crash:identity.create_access_key"])
  }

  @Test func anAgentThatDeclaresNothingIsAskedForFaultsAlone() throws {
    let coverage = try RandomSearchTests.search("naive").play(1..<10)
    #expect(!coverage.marks.contains { $0.name.hasPrefix("safeguard:") && $0.count == 0 })
    #expect(coverage.marks.contains { $0.name.hasPrefix("fault:") })
  }
}
