// The scripted model belongs to the world: its faults are choices of the run, its silence is the run's silence.

import Faultline
import Primitives
import Simulation

/// One answer of the model.
struct ModelTurn: Sendable {
  var fault: ModelFault
  /// Unlike any other's of the run: a model gives its calls new ids whenever it is asked.
  var number: UInt64
}

extension Session {
  /// How the model answers a request; nil where no answer comes.
  ///
  /// - Parameters:
  ///   - offer: the faults that can be told from the answer that it would give.
  ///   - proposal: what that answer comes to.
  ///   - isRetry: whether a library asks again by itself: a model that did not answer goes on not answering.
  func askModel(_ offer: Offer<ModelFault>, proposal: Name, isRetry: Bool) async -> ModelTurn? {
    guard !hasEnded, let process = await caller() else { return nil }
    if isRetry, unansweredModel == process { return await silence(of: process) }
    unansweredModel = nil
    modelTurns += 1
    let number = modelTurns
    let fault = world.askModel(offer, proposal: proposal, of: process)
    await afterStep()
    guard !killed.contains(process), world.isRunning(process) else { return nil }
    guard fault == .timeout else { return ModelTurn(fault: fault, number: number) }
    unansweredModel = process
    return await silence(of: process)
  }

  /// Waits as long as a client does before it gives up; at once where lost answers close the socket.
  private func silence(of process: ProcessID) async -> ModelTurn? {
    guard settings.loss == .hold else { return nil }
    let until = now + .seconds(60)
    while now < until, !hasEnded, !killed.contains(process), world.end == nil {
      guard let wait = clock.wait(until: until), wait > Self.negligible else {
        await pass(to: until)
        return nil
      }
      try? await Task.sleep(for: min(wait, .milliseconds(100)))
      catchUp()
    }
    return nil
  }
}
