// A decider that is a program: a question a line on its standard input, an answer a line on its standard output.

import Foundation
import Primitives
import Synchronization

/// Asks a process that lives as long as the exam.
///
/// A question is `{"id":1,"system":…,"user":…,"options":[…],"schema":{…}}`, an answer `{"id":1,"transition":…,
/// "confidence":…,"reason":…,"fields":{…}}`, with `usage` and `model` if it likes.
public actor ProcessModel: DecisionModel {
  public nonisolated let identity: ModelIdentity
  public nonisolated var evidence: Evidence { .live }
  private let command: [String]
  private let timeout: Double
  private let environment: [String: String]
  private var running: Running?
  private var count = 0
  /// Whether a question is open; the next one waits, since answers come in the order of the questions.
  private var isAsking = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  private struct Running {
    let process: Process
    let input: FileHandle
    let lines: Lines
  }

  /// - Parameter environment: what the process sees; never the label of a case.
  public init(_ command: [String], sampling: Sampling, timeoutSeconds: Double = 60, environment: [String: String]) {
    identity = ModelIdentity(
      provider: "process", requested: command.joined(separator: " "), host: "stdio", sampling: sampling)
    self.command = command
    timeout = timeoutSeconds
    self.environment = environment
  }

  public func answer(_ request: ModelRequest) async throws -> ModelReply {
    if isAsking { await withCheckedContinuation { waiting.append($0) } }
    isAsking = true
    // Whoever waits longest is handed the turn, so that nobody who comes in between takes it.
    defer { if waiting.isEmpty { isAsking = false } else { waiting.removeFirst().resume() } }
    return try await ask(request)
  }

  private func ask(_ request: ModelRequest) async throws -> ModelReply {
    count += 1
    let id = count
    let question: JSONValue = [
      "id": .int(Int64(id)), "system": .text(request.system), "user": .text(request.user),
      "options": .list(request.options.map { .text($0) }), "schema": request.schema,
      "trial": .int(Int64(request.trial)),
    ]
    let start = ContinuousClock.now
    let running = try await started()
    var line = CanonicalJSON.data(question)
    line.append(10)
    var usage = CampaignRecord.Usage()
    usage.calls = 1
    do {
      try running.input.write(contentsOf: line)
    } catch {
      stop()
      return ModelReply(content: nil, failure: "the process does not read: it has ended", usage: usage)
    }
    let said = await running.lines.next(within: timeout)
    usage.milliseconds = Int(TimeSpan(ContinuousClock.now - start).inMilliseconds)
    guard let said else {
      // What it may still say answers another question than the next one.
      stop()
      return ModelReply(
        content: nil, failure: "the process gave no answer within \(timeout) s, or ended", isTimeout: true, usage: usage
      )
    }
    guard let value = JSONValue(Data(said.utf8)), value["id"]?.int == id else {
      return ModelReply(content: said, usage: usage)
    }
    usage.inputTokens = value["usage"]?["input_tokens"]?.int ?? 0
    usage.outputTokens = value["usage"]?["output_tokens"]?.int ?? 0
    return ModelReply(content: said, model: value["model"]?.text ?? "", usage: usage)
  }

  /// Ends the process.
  public func stop() {
    guard let running = running.take() else { return }
    try? running.input.close()
    // A child inherits the signals that this thread blocks, and may never hear of a politer one.
    if running.process.isRunning { kill(running.process.processIdentifier, SIGKILL) }
  }

  private func started() async throws -> Running {
    if let running, running.process.isRunning { return running }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.environment = environment
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    let lines = Lines(output.fileHandleForReading)
    do {
      try process.run()
    } catch {
      throw CertificateError(
        "the process '\(command.joined(separator: " "))' can't be started", remedy: "check the command behind --")
    }
    let started = Running(process: process, input: input.fileHandleForWriting, lines: lines)
    running = started
    return started
  }
}

/// Lines of a pipe, as they come.
private final class Lines: Sendable {
  private struct State {
    var rest = Data()
    var ready: [String] = []
    var hasEnded = false
    var waiting: CheckedContinuation<String?, Never>?
  }

  private let state = Mutex(State())

  init(_ handle: FileHandle) {
    handle.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      if data.isEmpty { handle.readabilityHandler = nil }
      self?.take(data)
    }
  }

  private func take(_ data: Data) {
    let woken = state.withLock { state -> (CheckedContinuation<String?, Never>, String?)? in
      if data.isEmpty { state.hasEnded = true }
      state.rest.append(data)
      while let end = state.rest.firstIndex(of: 10) {
        state.ready.append(String(decoding: state.rest[..<end], as: UTF8.self))
        state.rest = Data(state.rest[(end + 1)...])
      }
      guard !state.ready.isEmpty || state.hasEnded, let waiting = state.waiting.take() else { return nil }
      return (waiting, state.ready.isEmpty ? nil : state.ready.removeFirst())
    }
    woken?.0.resume(returning: woken?.1)
  }

  /// The next line; nil where none comes in time, or none will.
  func next(within seconds: Double) async -> String? {
    let timer = Task {
      try await Task.sleep(for: .seconds(seconds))
      self.state.withLock { $0.waiting.take() }?.resume(returning: nil)
    }
    defer { timer.cancel() }
    return await withCheckedContinuation { continuation in
      let line = state.withLock { state -> String?? in
        if !state.ready.isEmpty { return .some(state.ready.removeFirst()) }
        if state.hasEnded { return .some(nil) }
        state.waiting = continuation
        return nil
      }
      if let line { continuation.resume(returning: line) }
    }
  }
}
