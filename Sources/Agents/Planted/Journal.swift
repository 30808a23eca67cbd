// What the careful agent writes down, so that a restart knows what the last process did.

import Faultline
import Operations
import Primitives

/// One change that the onboarding makes.
struct Deed: Sendable {
  let step: Name
  /// The kind of what it makes, `cloud.cluster`.
  let kind: Name
  let operation: Name
  let arguments: Fields
  /// Finds what it made.
  let find: Find
  /// What takes it back, and the argument that names what to take back.
  var undo: (operation: Name, argument: Name)?
  /// What the thing is called where systems address it by name; nil where they address it by id.
  var natural: String?
  /// Whether its id is that of what it changed and of nothing new.
  var isChange = false
  /// Whether what it changes is read first, so that the change can say which version it was made for.
  var isConditional = false
  /// The field of the answer that holds the new thing's id.
  var made: Name = "id"

  /// A read that shows a thing by its natural key.
  struct Find: Sendable {
    let operation: Name
    let arguments: Fields
    /// The list in the answer; nil where the answer is the thing.
    var list: Name?
    let isIt: @Sendable (Fields) -> Bool

    init(
      _ operation: Name, _ arguments: Fields, in list: Name? = nil,
      where isIt: @escaping @Sendable (Fields) -> Bool = { _ in true }
    ) {
      self.operation = operation
      self.arguments = arguments
      self.list = list
      self.isIt = isIt
    }

    /// What the answer shows of the thing.
    func matches(in body: Fields) -> [Fields] {
      guard let list else { return isIt(body) ? [body] : [] }
      return (body[list]?.list ?? []).compactMap(\.record).filter(isIt)
    }
  }
}

/// The durable list of what was asked for and what came of it.
struct Journal: Sendable {
  static let key: Name = "journal"

  struct Entry: Hashable, Sendable {
    enum State: String, Sendable {
      /// Asked for; what came of it is not known.
      case asked
      case done
      /// Known not to be there.
      case refused
      case undone
      /// Its removal was asked for; what came of that is not known.
      case leaving
    }

    var step: Name
    var kind: Name
    var state: State
    /// The system's id.
    var object: String?
    /// What later calls name it by.
    var handle: String = ""
    var undo: Name?
    var undoArgument: Name = ""
    var isChange = false
    /// How often it was asked for, or its removal, by all processes together.
    var tries = 0
    /// When it was first asked for.
    var askedAt: Instant?
  }

  var entries: [Entry] = []
  /// Whether everything is being taken back.
  var isRollingBack = false
  /// Whether a person has had the run in hand, so that what is written here may not be so any more.
  var isTakenUp = false
  /// What was drawn for this run's keys; empty where keys need no chance.
  var salt = ""

  init() {}

  subscript(step: Name) -> Entry? {
    get { entries.first { $0.step == step } }
    set {
      guard let newValue else { return }
      if let index = entries.firstIndex(where: { $0.step == step }) {
        entries[index] = newValue
      } else {
        entries.append(newValue)
      }
    }
  }

  /// What is there, as far as is known.
  var holdings: [Claim.Holding] {
    entries.filter { $0.state == .done && !$0.isChange }.map { Claim.Holding(kind: $0.kind, object: $0.object) }
  }

  /// What may be there.
  var possibly: [Claim.Holding] {
    entries.filter { $0.state == .asked || $0.state == .leaving }
      .map { Claim.Holding(kind: $0.kind, object: $0.object) }
  }
}

extension Journal {
  var value: Value {
    .record([
      "rolling_back": .bool(isRollingBack), "taken_up": .bool(isTakenUp),
      "salt": salt.isEmpty ? .null : .text(salt),
      "entries": .list(
        entries.map { entry in
          .record([
            "step": .text(entry.step.text), "kind": .text(entry.kind.text), "state": .text(entry.state.rawValue),
            "object": entry.object.map(Value.text) ?? .null, "handle": .text(entry.handle),
            "undo": entry.undo.map { .text($0.text) } ?? .null, "undo_argument": .text(entry.undoArgument.text),
            "is_change": .bool(entry.isChange), "tries": .int(Int64(entry.tries)),
            "asked_at": entry.askedAt.map(Value.instant) ?? .null,
          ])
        }),
    ])
  }

  init(_ value: Value?) {
    let record = value?.record ?? [:]
    isRollingBack = record.bool("rolling_back") ?? false
    isTakenUp = record.bool("taken_up") ?? false
    salt = record.text("salt") ?? ""
    entries = (record["entries"]?.list ?? []).compactMap(\.record).map { entry in
      Entry(
        step: Name(entry.text("step") ?? ""), kind: Name(entry.text("kind") ?? ""),
        state: entry.text("state").flatMap(Entry.State.init) ?? .asked, object: entry.text("object"),
        handle: entry.text("handle") ?? "", undo: entry.text("undo").map { Name($0) },
        undoArgument: Name(entry.text("undo_argument") ?? ""), isChange: entry.bool("is_change") ?? false,
        tries: Int(entry.int("tries") ?? 0), askedAt: entry["asked_at"]?.instant)
    }
  }
}
