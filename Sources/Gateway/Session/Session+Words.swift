// Waiting for what a process says about its work, where that is its end: a service lives on after it.

import Faultline

/// Who waits for a process to say something about its work.
struct Listener {
  let process: ProcessID
  /// How often it had spoken before.
  let count: Int
  let continuation: CheckedContinuation<Bool, Never>
}

extension Session {
  /// How often a process has said something about its work, with those that had its index before it.
  func wordCount(of process: ProcessID) -> Int { wordCounts[process.index, default: 0] }

  /// Waits until a process says something about its work, and until that and all else that it asked is answered.
  ///
  /// - Parameter count: how often it had spoken before.
  /// - Returns: false where the run is over before that, or the task was cancelled.
  func hasSpoken(_ process: ProcessID, since count: Int) async -> Bool {
    guard !hasEnded else { return false }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        listeners.append(Listener(process: process, count: count, continuation: continuation))
        tellListeners()
      }
    } onCancel: {
      Task { await self.stopListening(to: process) }
    }
  }

  /// Looks who has spoken.
  func tellListeners() {
    endListening(with: true) { listener in
      wordCount(of: listener.process) > listener.count && hasItsAnswers(listener.process)
    }
  }

  /// Nobody waits any more for the word of a process; nil stands for all processes.
  func stopListening(to process: ProcessID? = nil) {
    endListening(with: false) { process == nil || $0.process == process }
  }

  private func endListening(with hasSpoken: Bool, where isOver: (Listener) -> Bool) {
    let over = listeners.filter(isOver)
    listeners.removeAll(where: isOver)
    for listener in over { listener.continuation.resume(returning: hasSpoken) }
  }
}
