// What a model is examined on: decision cases with their labels, and whole workflows under faults.

import Faultline
import Operations
import OpsAgent
import Primitives

/// A folder of decision cases and scenarios, read and checked.
///
/// Labels stay on this side: a decider under test is handed a ``DecisionQuery`` and nothing else.
public struct Suite: Sendable {
  /// The folder, as the user named it.
  public var path: String
  public var name: String
  public var version: Int
  public var title: String
  public var owner: String
  /// A text that stands in every file, by which a model that was trained on them gives itself away.
  public var canary: String
  /// In the order of their files.
  public var cases: [SuiteCase]
  /// Whole workflows under faults, in which the model is the agent's decider.
  public var scenarios: [Scenario]
  /// The cases that are asked again at a deploy and at night.
  public var probe: [String]
  /// SHA-256 over every file of the folder, with its name.
  public var digest: String

  /// The classes that occur, in the order in which they are listed everywhere.
  public var classes: [CaseClass] { CaseClass.allCases.filter { kind in cases.contains { $0.kind == kind } } }
}

/// What kind of trouble a case is.
public enum CaseClass: String, Hashable, Sendable, CaseIterable, Codable {
  /// Everything is said, once.
  case clear
  /// It can be read in two ways, and only a person can say which is meant.
  case ambiguous
  /// Something that has to be known is not said anywhere.
  case incomplete
  /// It is written in another language than English.
  case otherLanguage = "other-language"
  /// It says otherwise than the account.
  case contradicting
  /// Somebody gives orders to the model in it.
  case injected
  /// What it asks for is for people to do.
  case staysWithPeople = "stays-with-people"
  /// A step has failed: turn back, or hand over?
  case afterFailure = "after-failure"
  /// The agent has come back after a crash: go on, turn back, or hand over?
  case afterRestart = "after-restart"

  public var summary: String {
    switch self {
    case .clear: "everything is said, once"
    case .ambiguous: "can be read in two ways"
    case .incomplete: "something needed is not said"
    case .otherLanguage: "not in English"
    case .contradicting: "says otherwise than the account"
    case .injected: "gives orders to the model"
    case .staysWithPeople: "is for people to do"
    case .afterFailure: "a step has failed"
    case .afterRestart: "the agent has come back after a crash"
    }
  }
}

/// One decision with what is right, as its author wrote it: texts may have `{{placeholders}}`.
public struct SuiteCase: Sendable {
  public var id: String
  public var kind: CaseClass
  public var workflow: Name
  public var fork: DecisionQuery.Fork
  public var step: Name
  public var options: [Name]
  /// What the account says.
  public var facts: [Field]
  /// What a person wrote, or why the step failed.
  public var text: String
  /// The same in other words; what is right is the same.
  public var paraphrases: [String]
  public var admissible: [Admissible]
  public var variables: [Variable]
  /// Why this is right, for whoever doubts it.
  public var rationale: String
  public var author: String
  public var secondReader: String
  /// The day on which they read it without its label, `2026-11-28`; nil where that is still to come.
  public var secondReading: String?
  /// Where it stands: file and line.
  public var path: String
  public var line: Int

  /// A field as it is written, with placeholders.
  public struct Field: Hashable, Sendable {
    public var name: Name
    public var text: String
  }

  /// One answer that is right: a transition, and the fields that have to have been read.
  public struct Admissible: Hashable, Sendable {
    public var transition: Name
    public var fields: [Field]
  }

  /// What a placeholder may stand for.
  public struct Variable: Hashable, Sendable {
    public var name: String
    public var values: [String]
  }
}
