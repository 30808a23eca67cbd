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
  /// Whether a payment is refunded and credited when something fails after it.
  var refundsAndCredits = false
  var ending = Ending.truthful
  /// Whether a hand-over says what is there, what may be there, and what to do.
  var handsOverWithContext = true
  var audits = true
  var checksGuards = true
  /// Whether a dry run stops at reading.
  var respectsDryRun = true
  /// Whether the principal that may do most makes all calls.
  var usesWidestPrincipal = false
  /// Steps that are left out.
  var skips: [Name] = []
  /// Whether the mail goes out before there is anything to welcome anybody to.
  var welcomesFirst = false
  /// Whether an access key is made in case somebody needs one.
  var makesSpareKey = false
  /// Whether it comments on the ticket each time it looks at the cluster.
  var commentsOnEverything = false
  /// Whether it changes things without saying which version it has read.
  var overwrites = false
  /// Whether it calls once more after it said that it was done.
  var hasAfterthought = false

  init(_ style: CarefulStyle) { self.style = style }

  /// Good habits in the style of keys, but for what `change` makes of them.
  init(changing change: (inout Habits) -> Void) {
    self.init(.keys)
    change(&self)
  }
}
