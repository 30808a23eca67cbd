// A recording as text: one JSON object a line, read back exactly.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation

extension Recording {
  /// A line that is none of a recording's.
  public struct ParseError: Error, CustomStringConvertible {
    /// From 1.
    public var line: Int
    public var text: String
    public var description: String { "line \(line) of the recording is not understood: \(text)" }
  }

  /// What this version writes and reads.
  static let form = "faultline.requests/1"

  /// One line for the world, then one for each deed.
  public var text: String {
    let head: JSON = [
      "form": .text(Self.form), "seal": .int(Int64(seal.number)), "start": .int(start.nanoseconds),
    ]
    return ([head] + deeds.map(json)).map { $0.printed + "\n" }.joined()
  }

  /// - Throws: ``ParseError``.
  public init(_ text: String) throws(ParseError) {
    let lines = text.split(separator: "\n")
    guard let first = lines.first, let head = JSON(bytes: Array(first.utf8)), head["form"]?.text == Self.form,
      let number = head["seal"]?.int.flatMap({ UInt16(exactly: $0) }),
      let start = head["start"]?.int
    else { throw ParseError(line: 1, text: lines.first.map { String($0.prefix(80)) } ?? "nothing is there") }
    self.init(seal: Seal(number), start: Instant(nanoseconds: start))
    for (index, line) in lines.enumerated().dropFirst() {
      guard let document = JSON(bytes: Array(line.utf8)), let deed = deed(document) else {
        throw ParseError(line: index + 1, text: String(line.prefix(80)))
      }
      add(deed)
    }
  }

  // MARK: Writing

  private func json(_ deed: Deed) -> JSON {
    switch deed {
    case .pass(let instant): ["pass": .int((instant - start).nanoseconds)]
    case .call(let process, let ticket, let request): Self.json("call", process, ticket, request)
    case .left(let process, let ticket, let request): Self.json("left", process, ticket, request)
    case .again(let call): ["again": .int(Int64(call))]
    case .hangUp(let call, let absence): ["hang_up": .int(Int64(call)), "after": .text(absence.rawValue)]
    case .next(let process, let count): ["next": .int(Int64(count)), "by": Self.name(process)]
    case .mark(let process, let name): ["mark": .text(name.text), "by": Self.name(process)]
    case .model(let process, let offer, let proposal):
      ["model": .text(proposal.text), "by": Self.name(process), "offer": .text(String(offer, radix: 16))]
    case .end(let process, let claim): ["end": Self.name(process), "claim": claim.map(Self.json) ?? .null]
    case .answered(let ticket, let status, let digest):
      [
        "answered": .int(Int64(ticket)), "status": status.map { .int(Int64($0)) } ?? .null,
        "digest": .text(digest.hexadecimal),
      ]
    case .abandon: ["abandon": true]
    }
  }

  private static func json(_ word: String, _ process: ProcessID, _ ticket: UInt32, _ request: Request) -> JSON {
    [
      word: .text(request.operation.text), "by": name(process), "ticket": .int(Int64(ticket)),
      "principal": .text(request.principal.text), "key": request.idempotencyKey.map { .text($0) } ?? .null,
      "fence": request.fence.map { .int($0) } ?? .null, "arguments": json(request.arguments),
    ]
  }

  private static func name(_ process: ProcessID) -> JSON { .text("\(process.index)~\(process.incarnation)") }

  /// In their order, which counts.
  private static func json(_ fields: Fields) -> JSON {
    .list(fields.entries.map { .list([.text($0.name.text), json($0.value)]) })
  }

  /// Of a kind that can be told again.
  private static func json(_ value: Operations.Value) -> JSON {
    switch value {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .int(let int): .int(int)
    case .text(let text): .text(text)
    case .money(let money): ["money": .int(money.minorUnits), "currency": .text(money.currency.code)]
    case .instant(let instant): ["instant": .int(instant.nanoseconds)]
    case .list(let list): .list(list.map(json))
    case .record(let fields): ["record": json(fields)]
    }
  }

  private static func json(_ claim: Claim) -> JSON {
    func list(_ holdings: [Claim.Holding]) -> JSON {
      .list(holdings.map { ["kind": .text($0.kind.text), "id": $0.object.map { .text($0) } ?? .null] })
    }
    return [
      "outcome": .text(claim.ending.rawValue), "text": .text(claim.text), "holdings": list(claim.holdings),
      "possibly": list(claim.possibly), "reason": claim.reason.map { .text($0) } ?? .null,
      "next_action": claim.nextAction.map { .text($0) } ?? .null,
      "planned": .list(
        claim.plan.map { planned in
          [
            "step": .text(planned.step.text), "operation": .text(planned.operation.text),
            "arguments": json(planned.arguments), "principal": .text(planned.principal.text),
            "protection": .text(planned.protection), "reversal": .text(planned.reversal),
          ]
        }),
    ]
  }

  // MARK: Reading

  private func deed(_ line: JSON) -> Deed? {
    if let span = line["pass"]?.int { return .pass(start + TimeSpan(nanoseconds: span)) }
    if let call = line["again"]?.int { return .again(call: Int(call)) }
    if let call = line["hang_up"]?.int {
      return line["after"]?.text.flatMap(Answer.Absence.init).map { .hangUp(call: Int(call), $0) }
    }
    if let ticket = line["answered"]?.int.flatMap({ UInt32(exactly: $0) }) {
      guard let digest = line["digest"]?.text.flatMap({ UInt64($0, radix: 16) }) else { return nil }
      return .answered(ticket: ticket, status: line["status"]?.int.map { Int($0) }, digest: digest)
    }
    if line["abandon"]?.bool == true { return .abandon }
    if let process = Self.process(line["end"]) {
      guard let claim = line["claim"], claim != .null else { return .end(process, nil) }
      return Self.claim(claim).map { .end(process, $0) }
    }
    guard let process = Self.process(line["by"]) else { return nil }
    if let count = line["next"]?.int { return .next(process, count: Int(count)) }
    if let name = line["mark"]?.text { return .mark(process, Name(name)) }
    if let proposal = line["model"]?.text {
      return line["offer"]?.text.flatMap { UInt64($0, radix: 16) }
        .map { .model(process, offer: $0, proposal: Name(proposal)) }
    }
    guard let operation = (line["call"] ?? line["left"])?.text,
      let ticket = line["ticket"]?.int.flatMap({ UInt32(exactly: $0) }),
      let principal = line["principal"]?.text, let arguments = line["arguments"].flatMap(Self.fields)
    else { return nil }
    let request = Request(
      Name(operation), arguments, principal: Name(principal), idempotencyKey: line["key"]?.text,
      fence: line["fence"]?.int)
    return line["call"] == nil
      ? .left(process, ticket: ticket, request) : .call(process, ticket: ticket, request)
  }

  private static func claim(_ document: JSON) -> Claim? {
    guard var claim = Claim(reported: document) else { return nil }
    for item in document["planned"]?.list ?? [] {
      guard let step = item["step"]?.text, let operation = item["operation"]?.text,
        let arguments = item["arguments"].flatMap(fields), let principal = item["principal"]?.text,
        let protection = item["protection"]?.text, let reversal = item["reversal"]?.text
      else { return nil }
      claim.plan.append(
        Claim.Planned(
          step: Name(step), operation: Name(operation), arguments: arguments, principal: Name(principal),
          protection: protection, reversal: reversal))
    }
    return claim
  }

  private static func process(_ name: JSON?) -> ProcessID? {
    guard let halves = name?.text?.split(separator: "~"), halves.count == 2, let index = UInt8(halves[0]),
      let incarnation = UInt8(halves[1])
    else { return nil }
    return ProcessID(index: index, incarnation: incarnation)
  }

  private static func fields(_ list: JSON) -> Fields? {
    guard let entries = list.list else { return nil }
    var fields = Fields()
    for entry in entries {
      guard let pair = entry.list, pair.count == 2, let name = pair[0].text, let value = value(pair[1])
      else { return nil }
      fields[Name(name)] = value
    }
    return fields
  }

  private static func value(_ json: JSON) -> Operations.Value? {
    switch json {
    case .null: return .null
    case .bool(let bool): return .bool(bool)
    case .int(let int): return .int(int)
    case .number: return nil
    case .text(let text): return .text(text)
    case .list(let list):
      let values = list.compactMap(value)
      return values.count == list.count ? .list(values) : nil
    case .object:
      if let units = json["money"]?.int, let currency = json["currency"]?.text.flatMap({ Currency($0) }) {
        return .money(Money(minorUnits: units, currency: currency))
      }
      if let nanoseconds = json["instant"]?.int { return .instant(Instant(nanoseconds: nanoseconds)) }
      return json["record"].flatMap(fields).map { .record($0) }
    }
  }
}
