// Every mistake has a place, a reason and a remedy, and all are told at once.

import Testing

@testable import Faultline

@Suite struct ScenarioErrorTests {
  /// A line put after the plain scenario, which has four; where the mistake is, and words that must be told.
  struct Mistake: CustomTestStringConvertible, Sendable {
    var text: String
    var line = 5
    var column: Int
    var words: [String]
    var testDescription: String { text }
  }

  static let mistakes: [Mistake] = [
    Mistake(text: "tilte: x", column: 1, words: ["unknown key of a scenario 'tilte'", "did you mean 'title'?"]),
    Mistake(
      text: "dry_run: no", column: 10, words: ["'no', which YAML 1.1 reads as the boolean false", "write false"]),
    Mistake(text: "dry_run: yes", column: 10, words: ["write true"]),
    Mistake(text: "dry_run: off", column: 10, words: ["write false"]),
    Mistake(text: "dry_run: \"true\"", column: 10, words: ["found the text \"true\"", "without quotes"]),
    Mistake(text: "dry_run: TRUE", column: 10, words: ["write true"]),
    Mistake(text: "limits: {mutations: 1e3}", column: 21, words: ["floating-point number", "decimal digits"]),
    Mistake(text: "limits: {mutations: 010}", column: 21, words: ["an octal number"]),
    Mistake(text: "limits: {mutations: 0x1F}", column: 21, words: ["a hexadecimal number"]),
    Mistake(text: "limits: {mutations: 1_000}", column: 21, words: ["a number with underscores"]),
    Mistake(text: "limits: {mutations: 1:30}", column: 21, words: ["a number to the base of 60"]),
    Mistake(text: "limits: {mutations: \"7\"}", column: 21, words: ["without quotes"]),
    Mistake(text: "limits: {mutations: 0}", column: 21, words: ["found 0", "1 to 1000000"]),
    Mistake(text: "limits: {mutations: many}", column: 21, words: ["expected a number of mutations", "'many'"]),
    Mistake(text: "limits: {virtual_time: 1:30}", column: 24, words: ["a number to the base of 60", "90s, 15m"]),
    Mistake(text: "limits: {virtual_time: 2}", column: 24, words: ["a length of time"]),
    Mistake(text: "limits: 3", column: 9, words: ["expected the limits, found the number 3", "virtual_time"]),
    Mistake(text: "limits: [3]", column: 9, words: ["found a list"]),
    Mistake(text: "start: tomorrow", column: 8, words: ["2026-11-02T09:00:00Z"]),
    Mistake(text: "start: 2026-02-30", column: 8, words: ["time at which the run begins"]),
    Mistake(text: "source: {kind: heard}", column: 16, words: ["unknown kind of source 'heard'", "reported"]),
    Mistake(text: "source: {kind: reported, url: 1.10}", column: 31, words: ["floating-point", "\"1.10\" in quotes"]),
    Mistake(text: "source: {url: x}", column: 9, words: ["a source needs the key 'kind'"]),
    Mistake(
      text: "intents: {a: {effect: cloud.clutser, for: acme}}", column: 23, words: ["did you mean 'cloud.cluster'?"]),
    Mistake(
      text: "intents: {a: {effect: cloud.cluster, for: no}}", column: 43, words: ["boolean false", "\"no\" in quotes"]),
    Mistake(text: "intents: {a: {effect: cloud.cluster, for: 007}}", column: 43, words: ["an octal number"]),
    Mistake(text: "intents: {a: {effect: cloud.cluster, for: 2026-11-20}}", column: 43, words: ["a date"]),
    Mistake(text: "intents: {a: {effect: cloud.cluster}}", column: 14, words: ["an intent needs the key 'for'"]),
    Mistake(
      text: "intents: {on: {effect: cloud.cluster, for: a}}", column: 11, words: ["expected a name", "boolean true"]),
    Mistake(
      text: "intents: {a: {effect: cloud.cluster, for: acme, times: 1...2}}", column: 56,
      words: ["a range such as 0..1"]),
    Mistake(
      text: "intents: {a: {effect: cloud.cluster, for: acme, times: 2..1}}", column: 56, words: ["smaller number first"]
    ),
    Mistake(
      text: "intents: {a: {effect: cloud.cluster, for: acme, total: 1200}}", column: 56, words: ["1200.00 EUR"]),
    Mistake(
      text: "intents: {a: {effect: cloud.cluster, for: acme, period: 2026-13}}", column: 57,
      words: ["such as 2026-11"]),
    Mistake(
      text: "intents: {a: {effect: cloud.cluster, for: acme, depends_on: [acme-netwrok]}}", column: 62,
      words: ["unknown intent 'acme-netwrok'", "'acme-network'"]),
    Mistake(
      text: "intents: {a: {effect: cloud.cluster, for: acme, where: {version: 1.20}}}", column: 66,
      words: ["\"1.20\" in quotes"]),
    Mistake(text: "rules: [{rule: region-in, of: cloud.cluster}]", column: 9, words: ["a rule needs the key 'allow'"]),
    Mistake(
      text: "start: 2026-11-02T09:00+1:00", column: 8,
      words: ["with its offset"]),
    Mistake(
      text: "zone: Europe/Berln", column: 7,
      words: ["unknown zone 'Europe/Berln'", "did you mean 'Europe/Berlin'?"]),
    Mistake(
      text: "rules: [{rule: regoin-in, of: cloud.cluster}]", column: 16,
      words: ["did you mean 'region-in'?"]),
    Mistake(
      text: "rules: [{rule: books-closed, of: cloud.cluster, allow: [a]}]", column: 56,
      words: ["the rule 'books-closed' has no 'allow'", "zone, after"]),
    Mistake(
      text: "rules: [{rule: change-freeze, of: cloud.cluster}]", column: 9,
      words: ["a rule needs the key 'from' where it is 'change-freeze'"]),
    Mistake(
      text: "rules: [{rule: change-freeze, of: cloud.cluster, weekly: all week}]", column: 58,
      words: ["fri 18:00..mon 08:00"]),
    Mistake(
      text: "rules: [{rule: change-freeze, of: cloud.cluster, from: 2026-12-18T18:00Z, until: 2027-01-04}]", column: 56,
      words: ["a time without a zone"]),
    Mistake(
      text: "rules: [{rule: change-freeze, of: cloud.cluster, from: 2026-12-18, until: 2026-12-01}]", column: 75,
      words: ["a time after 'from'"]),
    Mistake(
      text: "people: [{who: ops, does: cloud.create_clutser, at: 1h}]", column: 27,
      words: ["did you mean 'cloud.create_cluster'?"]),
    Mistake(
      text: "people: [{who: ops, does: cloud.describe_cluster, at: 1h}]", column: 27,
      words: ["changes nothing"]),
    Mistake(
      text: "people: [{who: ops, does: notify.page, at: 1h}]", column: 27,
      words: ["no system of this world has the operation 'notify.page'"]),
    Mistake(
      text: "people: [{who: ops, does: cloud.create_cluster}]", column: 10,
      words: ["needs a moment", "'before', 'after', 'at' or 'when'"]),
    Mistake(
      text: "people: [{who: ops, does: cloud.create_cluster, at: 1h, when: escalated}]", column: 63,
      words: ["has one moment"]),
    Mistake(
      text: "people: [{who: ops, does: cloud.create_cluster, at: 1h, call: 2}]", column: 63,
      words: ["'call' goes with 'before' and 'after'"]),
    Mistake(
      text: "people: [{who: ops, does: cloud.create_cluster, after: cloud.create_netwrok}]", column: 56,
      words: ["did you mean 'cloud.create_network'?"]),
    Mistake(
      text: "people: [{who: ops, does: cloud.create_cluster, with: {nmae: x}, at: 1h}]", column: 56,
      words: ["unknown argument of cloud.create_cluster 'nmae'"]),
    Mistake(
      text: "people: [{who: agent-cloud, does: cloud.create_cluster, at: 1h}]", column: 16,
      words: ["somebody who is no agent"]),
    Mistake(
      text: "people: [{who: ops, does: cloud.create_cluster, at: 2026-10-01}]", column: 53,
      words: ["a time after the run began"]),
    Mistake(
      text: "desk: {who: carol}", column: 7,
      words: ["the desk needs the key 'then'"]),
    Mistake(
      text: "desk: {who: carol, then: resmue}", column: 26,
      words: ["did you mean 'resume'?"]),
    Mistake(
      text: "desk: {who: carol, then: close, closed: weekends}", column: 41,
      words: ["fri 18:00..mon 09:00"]),
    Mistake(text: "faults: {at: x}", column: 9, words: ["a list of faults, found a mapping"]),
    Mistake(
      text: "faults: [{at: cloud.create_cluster, inject: respons-lost}]", column: 45,
      words: ["unknown fault 'respons-lost'", "did you mean 'response-lost'?"]),
    Mistake(
      text: "faults: [{at: cloud.create_clutser, inject: response-lost}]", column: 15,
      words: ["unknown operation 'cloud.create_clutser'", "did you mean 'cloud.create_cluster'?"]),
    Mistake(
      text: "faults: [{at: notify.page, inject: response-lost}]", column: 15,
      words: ["no system of this world has the operation 'notify.page'"]),
    Mistake(
      text: "faults: [{at: cloud.create_cluster, inject: crash:after}]", column: 45,
      words: ["write inject: crash, moment: after"]),
    Mistake(
      text: "faults: [{at: cloud.create_cluster, inject: crash, until: after-retry}]", column: 59,
      words: ["'crash' has no 'until'", "on-answer"]),
    Mistake(
      text: "faults: [{at: cloud.create_cluster, inject: late-arrival, until: tomorrow}]", column: 66,
      words: ["unknown until of 'late-arrival' 'tomorrow'", "after-timeout"]),
    Mistake(
      text: "faults: [{at: cloud.create_cluster, inject: outage, aspect: answer}]", column: 61,
      words: ["'outage' bends the request"]),
    Mistake(
      text: "faults: [{at: cloud.create_cluster, inject: outage, attempts: some}]", column: 63,
      words: ["write all, or the number"]),
    Mistake(text: "faults: [{at: a/b, choose: response-lost}]", column: 15, words: ["expected a place, found 'a/b'"]),
    Mistake(
      text: "faults: [{at: \"*/*/cloud.create_cluster#1/answer\", choose: outage}]", column: 60,
      words: ["unknown answer 'outage'", "response-lost"]),
    Mistake(text: "covers: [fault:respons-lost]", column: 10, words: ["unknown mark", "'fault:response-lost'?"]),
    Mistake(text: "covers: fault:outage", column: 9, words: ["expected a list of marks"]),
    Mistake(text: "requires: [audit-lgo]", column: 12, words: ["did you mean 'audit-log'?"]),
    Mistake(text: "principals: {ops: [cloud.wirte]}", column: 20, words: ["did you mean 'cloud.write'?"]),
    Mistake(text: "expect: {refrence: {ends: completed}}", column: 10, words: ["did you mean 'reference'?"]),
    Mistake(
      text: "expect: {reference: {ends: complete}}", column: 28, words: ["unknown ending 'complete'", "'completed'"]),
    Mistake(text: "expect: {reference: {ends: escalated}}", column: 28, words: ["because"]),
    Mistake(text: "expect: {reference: {}}", column: 21, words: ["expects nothing"]),
    Mistake(text: "expect: {naive: {violates: [doubel-billing]}}", column: 29, words: ["'double-billing'"]),
    Mistake(
      text: "expect: {reference without read-bak: {ends: completed}}", column: 10,
      words: ["did you mean 'read-back'?"]),
    Mistake(
      text: "expect: {naive without read-back: {ends: completed}}", column: 10,
      words: ["nothing can be taken out of 'naive'"]),
    Mistake(
      text: "expect:\n  reference without read-back, compensation: {ends: completed}\n"
        + "  reference without compensation, read-back: {ends: completed}", line: 7, column: 3,
      words: ["two expectations for this agent"]),
    Mistake(text: "title: again", column: 1, words: ["'title' is written twice", "line 1"]),
    Mistake(text: "limits: {<<: {mutations: 3}}", column: 10, words: ["merge keys"]),
    Mistake(text: "start: !!timestamp 2026-11-20", column: 8, words: ["tags have no meaning"]),
    Mistake(text: "? [a]\n: b", column: 3, words: ["a key must be text"]),
    Mistake(text: "limits: {mutations: 1", line: 6, column: 1, words: ["not YAML", "close the bracket"]),
    Mistake(text: "\tlimits: 1", column: 1, words: ["not YAML", "tabs"]),
    Mistake(text: "---\ntitle: b", column: 1, words: ["a second document", "'---'"]),
    Mistake(text: "limits: *nobody", column: 9, words: ["not YAML", "'*'"]),
    Mistake(text: "start: \u{7}", column: 8, words: ["control character"]),
  ]

  @Test(arguments: mistakes) func aMistakeIsToldWithPlaceAndRemedy(_ mistake: Mistake) throws {
    let found = mistakesOf(plainScenario + "\n" + mistake.text + "\n")
    #expect(found.count == 1, "\(found)")
    let first = try #require(found.first)
    #expect("\(first.line):\(first.column)" == "\(mistake.line):\(mistake.column)", "\(first)")
    for word in mistake.words { #expect(first.description.contains(word), "\(first)") }
    #expect(first.remedy != nil)
  }

  @Test func allMistakesAreToldAtOnceInTheOrderOfTheFile() {
    let text = """
      titel: A plain run
      world: {cloud: ec3, identity: iam, billing: stripe-v2, metering: per-cluster, ticketing: zendesk}
      workflow: customer-onbording
      input: {customer: acme, plan: gold, period: 2026-11-01, region: no, colour: red}
      dry_run: yes
      faults:
        - {at: cloud.create_cluster, inject: lost}
        - {at: cloud.create_cluster, at: cloud.create_network, inject: outage}
      expect:
        reference: {ends: done}
        reference: {ends: completed}
      """
    let found = mistakesOf(text)
    let places = found.map { "\($0.line):\($0.column)" }
    #expect(
      places == [
        "1:1", "2:16", "2:66", "3:11", "4:31", "4:45", "4:65", "4:69", "5:10", "7:40", "8:32", "10:21", "11:3",
      ], "\(ScenarioErrors(found))")
  }

  @Test func aWorldWithoutASystemThatTheWorkflowNeedsIsAMistake() {
    let found = mistakesOf(plainScenario.replacing(", notify: email", with: ""))
    #expect(found.map(\.message) == ["the workflow 'customer-onboarding' needs the system 'notify'"])
    #expect(found.map(\.line) == [2])
  }

  @Test func anOptionIsCheckedAgainstItsProfile() {
    func told(_ cloud: String) -> [String] {
      mistakesOf(plainScenario.replacing("cloud: ec2", with: "cloud: \(cloud)")).map(\.description)
    }
    #expect(told("{profile: ec2, qouta: 3}")[0].contains("did you mean 'quota'?"))
    #expect(told("{profile: ec2, quota: lots}")[0].hasPrefix("a.yaml:2:38: error: expected the option 'quota'"))
    #expect(told("{profile: ec2, dead_tokens: reused}")[0].contains("refused, returned"))
    #expect(told("{quota: 3}")[0].contains("needs the key 'profile'"))
    #expect(told("[ec2]")[0].contains("found a list"))
  }

  @Test(arguments: ["", "\n\n", "# only a comment\n"]) func anEmptyFileIsAMistake(_ text: String) {
    #expect(mistakesOf(text).map(\.message) == ["the file is empty"])
  }

  @Test func aFileOfAnotherFormIsAMistake() {
    #expect(mistakesOf("- a\n- b\n").map(\.message) == ["expected a scenario, found a list"])
    #expect(mistakesOf("hello").map(\.message) == ["expected a scenario, found 'hello'"])
  }

  @Test func aliasesCanNotBlowAFileUp() {
    var text = plainScenario + "\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let previous = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(Array(repeating: previous, count: 10).joined(separator: ", "))]\n"
    }
    #expect(mistakesOf(text).contains { $0.message.contains("too large") })
  }

  @Test func aMistakeReadsWellOnATerminal() {
    let found = mistakesOf(plainScenario + "\nfaults: [{at: cloud.create_cluster, inject: respons-lost}]")
    #expect(
      ScenarioErrors(found).description == """
        a.yaml:5:45: error: unknown fault 'respons-lost'
            did you mean 'response-lost'?
        """, "there are too many faults to list them all")
  }
}
