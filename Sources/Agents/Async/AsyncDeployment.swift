// All processes of one `async` agent in one run, and the store that they share.

import Faultline
import Operations
import Primitives
import Synchronization

/// The deployment of an ``AsyncAgent``.
///
/// It refers to live tasks, so copying it copies nothing: an explorer runs it again from the start. Its
/// hash covers everything that went in and came out, which is all that can distinguish two states.
final class AsyncDeployment<Agent: AsyncAgent>: AgentDeployment, Sendable {
  fileprivate struct State: Sendable {
    var live: [Incarnation] = []
    var store = DurableStore()
    var history = StableHasher()
    var marks: [Name] = []
    /// The message that asked for the work.
    var order: Delivery?
  }

  private let agent: Agent
  private let task: AgentTask
  private let state = Mutex(State())

  init(_ agent: Agent, task: AgentTask) {
    self.agent = agent
    self.task = task
  }

  deinit {
    state.withLock { state in
      for index in state.live.indices { state.live[index].kill() }
    }
  }

  var isForkable: Bool { false }

  func start(_ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]) {
    state.withLock { state in
      state.history.combine(process)
      state.history.combine(trigger.name)
      if case .delivery(let delivery) = trigger {
        state.history.combine(delivery)
        if state.order == nil { state.order = delivery }
      }
      let before = commands.count
      state.live.append(
        Incarnation(
          agent, task, process: process, trigger: trigger, order: state.order, at: now, into: &commands))
      state.note(commands[before...])
    }
  }

  func resume(
    _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]
  ) {
    state.withLock { state in
      guard let index = state.live.firstIndex(where: { $0.id == process }) else { return }
      state.history.combine(process)
      state.history.combine(now)
      state.history.combine(input)
      let before = commands.count
      state.live[index].resume(input, at: now, into: &commands)
      state.note(commands[before...])
    }
  }

  func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {
    state.withLock { state in
      guard let index = state.live.firstIndex(where: { $0.id == process }) else { return }
      state.live[index].perform(store, in: &state.store)
    }
  }

  var takesStoreFailures: Bool { true }
  var storeWrites: Int { state.withLock { $0.store.writes } }
  func restoreStore(writes: Int) { state.withLock { $0.store.restore(writes: writes) } }

  func crash(_ process: ProcessID) {
    state.withLock { state in
      guard let index = state.live.firstIndex(where: { $0.id == process }) else { return }
      state.live[index].kill()
      state.live.remove(at: index)
      state.history.combine(process)
    }
  }

  /// The store's entries, then how processes ended that said nothing.
  func explanation() -> [String] {
    state.withLock { state in
      state.store.entries.map { "\($0.key) = \($0.value)" } + state.marks.map(\.text)
    }
  }

  func hash(into hasher: inout StableHasher) {
    state.withLock { state in
      hasher.combine(state.history.digest)
      hasher.combine(state.store)
    }
  }
}

extension AsyncDeployment.State {
  /// Takes what a process asked for into the history.
  fileprivate mutating func note(_ commands: ArraySlice<AgentCommand>) {
    for command in commands {
      history.combine(command)
      if case .observe(.mark(let mark)) = command { marks.append(mark) }
    }
  }
}
