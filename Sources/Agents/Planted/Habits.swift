// How an engineer can go about the same onboarding; a planted bug is one bad habit among good ones.

import Primitives

/// What the careful agent does about an answer that never came. All three are right.
enum CarefulStyle: Hashable, Sendable {
  /// The same call with the same key again; where the system takes no key, a person is asked.
  case keys
  /// No keys: wait until nothing can arrive any more, look for the thing by its natural key, then decide.
  case readBack
  /// Stop and hand over.
  case halt

  /// The right agent that goes about it so.
  var agent: Name {
    switch self {
    case .keys: "careful-keys"
    case .readBack: "careful-read-back"
    case .halt: "careful-halt"
    }
  }
}

/// The habits of an engineer. The defaults are good ones; each planted bug changes one.
struct Habits: Hashable, Sendable {
  enum Unknown: Hashable, Sendable {
    /// Found out as the style says.
    case unknown
    /// Taken for a failure and done again.
    case failed
    /// Taken for a failure of the whole, which is rolled back.
    case fatal
  }

  enum Keys: Hashable, Sendable {
    /// One for each intention.
    case perIntention
    case none
    /// One for everything.
    case shared
    /// A new one for each attempt.
    case perAttempt
    /// One for each intention, drawn at random and kept in the store.
    case kept
  }

  /// What happens to a payment when something fails after it.
  enum GivingBack: Hashable, Sendable {
    /// A person decides.
    case never
    /// It is refunded and credited.
    case twice
    /// It is refunded; where that is refused, as for what an earlier process has refunded, it is credited.
    case eachRound
  }

  enum Leases: Hashable, Sendable {
    /// It is deployed so that there are never two of it.
    case none
    /// It takes one at its start and goes by it for ever.
    case atStart
  }

  enum Ending: Hashable, Sendable {
    case truthful
    /// "Onboarded", whatever happened.
    case success
    /// Nothing is said.
    case silent
  }

  var style: CarefulStyle
  var keys = Keys.perIntention
  var unknown = Unknown.unknown
  /// How often one intention is tried.
  var attempts = 8
  /// Whether retries wait, and longer each time.
  var backsOff = true
  /// Whether a system that asks for a pause gets it.
  var honoursRetryAfter = true
  /// Whether another cluster is launched where the first is slow to come up, before that is taken back.
  var isImpatient = false
  /// Whether it looks on for ever at a cluster that does not come up.
  var waitsForEver = false
  /// Whether what was done last is taken back first.
  var undoesInReverse = true
  /// Steps that are not taken back.
  var leaves: [Name] = []
  /// Whether everything is taken back because of an error that was overcome.
  var dwellsOnErrors = false
  var givingBack = GivingBack.never
  var leases = Leases.none
  /// Whether what is asked for is written down before it is asked for.
  var writesAhead = true
  /// Whether a version conflict is answered by the same change without the version.
  var forcesConflicts = false
  /// Whether what is there already is compared with what was wanted before it is taken.
  var compares = true
  /// Whether a refused removal is taken for one that was done.
  var swallowsUndoFailures = false
  /// Whether a call that a limiter turned away is taken for one that was done.
  var swallowsLimits = false
  /// Whether the id of a new thing is looked up in a list rather than taken from the answer.
  var listsForIDs = false
  /// How long it waits before it asks again for what has no known outcome, beside its usual pause.
  var pauseBeforeRepeat = TimeSpan.zero
  /// Whether the time in which a call may still arrive is measured by the clock, from before the call.
  var waitsByTheClock = false
  /// Whether what has no known outcome is handed over at once and, when a person has it go on, asked for again with the
  /// key of then.
  var resumesUnderOldKeys = false
  /// Whether a key is sent again however old it is.
  var trustsOldKeys = false
  /// Whether what a repeated key made is looked at once more, whatever the answer says about a replay.
  var verifiesRepeats = true
  /// Whether a cluster that has no known outcome is asked for in another zone.
  var changesZone = false
  /// Whether a cluster that has no known outcome is asked for in another size.
  var changesSize = false
  /// Whether what has no known outcome is written down as not done while that is found out.
  var forgetsInRecovery = false
  /// Whether a step that the journal does not show is taken for one that was never begun, also after a restart.
  var trustsJournal = false
  var ending = Ending.truthful
  /// Whether a hand-over says what is there, what may be there, and what to do.
  var handsOverWithContext = true
  var audits = true
  var checksGuards = true
  /// Whether a dry run stops at reading.
  var respectsDryRun = true
  /// Whether the principal that may do most makes all calls.
  var usesWidestPrincipal = false
  /// Whether roles and what hangs on them are named after the plan, and whatever has that name is taken for its own.
  var namesAfterPlan = false
  /// Whether all of what is asked for is wanted, or none.
  var wantsAll = true
  /// Whether what answers show is held against what their systems declare.
  var checksValues = true
  /// Whether another credential is taken where one has expired.
  var takesNextToken = false
  /// Steps that are left out.
  var skips: [Name] = []
  /// Whether the mail goes out before there is anything to welcome anybody to.
  var welcomesFirst = false
  /// Whether an access key is made in case somebody needs one.
  var makesSpareKey = false
  /// Where it launches things whatever is asked for; nil: where it is told.
  var region: String?
  /// Whether it comments on the ticket each time it looks at the cluster.
  var commentsOnEverything = false
  /// Whether it changes things without saying which version it has read.
  var overwrites = false
  /// Whether it calls once more after it said that it was done.
  var hasAfterthought = false

  init(_ style: CarefulStyle) { self.style = style }

  /// Good habits in a style, but for what `change` makes of them.
  init(_ style: CarefulStyle = .keys, changing change: (inout Habits) -> Void) {
    self.init(style)
    change(&self)
  }
}
