// Runs an agent's tasks on the caller's thread, so that ordinary `async` Swift is a function of its inputs.

import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A task executor that runs jobs only while ``run(limit:_:whenIdle:)`` is on the stack, on its thread.
///
/// It schedules by task, not by job: the task whose job was enqueued first runs until it has no job left,
/// then the next one. How many jobs the runtime makes of a task between two suspensions is a detail of
/// the toolchain, and must not decide the order in which tasks go on. A job of no task waits behind all
/// others: an actor's, or a task's that yields.
///
/// Jobs that are enqueued from anywhere else come from code that left the simulation (SE-0417: `Task {}`,
/// `Task.detached` and actors with executors of their own do not inherit the preference). They are kept
/// apart and never run: what they would do depends on real time.
/// https://github.com/swiftlang/swift-evolution/blob/main/proposals/0417-task-executor-preference.md
final class InlineExecutor: TaskExecutor {
  private struct Lane {
    /// The task, as the runtime prints the job; nil for a job that belongs to none.
    var task: String?
    var jobs: [UnownedJob]
  }

  private struct State {
    /// The lane in front is the one that runs.
    var lanes: [Lane] = []
    var strays = 0
    /// The thread that runs jobs now; nil while nothing runs.
    var thread: UInt?
  }

  private let state = Mutex(State())
  /// How the runtime prints a job that belongs to no task.
  private static let taskless = "ExecutorJob(id: nil)"

  func enqueue(_ job: consuming ExecutorJob) {
    let text = job.description
    let task = text == InlineExecutor.taskless ? nil : text
    let job = UnownedJob(job)
    let here = InlineExecutor.currentThread
    state.withLock { state in
      guard state.thread == here else {
        state.strays += 1
        return
      }
      if let task, let lane = state.lanes.firstIndex(where: { $0.task == task }) {
        state.lanes[lane].jobs.append(job)
      } else {
        state.lanes.append(Lane(task: task, jobs: [job]))
      }
    }
  }

  /// Whether the caller runs inside ``run(limit:_:whenIdle:)``, on its thread.
  var isRunningHere: Bool { state.withLock { $0.thread == InlineExecutor.currentThread } }

  /// Counts something else that came from outside.
  func noteStray() { state.withLock { $0.strays += 1 } }

  /// How often something came from outside.
  var strays: Int { state.withLock { $0.strays } }

  /// Calls `body`, then runs jobs until none is left and `whenIdle` made no new ones.
  ///
  /// - Returns: false if `limit` jobs did not suffice; the rest stays queued.
  func run(limit: Int, _ body: () -> Void, whenIdle: () -> Bool) -> Bool {
    state.withLock { state in
      precondition(state.thread == nil, "an agent's tasks were run from within one of them")
      state.thread = InlineExecutor.currentThread
    }
    defer { state.withLock { $0.thread = nil } }
    body()
    var count = 0
    repeat {
      while let job = nextJob() {
        guard count < limit else { return false }
        count += 1
        job.runSynchronously(on: asUnownedTaskExecutor())
      }
    } while whenIdle()
    return true
  }

  private func nextJob() -> UnownedJob? {
    state.withLock { state in
      while let lane = state.lanes.first, lane.jobs.isEmpty { state.lanes.removeFirst() }
      guard !state.lanes.isEmpty else { return nil }
      return state.lanes[0].jobs.removeFirst()
    }
  }

  /// The calling thread, for comparison alone.
  private static var currentThread: UInt {
    #if canImport(Darwin) || canImport(Musl)
      UInt(bitPattern: pthread_self())
    #else
      UInt(pthread_self())
    #endif
  }
}
