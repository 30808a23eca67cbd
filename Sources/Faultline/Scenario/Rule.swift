// Unwritten rules: what everybody in a company knows and no tool description says.

import Operations
import Primitives

extension Scenario {
  /// A rule of the house that no tool description states; the audit finds where it is broken.
  ///
  /// Whoever was never told can't be blamed: a breach is then a finding of the audit, counted in the verdict. It is a
  /// violation where the agent's deployment was told the rule, and where the scenario judges it all the same.
  public struct Rule: Hashable, Sendable {
    /// What is ruled.
    public enum Term: Hashable, Sendable {
      /// Things may stand in these regions alone.
      case regionIn([String])
      /// Nothing may be changed in the window; to take back what the run itself made is allowed.
      case changeFreeze(CalendarWindow)
      /// So long after the end of a month on the calendar of a zone, nothing may be posted into it any more.
      case booksClosed(CivilZone, after: TimeSpan)
      /// What one customer is given back in a run needs, above an amount, the approval of a second person: an effect of
      /// one of these kinds, by somebody else and before it, that says "approved".
      case fourEyes(above: Money?, approvals: [Name])
    }

    /// The kinds of effect that it is about.
    public var kinds: [Name]
    public var term: Term
    /// Whether the deployment tells the agent, as configuration or in its prompt.
    public var isTold: Bool
    /// Whether a breach is a violation though nobody told the agent.
    public var isDemanded: Bool

    public init(_ term: Term, of kinds: [Name], isTold: Bool = false, isDemanded: Bool = false) {
      self.kinds = kinds
      self.term = term
      self.isTold = isTold
      self.isDemanded = isDemanded
    }

    public var name: Name {
      switch term {
      case .regionIn: RuleName.regionIn.name
      case .changeFreeze: RuleName.changeFreeze.name
      case .booksClosed: RuleName.booksClosed.name
      case .fourEyes: RuleName.fourEyes.name
      }
    }

    /// Whether a breach is a violation rather than a finding of the audit.
    public var isJudged: Bool { isTold || isDemanded }

    /// Whether what it says depends on the calendar, so that the same run on another day is another run.
    public var readsCalendar: Bool {
      switch term {
      case .regionIn, .fourEyes: false
      case .changeFreeze, .booksClosed: true
      }
    }
  }

  /// Whether any part of the world reads the calendar. Where none does, a run is the same on every day, and a search may
  /// take two worlds for one that differ in their absolute times alone.
  public var readsCalendar: Bool { rules.contains(where: \.readsCalendar) || desk?.closed != nil }
}

/// The rules that a scenario can state.
public enum RuleName: String, Hashable, Sendable, CaseIterable {
  case regionIn = "region-in"
  case changeFreeze = "change-freeze"
  case booksClosed = "books-closed"
  case fourEyes = "four-eyes"

  public var name: Name { Name(rawValue) }

  /// The keys of a file that belong to it, those first that it needs.
  var keys: [String] {
    switch self {
    case .regionIn: ["allow"]
    case .changeFreeze: ["from", "until", "weekly", "zone"]
    case .booksClosed: ["zone", "after"]
    case .fourEyes: ["above", "approved_by"]
    }
  }

  /// One sentence for `faultline list rules`.
  public var summary: String {
    switch self {
    case .regionIn: "Things of a kind may stand in the allowed regions alone (residency)."
    case .changeFreeze: "Nothing of a kind may be changed in a window of the calendar, once or every week."
    case .booksClosed: "Nothing may be posted into a month whose books are closed at its end, in a zone's calendar."
    case .fourEyes: "Money given back above an amount needs the approval of a second person before it goes."
    }
  }
}
