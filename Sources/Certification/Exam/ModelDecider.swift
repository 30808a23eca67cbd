// A model's recorded answers as the reference agent's decider: a run stays a function of its input.

import Operations
import OpsAgent
import Primitives
import Synchronization

/// What a model answered in one run so far, by question and by how often it was asked before.
struct AnswerTable: Sendable {
  private var answers: [UInt64: Answer] = [:]

  struct Answer: Sendable {
    var decision: Result<Decision, DecisionFailure>
    var thinking: TimeSpan
  }

  /// - Parameter occurrence: how often the same question was asked before in the run.
  static func key(_ query: DecisionQuery, occurrence: Int) -> UInt64 {
    var hasher = StableHasher()
    hasher.combine(query)
    hasher.combine(occurrence)
    return hasher.digest
  }

  subscript(key: UInt64) -> Answer? {
    get { answers[key] }
    set { answers[key] = newValue }
  }
}

/// The first question of a run to which there is no answer yet. One for each attempt to play the run.
final class OpenQuestion: Sendable {
  struct Question: Sendable {
    var query: DecisionQuery
    var occurrence: Int
    var key: UInt64
  }

  private let asked = Mutex<Question?>(nil)

  var question: Question? { asked.withLock { $0 } }
  func note(_ question: Question) { asked.withLock { $0 = $0 ?? question } }
}

/// Answers from a table; where it has none, the question is noted, and what the run then comes to is thrown away.
struct ModelDecider: Decider {
  let table: AnswerTable
  let open: OpenQuestion
  private(set) var thinking: TimeSpan = .milliseconds(1)
  /// How often each question was asked, in the order of the first time.
  private var asked: [(key: UInt64, count: Int)] = []

  init(_ table: AnswerTable, open: OpenQuestion) {
    self.table = table
    self.open = open
  }

  mutating func decide(_ query: DecisionQuery) throws(DecisionFailure) -> Decision {
    let place = asked.firstIndex { $0.key == query.stableDigest }
    let occurrence = place.map { asked[$0].count } ?? 0
    if let place { asked[place].count += 1 } else { asked.append((query.stableDigest, 1)) }
    let key = AnswerTable.key(query, occurrence: occurrence)
    guard let answer = table[key] else {
      open.note(OpenQuestion.Question(query: query, occurrence: occurrence, key: key))
      return Decision(.escalate, confidence: 100, reason: "nobody has answered yet")
    }
    thinking = answer.thinking
    return try answer.decision.get()
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(thinking)
    hasher.combine(asked.count)
    for entry in asked {
      hasher.combine(entry.key)
      hasher.combine(entry.count)
    }
  }
}
