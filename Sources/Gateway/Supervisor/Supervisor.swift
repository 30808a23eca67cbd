// Starts an agent's processes, kills them where the world says that they die, and notes how they ended.

import Faultline
import Foundation
import Primitives

/// Looks after the processes of one trial.
public actor Supervisor: ProcessKeeper {
  /// One incarnation.
  struct Child {
    var tree: ProcessTree?
    /// Waits for the end of what was started.
    var task: Task<Void, Never>?
    /// Hands over its work and waits for the answer.
    var work: Task<Void, Never>?
    var delivery = Delivery.none
    /// Whether it was killed, or has ended.
    var isOver = false
    /// Brings it down; there is one fall for all who want it dead.
    var fall: Task<Bool, Never>?
    /// What everything that is started for it sees.
    var environment: [String: String] = [:]
    /// How much had been asked when it was started.
    var askedBefore: UInt64 = 0
  }

  let program: AgentProgram
  let launcher: Launcher
  /// Whether a process gets a control group where one can be had.
  private let usesControlGroups: Bool
  /// How long a command that kills may take, and whatever dies of it.
  let killLimit: Duration
  var children: [ProcessID: Child] = [:]
  private(set) var session: Session?
  /// How often a person has ordered that the work goes on.
  private var resumptions = 0
  private(set) var survivors: [String] = []
  /// Why the trial says nothing about the agent, as sentences; none as a rule.
  private(set) var doubts: [String] = []
  /// How the last process ended that ended by itself.
  private(set) var lastStatus: Int32 = 0
  /// Why a process could not be started; nil where all could.
  private(set) var failure: String?

  init(
    _ program: AgentProgram, launcher: Launcher, usesControlGroups: Bool, killLimit: Duration = .seconds(30)
  ) {
    self.program = program
    self.launcher = launcher
    self.usesControlGroups = usesControlGroups
    self.killLimit = killLimit
  }

  func attach(_ session: Session) { self.session = session }

  func doubt(_ sentence: String) { doubts.append(sentence) }

  // MARK: Starts

  public func start(_ process: ProcessID, trigger: Trigger) async {
    if case .resume = trigger { resumptions += 1 }
    var child = Child()
    child.environment = launcher.environment(of: process, resumptions: resumptions)
    child.askedBefore = await session?.askedCount ?? 0
    if program.isService {
      do {
        child.environment["FAULTLINE_ENV_FILE"] = try launcher.writeEnvironment(child.environment, of: process)
      } catch {
        doubt("The file for FAULTLINE_ENV_FILE could not be written: \(error).")
      }
    }
    children[process] = child
    if let command = program.start { await launch(command, process) }
    if let url = program.trigger { children[process]?.work = Task { await self.handOver(to: process, at: url) } }
  }

  /// Starts a command as an incarnation.
  private func launch(_ command: AgentCommandLine, _ process: ProcessID) async {
    let suffix = launcher.number(of: process)
    let group = usesControlGroups ? ControlGroup(named: "\(getpid())-\(launcher.run)\(suffix)") : nil
    let environment = children[process]?.environment ?? [:]
    // The run's own task waits for the end; the world goes on when the process has a number.
    await withCheckedContinuation { (hasStarted: CheckedContinuation<Void, Never>) in
      let task = Task {
        var status: Int32 = 127
        do {
          status = try await launcher.run(command, environment: environment, suffix: suffix, in: group) { id in
            await self.note(id, of: process, in: group)
            hasStarted.resume()
          }
        } catch {
          self.fail("\(error)", hasStarted, process)
        }
        await self.returned(process, status: status)
      }
      children[process]?.task = task
    }
  }

  private func note(_ id: pid_t, of process: ProcessID, in group: ControlGroup?) {
    children[process]?.tree = ProcessTree(
      root: id, mark: "FAULTLINE_PROCESS_ID=\(launcher.mark(of: process))", group: group)
  }

  private func fail(_ reason: String, _ hasStarted: CheckedContinuation<Void, Never>, _ process: ProcessID) {
    guard children[process]?.tree == nil else { return }
    failure = reason
    hasStarted.resume()
  }

  // MARK: Ends

  /// What was started has ended.
  private func returned(_ process: ProcessID, status: Int32) async {
    guard let child = children[process], !child.isOver else { return }
    guard program.isService else { return await end(process, status: status) }
    // A service lives on behind the command that brought it up.
    if program.trigger != nil, status == 0 {
      children[process]?.tree?.hasLostRoot = true
      return
    }
    await noteEarlyReturn(of: process, status: status)
    child.work?.cancel()
    await end(process, status: status, saying: "The start command ended with status \(status).", mayBeGone: true)
  }

  /// A process has ended by itself, or its work is over.
  ///
  /// - Parameters:
  ///   - text: how; nil where it ended with the status.
  ///   - mayBeGone: whether there may be nothing left to kill.
  func end(_ process: ProcessID, status: Int32, saying text: String? = nil, mayBeGone: Bool = false) async {
    guard children[process]?.isOver == false else { return }
    children[process]?.isOver = true
    lastStatus = status
    // What it left behind would act on after its end.
    await bringDown(process, mayBeGone: mayBeGone)
    await session?.processEnded(process, status: status, saying: text)
  }

  public func kill(_ process: ProcessID) async {
    guard let child = children[process], program.start == nil || child.tree != nil else { return }
    children[process]?.isOver = true
    var isDead = await bringDown(process)
    if !program.canDie {
      doubt(
        "The service was to be killed at start \(process.incarnation), and nothing here can do that: there is no "
          + "--kill-command.")
      isDead = false
    }
    if isDead { isDead = await connectionHasEnded(of: process) }
    child.work?.cancel()
    await child.work?.value
    await child.task?.value
    if !isDead { await session?.giveUp() }
  }

  /// Kills what there is of an incarnation.
  ///
  /// - Returns: whether everything was done that can be done.
  @discardableResult
  private func bringDown(_ process: ProcessID, mayBeGone: Bool = false) async -> Bool {
    if let fall = children[process]?.fall { return await fall.value }
    let fall = Task {
      let isDead = await killByCommand(process, mayBeGone: mayBeGone)
      if let tree = children[process]?.tree { note(await tree.kill()) }
      return isDead
    }
    children[process]?.fall = fall
    return await fall.value
  }

  /// Notes who could not be killed, each once.
  private func note(_ survivors: [String]) {
    self.survivors += survivors.filter { !self.survivors.contains($0) }
  }

  /// Kills whoever is left.
  func killAll() async {
    for (process, child) in children {
      if child.isOver { await bringDown(process) } else { await kill(process) }
      // What got away from its tree may be found now that the others are gone.
      if let tree = children[process]?.tree { note(await tree.kill()) }
    }
  }
}
