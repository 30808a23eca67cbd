// One started process of an `async` agent: its root task, its executor and its line to the world.

import Faultline
import Operations
import Primitives

/// A process from its start to its end or crash.
struct Incarnation: Sendable {
  let id: ProcessID
  private let executor: InlineExecutor
  private let link: Link
  private let root: Task<Void, Never>
  private(set) var isOver = false

  /// How many jobs a dead process's tasks get to unwind.
  private static let unwindingLimit = 1_000

  /// Starts a process and runs it until all its tasks wait.
  init(
    _ agent: some AsyncAgent, _ task: AgentTask, process: ProcessID, trigger: Trigger, order: Delivery?,
    at now: Instant, into commands: inout [AgentCommand]
  ) {
    id = process
    let executor = InlineExecutor()
    let entropy = task.entropy.derived(UInt64(process.index) << 8 | UInt64(process.incarnation))
    let link = Link(executor: executor, entropy: entropy, now: now)
    let context = AgentContext(task: task, process: process, trigger: trigger, order: order, link: link)
    self.executor = executor
    self.link = link
    var started: Task<Void, Never>?
    // One priority for all tasks: actors order their mailboxes by it.
    let isWithinLimit = executor.run(limit: AsyncFailure.stepLimit) {
      started = Task(executorPreference: executor, priority: .medium) {
        do {
          link.end(try await agent.run(context))
        } catch {
          link.end(because: .threw("\(error)"))
        }
      }
    } whenIdle: {
      link.failDoomed()
    }
    guard let started else { preconditionFailure("the executor did not call its body") }
    root = started
    settle(isWithinLimit, into: &commands)
  }

  /// Hands one input over and runs the tasks until all of them wait again.
  mutating func resume(_ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]) {
    guard !isOver else { return }
    let isWithinLimit = executor.run(limit: AsyncFailure.stepLimit) {
      link.wake(input, at: now)
    } whenIdle: {
      link.failDoomed()
    }
    settle(isWithinLimit, into: &commands)
  }

  func perform(_ store: StoreCall, in durable: inout DurableStore) { link.perform(store.ticket, in: &durable) }

  /// Ends the process: its tasks unwind with errors, and nothing they do has effect. Tasks that have not
  /// unwound within the limit stay suspended for good.
  mutating func kill() {
    guard !isOver else { return }
    isOver = true
    link.cut()
    _ = executor.run(limit: Incarnation.unwindingLimit) {
      root.cancel()
    } whenIdle: {
      link.failDoomed()
    }
  }

  /// Passes on what the tasks asked for, and looks whether they can still go on.
  private mutating func settle(_ isWithinLimit: Bool, into commands: inout [AgentCommand]) {
    commands += link.takeCommands()
    let failure: AsyncFailure
    switch (isWithinLimit, link.hasEnded) {
    case (true, true):
      isOver = true
      return
    case (false, _): failure = .spun
    case (true, false):
      guard executor.strays > 0 || !link.hasWaiters else { return }
      failure = .leftTheSimulation
    }
    commands += failure.commands
    kill()
  }
}
