// Plays a recording against its world, without the agent.

import Faultline
import Operations
import Primitives
import Simulation

extension Recording {
  /// What came of playing a recording again.
  public struct Replay: Sendable {
    public var record: RunRecord
    /// The first request that did not fare as it did; nil where all did.
    public var difference: String?
  }

  /// Plays the requests in their order, each at its time.
  ///
  /// - Parameter agent: what the agent was called.
  /// - Throws: what building the world throws.
  public func replay(in setup: WorldSetup, agent name: Name, seed: UInt64, plan: Plan) throws -> Replay {
    let agent = OutsideAgent(name: name)
    var world = RecordedWorld(
      try World(
        setup: setup, agent: agent, seed: seed, driver: .planned(plan), seal: seal, isRecording: true),
      start: start)
    var stage = Stage()
    for deed in deeds {
      stage.play(deed, in: &world, agent.inbox)
      if stage.isStuck { break }
    }
    var record = world.conclude(agent) { _ in nil }
    if stage.isAbandoned { record.markAbandoned() }
    return Replay(record: record, difference: stage.difference)
  }

  /// How far a replay is.
  private struct Stage {
    var difference: String?
    var isAbandoned = false
    /// Whether nothing that was recorded can follow.
    var isStuck = false
    private var requests = 0
    /// The number of each ticket's last request, and its operation.
    private var asked: [UInt32: (number: Int, operation: Name)] = [:]
    /// The ticket of each of the world's calls.
    private var tickets: [Int: UInt32] = [:]

    mutating func play(_ deed: Deed, in world: inout RecordedWorld, _ inbox: Inbox) {
      switch deed {
      case .pass(let instant): _ = world.pass(to: instant)
      case .call(let process, let ticket, let request):
        requests += 1
        asked[ticket] = (requests, request.operation)
        guard live(process, in: world, ticket) else { return }
        if let call = world.submit(AgentCall(ticket: ticket, request: request, step: ""), from: process) {
          tickets[call] = ticket
        }
      case .left(let process, let ticket, let request):
        requests += 1
        world.submitFromDead(AgentCall(ticket: ticket, request: request, step: ""), by: process)
      case .again(let call):
        requests += 1
        guard let ticket = tickets[call] else {
          return stop("request \(requests) asks again for a call that was not made")
        }
        asked[ticket]?.number = requests
        _ = world.attemptAgain(call)
      case .hangUp(let call, let absence):
        if tickets[call] != nil { world.hangUp(call, absence) }
      case .next(let process, let count): _ = world.chooseNext(among: count, of: process)
      case .mark(let process, let name): world.mark(name, of: process)
      case .model(let process, let offer, let proposal):
        guard world.isRunning(process) else { return stop("the model is asked by a process that is dead by then") }
        _ = world.askModel(Offer(mask: offer), proposal: proposal, of: process)
      case .end(let process, let claim): world.end(process, claiming: claim)
      case .answered(let ticket, let status, let digest):
        let name = name(ticket)
        let before = Self.phrase(status)
        guard let answer = inbox.takeAnswer(for: ticket) else {
          return differ("\(name) got \(before) in the recording and gets no answer now")
        }
        guard answer.stableDigest != digest else { return }
        let now = Self.phrase(answer.response?.status)
        differ(
          now == before
            ? "\(name) got \(before) as in the recording, with another content"
            : "\(name) got \(before) in the recording and gets \(now) now")
      case .abandon: isAbandoned = true
      }
    }

    private mutating func live(_ process: ProcessID, in world: RecordedWorld, _ ticket: UInt32) -> Bool {
      guard !world.isRunning(process) else { return true }
      stop("\(name(ticket)) comes from a process that is dead by then or never started")
      return false
    }

    /// `request 5, cloud.create_cluster,`.
    private func name(_ ticket: UInt32) -> String {
      asked[ticket].map { "request \($0.number), \($0.operation)," } ?? "a request"
    }

    private mutating func stop(_ text: String) {
      differ(text)
      isStuck = true
    }

    private mutating func differ(_ text: String) { if difference == nil { difference = text } }

    private static func phrase(_ status: Int?) -> String { status.map { "\($0)" } ?? "nothing" }
  }
}

extension RunRecord {
  /// Notes that the agent did not end in its time.
  mutating func markAbandoned() {
    if verdict.result == .pass { verdict.result = .inconclusive }
    verdict.reasons.insert("The process did not end in its time.", at: 0)
  }
}
