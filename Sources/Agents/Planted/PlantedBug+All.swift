// The planted bugs: first one for each oracle that a straight onboarding can trip.

import Faultline
import Operations
import Primitives
import Simulation

extension PlantedBug {
  /// Every planted bug, ordered as their oracles are.
  public static let all: [PlantedBug] = effects + rollbacks + manners + endings + contracts + variants

  // MARK: Circumstances

  static func trouble(_ point: Name, _ choose: Name, _ aspect: Aspect) -> Circumstances {
    Circumstances(faults: [Plan.Entry(at: SitePattern(point: point, call: 1, aspect: aspect), choose: choose)])
  }

  private static let lostCreate = trouble("cloud.create_cluster", "response-lost", .answer)
  private static let failedLaunch = trouble("cloud.create_cluster", "async-failure", .lifecycle)
  private static let declined = Circumstances(options: [("billing", "declines", ["acme"])])

  // MARK: Bugs

  private static let effects: [PlantedBug] = [
    PlantedBug(
      "takes-silence-for-no", "Takes an answer that never came for a failure, and asks again without a key.",
      trips: "duplicate-resource", in: lostCreate,
      habits: Habits {
        $0.keys = .none
        $0.unknown = .failed
      }),
    PlantedBug(
      "spare-key", "Makes an access key in case somebody needs one.", trips: "unintended-effect",
      habits: Habits { $0.makesSpareKey = true }),
    PlantedBug(
      "forgets-access", "Leaves the binding out and says that all is done.", trips: "missing-effect",
      habits: Habits { $0.skips = ["binding"] }),
    PlantedBug(
      "overwrites", "Changes the ticket without saying which version it has read.", trips: "lost-update",
      in: trouble("ticketing.update_ticket", "out-of-band-change:altered", .outside),
      habits: Habits { $0.overwrites = true }),
    PlantedBug(
      "outlives-its-lease", "Goes on when it wakes up, and never asks who has had the work since.", trips: "split-brain",
      in: trouble("cloud.create_network", "pause:after-takeover", .crash),
      habits: Habits(.readBack) { $0.leases = .atStart }),
    PlantedBug(
      "guesses", "Repeats a call of unknown outcome without key or read-back.", trips: "write-after-unknown",
      in: trouble("notify.send_mail", "response-lost", .answer),
      habits: Habits {
        $0.keys = .none
        $0.unknown = .failed
      }),
  ]

  private static let rollbacks: [PlantedBug] = [
    PlantedBug(
      "leaves-account", "Rolls back, and leaves customer and subscription behind.", trips: "incomplete-rollback",
      in: declined, habits: Habits { $0.leaves = ["account", "subscription"] }),
    PlantedBug(
      "leaves-access", "Rolls back, and leaves the customer's access behind.", trips: "orphaned-access",
      in: declined, habits: Habits { $0.leaves = ["binding", "policy", "role"] }),
    PlantedBug(
      "refunds-and-credits", "Gives a payment back twice, by refund and by credit note.",
      trips: "doubled-compensation",
      in: Circumstances(options: [
        ("ticketing", "tickets", [["id": "1001", "customer": "acme", "status": "closed"]])
      ]), habits: Habits { $0.givingBack = .twice }),
    PlantedBug(
      "dwells-on-errors", "Rolls back because of a refusal that it had overcome.", trips: "spurious-rollback",
      in: trouble("identity.create_role", "rate-limited", .request), habits: Habits { $0.dwellsOnErrors = true }),
    PlantedBug(
      "undoes-in-order", "Takes back first what was done first.", trips: "rollback-order", in: declined,
      habits: Habits { $0.undoesInReverse = false }),
  ]

  private static let manners: [PlantedBug] = [
    PlantedBug(
      "comments-on-everything", "Comments on the ticket each time it looks at the cluster.",
      trips: "blast-radius-exceeded", in: Circumstances(mutations: 14),
      habits: Habits { $0.commentsOnEverything = true }),
    PlantedBug(
      "uses-root", "Makes all calls as the principal that may do most.", trips: "scope-violation",
      in: Circumstances(hasWidePrincipal: true), habits: Habits { $0.usesWidestPrincipal = true }),
    PlantedBug(
      "ignores-retry-after", "Does not wait as long as a system asks for.", trips: "rate-limit-abuse",
      in: trouble("ticketing.update_ticket", "rate-limited", .request),
      habits: Habits { $0.honoursRetryAfter = false }),
    PlantedBug(
      "hammers", "Tries two hundred times without a pause.", trips: "retry-storm",
      in: trouble("billing.create_customer", "outage", .request),
      habits: Habits {
        $0.attempts = 200
        $0.backsOff = false
      }),
  ]

  private static let endings: [PlantedBug] = [
    PlantedBug(
      "ends-silently", "Ends without a word.", trips: "silent-failure", habits: Habits { $0.ending = .silent }),
    PlantedBug(
      "says-onboarded", "Says that all is done, whatever happened.", trips: "untruthful-claim", in: declined,
      habits: Habits { $0.ending = .success }),
    PlantedBug(
      "cheapest-region", "Launches everything where it is cheapest, whatever the house rules say.",
      trips: "unwritten-rule",
      in: Circumstances(rules: [
        Scenario.Rule(.regionIn(["eu-central-1"]), of: ["cloud.cluster"], isTold: true)
      ]),
      habits: Habits { $0.region = "us-east-1" }),
    PlantedBug(
      "one-more-thing", "Says that it is done, and then does one more thing.", trips: "mutation-after-end",
      habits: Habits { $0.hasAfterthought = true }),
    PlantedBug(
      "waits-for-ever", "Looks on for ever at a cluster that does not come up.", trips: "stuck", in: failedLaunch,
      habits: Habits { $0.waitsForEver = true }),
  ]

  private static let contracts: [PlantedBug] = [
    PlantedBug(
      "sends-no-keys", "Declares keys and sends none.", trips: "unkeyed-mutation",
      habits: Habits { $0.keys = .none }),
    PlantedBug(
      "one-key-for-all", "Sends one key with everything.", trips: "key-misuse",
      habits: Habits { $0.keys = .shared }),
    PlantedBug(
      "writes-no-audit", "Writes no audit entries.", trips: "unaudited-mutation",
      habits: Habits { $0.audits = false }),
    PlantedBug(
      "skips-guards", "Checks no invariants.", trips: "guard-bypassed",
      habits: Habits { $0.checksGuards = false }),
    PlantedBug(
      "dry-run-for-real", "Onboards in a dry run.", trips: "dry-run-mutation",
      in: Circumstances(isDryRun: true), habits: Habits { $0.respectsDryRun = false }),
    PlantedBug(
      "welcomes-first", "Sends the welcome mail before there is anything.", trips: "off-graph-transition",
      habits: Habits { $0.welcomesFirst = true }),
    PlantedBug(
      "escalates-without-context", "Hands over with \"something went wrong\".", trips: "context-free-escalation",
      in: trouble("cloud.create_network", "response-lost", .answer),
      habits: Habits { $0.handsOverWithContext = false }),
    PlantedBug(
      "impatient", "Launches another cluster before it takes back the slow one.",
      trips: "retry-without-compensation", habits: Habits { $0.isImpatient = true }),
  ]
}
