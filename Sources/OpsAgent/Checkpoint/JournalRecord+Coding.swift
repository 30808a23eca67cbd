// Journal entries as bytes. A number that was once given to a kind of entry is never given to another.

import Operations
import Primitives

extension [JournalRecord] {
  /// The entries of one transaction as bytes.
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(256)
    for record in self { record.write(to: &writer) }
    return writer.bytes
  }

  /// - Throws: ``MalformedRecords`` where the bytes are not what ``encoded`` gives.
  public init(decoding bytes: [UInt8]) throws(MalformedRecords) {
    self.init()
    var reader = ByteReader(bytes)
    while !reader.isAtEnd { append(try JournalRecord(from: &reader)) }
  }
}

extension JournalRecord {
  func write(to writer: inout ByteWriter) {
    switch self {
    case .opened(let opening):
      // The first version of the instructions was the only one when 1 and 7 were given out.
      writer.write((opening.prompt == 1 ? 1 : 13) as UInt8)
      if opening.prompt != 1 { writer.write(opening.prompt) }
      writer.write(opening.workflow)
      writer.write(opening.version)
      writer.write(opening.input)
      writer.write(opening.replica)
      writer.write(opening.at)
    case .intent(let intent):
      writer.write(2 as UInt8)
      writer.write(intent.act)
      writer.write(intent.generation)
      writer.write(intent.operation)
      writer.write(intent.arguments)
      writer.write(intent.key)
      writer.write(intent.at)
    case .result(let act, let facts, let isAdopted, let at):
      writer.write(3 as UInt8)
      writer.write(act)
      writer.write(facts)
      writer.write(isAdopted)
      writer.write(at)
    case .skipped(let act):
      writer.write(4 as UInt8)
      writer.write(act)
    case .refused(let act, let reason, let at):
      writer.write(5 as UInt8)
      writer.write(act)
      writer.write(reason)
      writer.write(at)
    case .restarted(let act, let through, let at):
      writer.write(6 as UInt8)
      writer.write(act)
      writer.write(through)
      writer.write(at)
    case .decided(let query, let decision, let at):
      writer.write((query.prompt == 1 ? 7 : 14) as UInt8)
      if query.prompt != 1 { writer.write(query.prompt) }
      writer.write(query)
      writer.write(decision)
      writer.write(at)
    case .turned(let reason, let at):
      writer.write(8 as UInt8)
      writer.write(reason)
      writer.write(at)
    case .undoing(let act, let operation, let arguments, let at):
      writer.write(9 as UInt8)
      writer.write(act)
      writer.write(operation)
      writer.write(arguments)
      writer.write(at)
    case .undone(let act, let isFinal, let at):
      writer.write(10 as UInt8)
      writer.write(act)
      writer.write(isFinal)
      writer.write(at)
    case .audit(let entry):
      writer.write(11 as UInt8)
      writer.write(entry.act)
      writer.write(entry.operation)
      writer.write(entry.principal)
      writer.write(entry.outcome.rawValue)
      writer.write(entry.at)
    case .finished(let claim, let at):
      writer.write(12 as UInt8)
      writer.write(claim)
      writer.write(at)
    case .takenUp(let order, let at):
      writer.write(15 as UInt8)
      writer.write(order)
      writer.write(at)
    case .verified(let at):
      writer.write(16 as UInt8)
      writer.write(at)
    }
  }

  init(from reader: inout ByteReader) throws(MalformedRecords) {
    switch try reader.byte() {
    case 1: self = .opened(try reader.opening(prompt: 1))
    case 13:
      let prompt = try reader.int()
      self = .opened(try reader.opening(prompt: prompt))
    case 2:
      self = .intent(
        Intent(
          act: try reader.int(), generation: try reader.int(), operation: try reader.name(),
          arguments: try reader.fields(), key: try reader.text(), at: try reader.instant()))
    case 3:
      self = .result(
        act: try reader.int(), facts: try reader.fields(), isAdopted: try reader.bool(), at: try reader.instant())
    case 4: self = .skipped(act: try reader.int())
    case 5: self = .refused(act: try reader.int(), reason: try reader.text(), at: try reader.instant())
    case 6: self = .restarted(act: try reader.int(), through: try reader.int(), at: try reader.instant())
    case 14:
      let prompt = try reader.int()
      self = .decided(try reader.query(prompt: prompt), try reader.decision(), at: try reader.instant())
    case 7: self = .decided(try reader.query(prompt: 1), try reader.decision(), at: try reader.instant())
    case 8: self = .turned(reason: try reader.text(), at: try reader.instant())
    case 9:
      self = .undoing(
        act: try reader.int(), operation: try reader.name(), arguments: try reader.fields(),
        at: try reader.instant())
    case 10: self = .undone(act: try reader.int(), isFinal: try reader.bool(), at: try reader.instant())
    case 11: self = .audit(try reader.auditEntry())
    case 12: self = .finished(try reader.claim(), at: try reader.instant())
    case 15: self = .takenUp(order: try reader.int(), at: try reader.instant())
    case 16: self = .verified(at: try reader.instant())
    default: throw reader.malformed
    }
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ query: DecisionQuery) {
    write(query.fork.rawValue)
    write(query.step)
    write(unsigned: UInt64(query.options.count))
    for option in query.options { write(option) }
    write(query.facts)
    write(query.text)
  }

  fileprivate mutating func write(_ decision: Decision) {
    write(decision.transition)
    write(decision.confidence)
    write(decision.reason)
    write(decision.fields)
  }

  fileprivate mutating func write(_ claim: Claim) {
    write(claim.ending.rawValue)
    write(claim.present)
    write(claim.possibly)
    write(claim.reason)
    write(claim.nextAction)
  }

  private mutating func write(_ items: [Claim.Item]) {
    write(unsigned: UInt64(items.count))
    for item in items {
      write(item.act)
      write(item.operation)
      write(item.id)
    }
  }
}

extension ByteReader {
  fileprivate mutating func opening(prompt: Int) throws(MalformedRecords) -> Opening {
    Opening(
      workflow: try name(), version: try int(), input: try fields(), replica: try name(), at: try instant(),
      prompt: prompt)
  }

  fileprivate mutating func query(prompt: Int) throws(MalformedRecords) -> DecisionQuery {
    guard let fork = DecisionQuery.Fork(rawValue: try byte()) else { throw malformed }
    let step = try name()
    var options: [Name] = []
    for _ in 0..<(try count()) { options.append(try name()) }
    return DecisionQuery(fork: fork, step: step, options: options, facts: try fields(), text: try text(), prompt: prompt)
  }

  fileprivate mutating func decision() throws(MalformedRecords) -> Decision {
    Decision(try name(), confidence: try int(), reason: try text(), fields: try fields())
  }

  fileprivate mutating func auditEntry() throws(MalformedRecords) -> AuditEntry {
    let act = try int()
    let operation = try name()
    let principal = try name()
    guard let outcome = AuditEntry.Outcome(rawValue: try byte()) else { throw malformed }
    return AuditEntry(act: act, operation: operation, principal: principal, outcome: outcome, at: try instant())
  }

  fileprivate mutating func claim() throws(MalformedRecords) -> Claim {
    guard let ending = Claim.Ending(rawValue: try byte()) else { throw malformed }
    return Claim(
      ending, present: try items(), possibly: try items(), reason: try text(), nextAction: try text())
  }

  private mutating func items() throws(MalformedRecords) -> [Claim.Item] {
    var items: [Claim.Item] = []
    for _ in 0..<(try count()) {
      items.append(Claim.Item(act: try name(), operation: try name(), id: try text()))
    }
    return items
  }
}
