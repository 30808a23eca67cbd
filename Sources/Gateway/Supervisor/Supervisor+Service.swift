// What a service needs beside a process: its work is handed to it, and a command may have to kill it.

import Faultline
import Foundation

extension Supervisor {
  /// How far the work has been handed over.
  enum Delivery {
    case none
    /// A request is under way.
    case underWay
    /// It was not taken, for that reason.
    case refused(String)
    /// The service has taken it, and says by its word that it is over.
    case taken
  }

  // MARK: Work

  /// Asks a service to work until it takes the request, and takes the answer for the end of its work.
  func handOver(to process: ProcessID, at url: ServiceURL) async {
    guard let session else { return }
    let request = request(for: process, to: url)
    var pause = Duration.milliseconds(20)
    while children[process]?.isOver == false {
      let (spoken, asked) = await (session.wordCount(of: process), session.askedCount)
      children[process]?.delivery = .underWay
      let answer = await request.send()
      guard children[process]?.isOver == false else { return }
      let hasAsked = await session.askedCount > asked
      switch answer {
      case .whole(202, _):
        children[process]?.delivery = .taken
        if await session.hasSpoken(process, since: spoken) { await end(process, status: 0, saying: "The service said so.") }
        return
      // Not up yet, or what stands before it says so.
      case .whole(let status, _) where [502, 503, 504].contains(status) && !hasAsked:
        children[process]?.delivery = .refused("it was answered with \(status)")
      case .whole(let status, let body):
        children[process]?.delivery = .taken
        await noteEarlyAnswer(status, body)
        let isGood = (200..<300).contains(status)
        return await end(process, status: isGood ? 0 : 1, saying: "The trigger was answered with \(status).")
      case .broken where hasAsked:
        children[process]?.delivery = .taken
        return await end(
          process, status: 1, saying: "The service closed the trigger's connection without an answer.",
          mayBeGone: true)
      // Whoever stands before a container that is not up takes the connection and drops it.
      case .broken: children[process]?.delivery = .refused("its connection was closed without an answer")
      case .unreachable: children[process]?.delivery = .refused("nobody could be reached there")
      }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(500))
    }
  }

  /// What a service is told: its input, and where its world is. It is the same at each attempt, and its key says so.
  private func request(for process: ProcessID, to url: ServiceURL) -> OneRequest {
    let environment = children[process]?.environment ?? [:]
    let variables = launcher.variables(of: process, in: environment).mapValues { JSON.text($0) }
    let input = environment["FAULTLINE_INPUT"].flatMap { JSON(bytes: Array($0.utf8)) }
    let body = JSON.object(["input": input ?? .null, "environment": .object(variables)])
    return OneRequest(
      url: url,
      headers: [
        ("content-type", "application/json"), ("accept", "*/*"),
        ("idempotency-key", String(launcher.mark(of: process).dropLast())),
      ], body: body.bytes)
  }

  /// The time of the trial is over: whoever took its work and solved the ticket has done it.
  func timeIsUp() async {
    for (process, child) in children where !child.isOver {
      guard case .taken = child.delivery, await session?.ticketsWord != nil else { continue }
      await end(process, status: 0)
    }
  }

  // MARK: Deaths

  /// Runs the command that kills an incarnation; nothing where there is none.
  ///
  /// - Parameter mayBeGone: whether it may fail, since there may be nothing left to kill.
  /// - Returns: whether the incarnation may count as dead.
  func killByCommand(_ process: ProcessID, mayBeGone: Bool) async -> Bool {
    let start = "at start \(process.incarnation)"
    guard let text = program.kill else { return true }
    let suffix = ".kill\(launcher.number(of: process))"
    let (limit, mark) = (killLimit, "FAULTLINE_PROCESS_ID=\(launcher.mark(of: process))")
    let (numbers, number) = AsyncStream.makeStream(of: pid_t.self)
    let watch = Task {
      guard (try? await Task.sleep(for: limit)) != nil else { return false }
      for await root in numbers {
        _ = await ProcessTree(root: root, mark: mark, group: nil).kill()
        break
      }
      return true
    }
    var complaint: String?
    do {
      let status = try await launcher.run(
        AgentCommandLine(["/bin/sh", "-c", text]), environment: children[process]?.environment ?? [:], suffix: suffix
      ) { number.yield($0) }
      if status != 0 { complaint = "ended with status \(status)" }
    } catch {
      complaint = "could not be run: \(error)"
    }
    watch.cancel()
    if await watch.value { complaint = "did not end within \(limit.components.seconds) s" }
    guard let complaint, !mayBeGone else { return true }
    doubt("--kill-command '\(text)' \(complaint) \(start), so that nobody knows whether the service is dead.")
    launcher.lastWords(suffix: suffix).forEach(doubt)
    return false
  }

  /// Waits until a service that was killed lets go of the connection at which its work was handed to it.
  ///
  /// - Returns: false where it does not, and is alive then, whatever the command said that was to kill it.
  func connectionHasEnded(of process: ProcessID) async -> Bool {
    guard let child = children[process], case .underWay = child.delivery, let work = child.work else { return true }
    let limit = killLimit
    let watch = Task {
      guard (try? await Task.sleep(for: limit)) != nil else { return false }
      work.cancel()
      return true
    }
    await work.value
    watch.cancel()
    guard await watch.value else { return true }
    doubt(
      "The service was killed at start \(process.incarnation), and still holds the trigger's connection "
        + "\(limit.components.seconds) s later: it is alive.")
    return false
  }

  // MARK: What says nothing about an agent

  /// Notes that an answer says nothing about an agent that never asked for anything.
  private func noteEarlyAnswer(_ status: Int, _ body: [UInt8]) async {
    guard await session?.wasAsked == false else { return }
    if (200..<300).contains(status) {
      doubt(
        "The trigger was answered with \(status) before the service asked for anything: that says that the work is over; "
          + "202 says that it has begun.")
    } else {
      doubt("The trigger was answered with \(status) before the service asked for anything.")
      let lines = String(decoding: body.prefix(1_024), as: UTF8.self).split(separator: "\n").prefix(5)
      lines.map(String.init).forEach(doubt)
    }
  }

  /// Notes that a start command has returned too early to say anything about an agent.
  func noteEarlyReturn(of process: ProcessID, status: Int32) async {
    guard let child = children[process], await session?.askedCount == child.askedBefore else { return }
    // A process without a trigger may hand its work over with a status of its own.
    guard program.trigger != nil || [0, 125, 126, 127].contains(status) else { return }
    doubt(
      "The start command ended with status \(status) at start \(process.incarnation), before the service asked for anything"
        + (status == 0
          ? ": without --trigger it has to stay as long as the service works, as 'docker run' does without --detach."
          : "."))
    launcher.lastWords(suffix: launcher.number(of: process)).forEach(doubt)
  }

  /// Why no service took its work, as a sentence; nil where one did, or none was handed over.
  func refusal(of url: ServiceURL) -> String? {
    let last = children.max { $0.key.incarnation < $1.key.incarnation }
    guard let (process, child) = last, case .refused(let reason) = child.delivery else { return nil }
    return "The trigger \(url) was never accepted at start \(process.incarnation): \(reason)."
  }
}
