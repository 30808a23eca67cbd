// Planted bugs of which the field has war stories: the same harm in other ways.

import Faultline
import Operations
import Primitives
import Simulation

extension PlantedBug {
  /// Variants whose oracles other bugs trip as well.
  static let variants: [PlantedBug] = keysAndJournals + answers + repeats + rounds

  private static let lostCluster = trouble("cloud.create_cluster", "response-lost", .answer)

  /// The process dies with a cluster's answer in its hands, and its volume comes back empty.
  private static let lostVolume = Circumstances(
    faults: trouble("cloud.create_cluster", "crash:on-answer", .crash).faults + [
      Plan.Entry(at: SitePattern(point: "restart", aspect: .store), choose: "store-wiped")
    ])

  private static let keysAndJournals: [PlantedBug] = [
    PlantedBug(
      "fresh-key-per-retry", "Makes a new key for each attempt.", trips: "duplicate-resource", in: lostCluster,
      habits: Habits {
        $0.keys = .perAttempt
        $0.verifiesRepeats = false
      }),
    PlantedBug(
      "writes-down-afterwards", "Writes down what it did, and not what it is about to do.",
      trips: "duplicate-resource", in: trouble("cloud.create_cluster", "crash:after", .crash),
      habits: Habits(.readBack) {
        $0.writesAhead = false
        $0.trustsJournal = true
      }),
    PlantedBug(
      "retries-after-a-day", "Asks again under the same key when the system has forgotten it.",
      trips: "duplicate-resource", in: Circumstances(faults: lostCluster.faults, virtualTime: .hours(96)),
      habits: Habits {
        $0.pauseBeforeRepeat = .hours(25)
        $0.verifiesRepeats = false
      }),
    PlantedBug(
      "waits-by-the-clock", "Measures from before a call how long it may still arrive, by a clock that may jump.",
      trips: "duplicate-resource",
      in: Circumstances(
        faults: trouble("cloud.create_cluster", "late-arrival:at-end", .request).faults
          + trouble("cloud.create_cluster", "clock-jump:ahead", .crash).faults),
      habits: Habits(.readBack) { $0.waitsByTheClock = true }),
    PlantedBug(
      "resumes-under-old-keys", "Asks again under the key of Friday when a person has it go on on Monday.",
      trips: "duplicate-resource",
      in: Circumstances(
        faults: lostCluster.faults, desk: Scenario.Desk("monday-shift", after: .hours(63), .resume),
        virtualTime: .hours(96)),
      habits: Habits {
        $0.resumesUnderOldKeys = true
        $0.verifiesRepeats = false
      }),
    PlantedBug(
      "trusts-old-keys", "Asks again under the same key without asking how old it is.", trips: "duplicate-resource",
      in: Circumstances(
        faults: trouble("cloud.create_cluster", "key-expired", .answer).faults, virtualTime: .hours(96)),
      habits: Habits {
        $0.trustsOldKeys = true
        $0.verifiesRepeats = false
      }),
    PlantedBug(
      "trusts-replayed-marker", "Takes the answer to a repeated key for that of the first, because it says so.",
      trips: "duplicate-resource",
      in: Circumstances(
        faults: lostCluster.faults + [
          Plan.Entry(
            at: SitePattern(point: "cloud.create_cluster", call: 2, aspect: .key), choose: "key-store-split")
        ], options: [("cloud", "key_store", "sharded")]),
      habits: Habits { $0.verifiesRepeats = false }),
    PlantedBug(
      "another-zone", "Asks again under the same key in another zone, where it is another key.",
      trips: "duplicate-resource", in: lostCluster, habits: Habits {
        $0.changesZone = true
        $0.verifiesRepeats = false
      }),
    PlantedBug(
      "another-size", "Asks again under the same key for a cluster of another size, which the key does not stand for.",
      trips: "key-misuse", in: lostCluster, habits: Habits { $0.changesSize = true }),
    PlantedBug(
      "forgets-in-recovery", "Writes down that a step was not done while it finds out whether it was.",
      trips: "duplicate-resource",
      in: Circumstances(
        faults: lostCluster.faults + trouble("cloud.list_clusters", "crash:before", .crash).faults),
      habits: Habits(.readBack) { $0.forgetsInRecovery = true }),
    PlantedBug(
      "trusts-the-disk", "Takes what its journal does not show for what was never begun, also after a restart.",
      trips: "duplicate-resource", in: lostVolume, habits: Habits(.readBack) { $0.trustsJournal = true }),
    PlantedBug(
      "keeps-keys-on-the-disk", "Draws its keys at random and keeps them in the store alone.",
      trips: "duplicate-resource", in: lostVolume,
      habits: Habits {
        $0.keys = .kept
        $0.trustsJournal = true
      }),
    PlantedBug(
      "wakes-with-a-stale-lease", "Takes a lease at its start, and never looks whether it still has it.",
      trips: "duplicate-resource", in: trouble("cloud.create_cluster", "pause:after-takeover", .crash),
      habits: Habits(.readBack) { $0.leases = .atStart }),
  ]

  private static let answers: [PlantedBug] = [
    PlantedBug(
      "swallows-429", "Takes a call that a limiter turned away for one that was done.", trips: "missing-effect",
      in: trouble("notify.send_mail", "rate-limited", .request), habits: Habits { $0.swallowsLimits = true }),
    PlantedBug(
      "forces-its-change", "Answers a version conflict by the same change without the version.", trips: "lost-update",
      in: trouble("ticketing.update_ticket", "out-of-band-change:altered", .outside),
      habits: Habits { $0.forcesConflicts = true }),
    PlantedBug(
      "adopts-by-name", "Takes what is there under the right name for its own without comparing it.",
      trips: "missing-effect",
      in: Circumstances(
        faults: trouble("billing.create_invoice", "out-of-band-change:altered", .outside).faults,
        options: [("billing", "metering", "none"), ("billing", "unique_reference", true)]),
      habits: Habits { $0.compares = false }),
    PlantedBug(
      "names-after-the-plan", "Names a customer's role after the plan, and takes the one that another customer has.",
      trips: "missing-effect", in: Circumstances(workflows: 2), habits: Habits { $0.namesAfterPlan = true }),
    PlantedBug(
      "takes-the-next-token", "Takes the token that may do most where its own has expired.", trips: "scope-violation",
      in: Circumstances(
        faults: trouble("cloud.create_cluster", "credential-expired", .request).faults, hasWidePrincipal: true),
      habits: Habits { $0.takesNextToken = true }),
    PlantedBug(
      "ignores-unknown-values", "Takes a thing in a state that nobody has documented for one that is not there.",
      trips: "retry-without-compensation",
      in: Circumstances(
        faults: lostCluster.faults + trouble("cloud.list_clusters", "schema-drift:new-value", .schema).faults),
      habits: Habits(.readBack) { $0.checksValues = false }),
    PlantedBug(
      "takes-part-for-whole", "Asks for three and takes what there is, whatever the answer says.",
      trips: "missing-effect",
      in: Circumstances(
        faults: trouble("cloud.create_cluster", "partial-batch", .lifecycle).faults,
        wants: [("cloud.cluster", "count", 3)]), habits: Habits { $0.wantsAll = false }),
    PlantedBug(
      "guesses-ids", "Takes the id of a new thing from a list that lags, and makes another where it finds none.",
      trips: "duplicate-resource",
      in: Circumstances(
        faults: trouble("cloud.list_clusters", "stale-read", .read).faults),
      habits: Habits(.readBack) { $0.listsForIDs = true }),
  ]

  private static let repeats: [PlantedBug] = [
    PlantedBug(
      "fails-on-silence", "Takes an answer that never came for the failure of all, and rolls back what it knows of.",
      trips: "incomplete-rollback", in: trouble("billing.create_customer", "response-lost", .answer),
      habits: Habits { $0.unknown = .fatal })
  ]

  private static let rounds: [PlantedBug] = [
    PlantedBug(
      "swallows-a-refused-removal", "Takes a refused removal for one that was done.", trips: "incomplete-rollback",
      in: Circumstances(options: [("billing", "declines", ["acme"])]),
      habits: Habits { $0.swallowsUndoFailures = true }),
    PlantedBug(
      "gives-back-each-round", "Refunds after a restart what the last process has refunded, as a credit.",
      trips: "doubled-compensation",
      in: Circumstances(
        faults: trouble("billing.refund_charge", "crash:after", .crash).faults,
        options: [("ticketing", "tickets", [["id": "1001", "customer": "acme", "status": "closed"]])]),
      habits: Habits { $0.givingBack = .eachRound }),
  ]
}
