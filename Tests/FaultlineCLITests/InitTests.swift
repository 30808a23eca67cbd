// `init`: a first scenario that is green, and nothing lost.

import Testing

@Suite struct InitTests {
  @Test func theFirstRunIsGreen() throws {
    let workshop = try Workshop()
    let made = try workshop.run("init")
    #expect(made.status == 0, "\(made)")
    #expect(workshop.exists("scenarios/first.yaml"))
    #expect(workshop.exists(".faultline/scenario.schema.json"))
    #expect(made.output.contains("faultline run"))
    let run = try workshop.run("run")
    #expect(run.status == 0, "\(run)")
    #expect(run.output.contains("all as expected"))
  }

  @Test func overwritesNothing() throws {
    let workshop = try Workshop()
    try workshop.write("mine", to: "scenarios/first.yaml")
    let outcome = try workshop.run("init")
    #expect(outcome.status == 2)
    #expect(outcome.complaint.contains("'scenarios/first.yaml' exists and is not overwritten"))
    #expect(try workshop.read("scenarios/first.yaml") == "mine")
    #expect(!workshop.exists("tickets/first.txt"))
  }

  @Test func writesIntoAnotherFolder() throws {
    let workshop = try Workshop()
    #expect(try workshop.run("init", "drill").status == 0)
    #expect(workshop.exists("drill/scenarios/first.yaml"))
  }
}
