// The identity system: natural keys, the order of deletion, credentials, propagation, digests.

import Operations
import Primitives
import Testing

@testable import Backends

private typealias Bench = SystemBench<IdentitySystem>

private let document = #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#

extension SystemBench<IdentitySystem> {
  /// A role and a managed policy, both acme's.
  fileprivate mutating func roleAndPolicy() {
    call("identity.create_role", ["name": "ops", "customer": "acme"])
    call("identity.create_policy", ["name": "read", "document": .text(document), "customer": "acme"])
  }

  @discardableResult
  fileprivate mutating func bind(_ name: String = "grant", lag: TimeSpan = .zero) -> Response {
    call(
      "identity.create_binding",
      ["name": .text(name), "role": "ops", "policy": "read", "target": "i-1", "customer": "acme"], lag: lag)
  }

  @discardableResult
  fileprivate mutating func issueKey() -> Response { call("identity.create_access_key", ["role": "ops"]) }

  fileprivate func ids(_ response: Response, _ field: Name) -> [String] {
    response.body[field]?.list?.compactMap { $0.record?.text("id") } ?? []
  }
}

private func identity() -> IdentitySystem { IdentitySystem(dialect: .iam) }

@Suite("Identity")
struct IdentityTests {
  @Test("effects name the owner, by tag or through the role")
  func effects() {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    bench.call("identity.create_policy", ["name": "inline", "document": .text(document), "role": "ops"])
    bench.bind()
    bench.issueKey()
    #expect(
      bench.effects.map(\.kind) == [
        "identity.role", "identity.policy", "identity.policy", "identity.binding", "identity.access_key",
      ])
    #expect(bench.effects.allSatisfy { $0.change == .created && $0.owner == "acme" && $0.principal == "agent" })
    #expect(bench.effects.last?.cause == bench.lastCall)
    bench.call("identity.create_role", ["name": "nobodys"])
    #expect(bench.effects.last?.owner == nil)
  }

  /// Random runs of several customers met one while the objects had just changed.
  @Test("a renewal is answered by the token service, however far replicas of the objects lag behind")
  func renewalIsNoRead() {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    #expect(bench.applicable("identity.get_role", ["name": "ops"]) == .readLag)
    #expect(bench.applicable("identity.renew_credential", [:]) == [])
  }

  @Test("a role goes only after its bindings, its inline policies and its keys, in this order")
  func orderOfDeletion() {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    bench.call("identity.create_policy", ["name": "inline", "document": .text(document), "role": "ops"])
    bench.bind()
    let key = bench.issueKey().body.text("id") ?? ""
    bench.wait(.seconds(1))
    let steps: [(operation: Name, arguments: Fields, complaint: String)] = [
      ("identity.delete_binding", ["name": "grant"], "detach all policies"),
      ("identity.delete_policy", ["name": "inline"], "delete policies"),
      ("identity.delete_access_key", ["access_key": .text(key)], "delete access keys"),
    ]
    for step in steps {
      let refused = bench.call("identity.delete_role", ["name": "ops"])
      #expect(refused.error?.code == "DeleteConflict")
      #expect(refused.error?.message.contains(step.complaint) == true, "\(refused)")
      #expect(bench.call(step.operation, step.arguments).isSuccess)
      bench.wait(.seconds(1))
    }
    #expect(bench.call("identity.delete_role", ["name": "ops"]).isSuccess)
    #expect(bench.call("identity.get_role", ["name": "ops"]).error?.code == "NoSuchEntity")
    let created = bench.effects.filter { $0.change == .created }.map(\.object)
    let ended = bench.effects.filter { $0.change == .ended }.map(\.object)
    #expect(Set(created).subtracting(ended).count == 1, "only the managed policy is left")
  }

  @Test("a repeated create is refused, except that of an access key")
  func repeatedCreates() {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    bench.bind()
    for again in [
      bench.call("identity.create_role", ["name": "ops", "customer": "acme"]),
      bench.call("identity.create_policy", ["name": "read", "document": .text(document)]), bench.bind(),
    ] {
      #expect(again.status == 409)
      #expect(again.error?.code == "EntityAlreadyExists")
    }
    #expect(bench.effects.count == 3)
    let first = bench.issueKey()
    let second = bench.issueKey()
    #expect(first.body.text("id") != second.body.text("id"))
    #expect(first.body.text("secret") != second.body.text("secret"))
    #expect(bench.effects.count == 5)
  }

  @Test("a secret is in the first answer and in nothing else")
  func secretsAreShownOnce() throws {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    let secret = try #require(bench.issueKey().body.text("secret"))
    let listed = bench.call("identity.list_access_keys", ["role": "ops"])
    #expect(bench.ids(listed, "access_keys").count == 1)
    #expect(!"\(listed)".contains(secret))
    #expect(!"\(bench.effects)".contains(secret))
  }

  @Test("names and ids resolve to the customer, or to the name where there is none")
  func subjects() {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    bench.bind()
    let key = bench.issueKey().body.text("id") ?? ""
    bench.call("identity.create_role", ["name": "nobodys"])
    for (operation, arguments) in [
      ("identity.get_role" as Name, ["name": "ops"] as Fields), ("identity.delete_role", ["name": "ops"]),
      ("identity.get_policy", ["name": "read"]), ("identity.delete_policy", ["name": "read"]),
      ("identity.delete_binding", ["name": "grant"]), ("identity.create_access_key", ["role": "ops"]),
      ("identity.list_access_keys", ["role": "ops"]), ("identity.delete_access_key", ["access_key": .text(key)]),
      ("identity.create_role", ["name": "new", "customer": "acme"]),
    ] {
      #expect(bench.subject(operation, arguments) == "acme", "\(operation)")
    }
    #expect(bench.subject("identity.get_role", ["name": "nobodys"]) == "nobodys")
    #expect(bench.subject("identity.get_role", ["name": "not-there"]) == "not-there")
    #expect(bench.subject("identity.delete_access_key", ["access_key": "AKIA"]) == nil)
    bench.call("identity.delete_access_key", ["access_key": .text(key)])
    #expect(bench.subject("identity.delete_access_key", ["access_key": .text(key)]) == "acme", "a late repetition")
  }

  @Test(
    "a document must be an object with a statement",
    arguments: [
      (#"{"Statement":[]}"#, true), (" {\n\"Statement\": [{}]}\t", true), (#"{"Statement":["}"]}"#, true),
      (#"{"Statement":["\"}"]}"#, true), ("", false), ("Statement", false), ("{}", false),
      (#"{"Statement":[]"#, false), (#"{"Statement":[]}}"#, false), (#"{"Statement":[]}{}"#, false),
      (#""Statement""#, false), (#"{"Statement":"}"#, false), (#"{"statement":[]}"#, false),
    ])
  func documents(text: String, isWellFormed: Bool) {
    var bench = Bench(identity())
    let response = bench.call("identity.create_policy", ["name": "read", "document": .text(text)])
    #expect(response.isSuccess == isWellFormed, "\(response)")
    #expect(isWellFormed || response.error?.code == "MalformedPolicyDocument")
  }

  @Test(
    "a name has the documented characters and length",
    arguments: [
      ("ops", true), ("Ops_1+2=3,4.5@6-7", true), (String(repeating: "r", count: 64), true), ("", false),
      (String(repeating: "r", count: 65), false), ("ops role", false), ("ops/role", false), ("ops:role", false),
      ("rôle", false), ("ops*", false),
    ])
  func names(name: String, isValid: Bool) {
    var bench = Bench(identity())
    let response = bench.call("identity.create_role", ["name": .text(name)])
    #expect(response.isSuccess == isValid, "\(response)")
  }
}

@Suite("Identity refusals, each with its control")
struct IdentityRefusalTests {
  private static let cases: [RefusalCase<IdentitySystem>] = [
    RefusalCase(
      "a name that is taken", "EntityAlreadyExists", .alreadyExists,
      arrange: { $0.roleAndPolicy() }, act: { $0.call("identity.create_role", ["name": "ops"]) },
      remove: { bench in
        bench.wait(.seconds(1))
        bench.call("identity.delete_role", ["name": "ops"])
      }),
    RefusalCase(
      "a role with a binding", "DeleteConflict", .dependency,
      arrange: { bench in
        bench.roleAndPolicy()
        bench.bind()
      }, act: { $0.call("identity.delete_role", ["name": "ops"]) },
      remove: { bench in
        bench.call("identity.delete_binding", ["name": "grant"])
        bench.wait(.seconds(1))
      }),
    RefusalCase(
      "a policy that is attached", "DeleteConflict", .dependency,
      arrange: { bench in
        bench.roleAndPolicy()
        bench.bind()
      }, act: { $0.call("identity.delete_policy", ["name": "read"]) },
      remove: { $0.call("identity.delete_binding", ["name": "grant"]) }),
    RefusalCase(
      "a role that changes at this moment", "ConcurrentModification", .conflict,
      arrange: { $0.roleAndPolicy() }, act: { $0.call("identity.delete_role", ["name": "ops"]) },
      remove: { $0.wait(.milliseconds(5)) }),
    RefusalCase(
      "a third access key", "LimitExceeded", .refused,
      arrange: { bench in
        bench.roleAndPolicy()
        bench.issueKey()
        bench.issueKey()
      }, act: { $0.issueKey() },
      remove: { bench in
        let keys = bench.call("identity.list_access_keys", ["role": "ops"])
        bench.call("identity.delete_access_key", ["access_key": .text(bench.ids(keys, "access_keys")[0])])
      }),
    RefusalCase(
      "a role that has not propagated", "NoSuchEntity", .notFound,
      arrange: { $0.roleAndPolicy() }, act: { $0.bind(lag: .seconds(5)) }, remove: { $0.wait(.seconds(5)) }),
    RefusalCase(
      "a binding of a role that is not there", "NoSuchEntity", .notFound,
      act: { $0.bind() }, remove: { $0.roleAndPolicy() }),
  ]

  @Test("is refused without effect, and passes once the cause is gone", arguments: cases)
  func refusal(_ refusal: RefusalCase<IdentitySystem>) { refusal.play(on: identity()) }

  @Test("one call that is delivered twice is not a concurrent modification")
  func duplicatesAreNotConcurrent() {
    var bench = Bench(identity())
    bench.call("identity.create_role", ["name": "ops"])
    let call = bench.lastCall
    #expect(bench.call("identity.delete_role", ["name": "ops"]) { $0.call = call }.isSuccess)
  }

  @Test("a binding is not written on the strength of a replica that shows what is gone")
  func bindingsNeedTheTruth() {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    bench.wait(.minutes(1))
    bench.call("identity.delete_policy", ["name": "read"])
    bench.wait(.seconds(1))
    #expect(bench.call("identity.get_policy", ["name": "read"], lag: .seconds(5)).isSuccess)
    #expect(bench.bind(lag: .seconds(5)).error?.code == "NoSuchEntity")
  }

  @Test(
    "a compensation is refused only while there is something to compensate",
    arguments: [
      ("identity.delete_binding" as Name, "grant"), ("identity.delete_policy", "read"), ("identity.delete_role", "ops"),
    ])
  func compensationRefusal(operation: Name, name: String) {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    if operation == "identity.delete_binding" { bench.bind() }
    bench.wait(.seconds(1))
    let arguments: Fields = ["name": .text(name)]
    #expect(bench.applicable(operation, arguments).contains(.compensationRefusal))
    let before = bench.effects.count
    #expect(bench.call(operation, arguments) { $0.refusesCompensation = true }.error?.code == "DeleteConflict")
    #expect(bench.effects.count == before)
    #expect(bench.call(operation, arguments).isSuccess)
    #expect(!bench.applicable(operation, arguments).contains(.compensationRefusal))
  }
}

@Suite("Identity replicas and digests")
struct IdentityStateTests {
  @Test("a lagging read is offered exactly while it answers otherwise", arguments: 0...12)
  func lagIsOffered(halfSeconds: Int64) {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    bench.wait(.milliseconds(halfSeconds * 500))
    for (operation, arguments) in [
      ("identity.get_role" as Name, ["name": "ops"] as Fields), ("identity.get_policy", ["name": "read"]),
      ("identity.list_bindings", [:]), ("identity.list_access_keys", ["role": "ops"]),
      ("identity.create_access_key", ["role": "ops"]), ("identity.create_role", ["name": "ops"]),
      ("identity.create_binding", ["name": "grant", "role": "ops", "policy": "read"]),
    ] {
      var fresh = bench
      var lagging = bench
      let differs =
        fresh.call(operation, arguments).isSuccess != lagging.call(operation, arguments, lag: .seconds(5)).isSuccess
      #expect(bench.applicable(operation, arguments).contains(.readLag) == differs, "\(operation)")
    }
  }

  @Test("no read lags further than the profile declares", arguments: 0..<50 as Range<UInt64>)
  func stalenessIsBounded(seed: UInt64) {
    var bench = Bench(identity())
    bench.roleAndPolicy()
    bench.bind()
    bench.wait(bench.backend.description.bounds.staleness)
    let lag = Draw(seed: seed, key: 1).span(in: .zero ... .minutes(10))
    #expect(bench.call("identity.get_role", ["name": "ops"], lag: lag).isSuccess)
    #expect(bench.ids(bench.call("identity.list_bindings", ["customer": "acme"], lag: lag), "bindings").count == 1)
  }

  @Test("the same history has the same digest, another one has another")
  func digestsFollowHistory() {
    func digest(_ history: (inout Bench) -> Void) -> UInt64 {
      var bench = Bench(identity())
      history(&bench)
      return bench.backend.stableDigest
    }
    let histories: [(inout Bench) -> Void] = [
      { _ in }, { $0.roleAndPolicy() },
      { bench in
        bench.roleAndPolicy()
        bench.bind()
      },
      { bench in
        bench.roleAndPolicy()
        bench.bind("other")
      },
      { bench in
        bench.roleAndPolicy()
        bench.issueKey()
      },
    ]
    #expect(Set(histories.map(digest)).count == histories.count)
    #expect(histories.map(digest) == histories.map(digest))
  }

  @Test("digests cover every field")
  func digestsCoverFields() {
    let start = Instant(nanoseconds: 0)
    let later = Instant(nanoseconds: 1)
    let call = CallID(process: 0, incarnation: 1, number: 1)
    func role(
      _ id: String = "1", _ name: String = "n", _ customer: Name? = nil, at: Instant = Instant(nanoseconds: 0),
      by: CallID? = nil
    ) -> Role { Role(id: id, name: name, customer: customer, changedAt: at, changedBy: by) }
    expectHashCovers(
      role(at: start),
      variants: [role("2"), role("1", "m"), role("1", "n", "acme"), role(at: later), role(by: call)], "Role")

    func policy(
      _ id: String = "1", _ name: String = "n", _ customer: Name? = nil, document: String = "d", role: String? = nil
    ) -> Policy { Policy(id: id, name: name, customer: customer, document: document, role: role) }
    expectHashCovers(
      policy(),
      variants: [
        policy("2"), policy("1", "m"), policy("1", "n", "acme"), policy(document: "e"), policy(role: "ops"),
      ], "Policy")

    func binding(
      _ id: String = "1", _ name: String = "n", _ customer: Name? = nil, role: String = "r", policy: String = "p",
      target: String? = nil
    ) -> Binding { Binding(id: id, name: name, customer: customer, role: role, policy: policy, target: target) }
    expectHashCovers(
      binding(),
      variants: [
        binding("2"), binding("1", "m"), binding("1", "n", "acme"), binding(role: "s"), binding(policy: "q"),
        binding(target: "i-1"),
      ], "Binding")

    var deleted = AccessKey(id: "1", role: "r", customer: nil)
    deleted.isDeleted = true
    var inactive = AccessKey(id: "1", role: "r", customer: nil)
    inactive.isActive = false
    expectHashCovers(
      AccessKey(id: "1", role: "r", customer: nil),
      variants: [
        AccessKey(id: "2", role: "r", customer: nil), AccessKey(id: "1", role: "s", customer: nil),
        AccessKey(id: "1", role: "r", customer: "acme"), deleted, inactive,
      ], "AccessKey")
  }
}
