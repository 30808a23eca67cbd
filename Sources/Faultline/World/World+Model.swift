// What the world decides for processes outside beside their calls: how their model answers, and who is first.

import Operations
import Primitives
import Simulation

extension World {
  /// The decision of a process whose model is asked over a wire: its point in plans.
  public static let modelPoint: Name = "model"

  /// Asks how the model of a live process answers at its next request. A process may die there, too: then the answer
  /// reaches nobody.
  ///
  /// - Parameters:
  ///   - offer: the faults that can be told from the answer that it would give.
  ///   - proposal: what that answer comes to, such as the tool that it calls.
  public mutating func askModel(_ offer: Offer<ModelFault>, proposal: Name, of process: ProcessID) -> ModelFault {
    let site = passage(process, point: World.modelPoint, subject: nil, aspect: .decision)
    let fault = simulation.choose(offer, at: site)
    if fault != .benign { tookEffect(note(fault.name, at: site)) }
    record(
      .decided(
        process,
        Decided(
          point: World.modelPoint, answer: fault == .benign ? nil : fault.name, proposal: proposal,
          alternatives: [proposal])))
    let crash = site.aspect(.crash)
    if simulation.choose(World.decisionFaults, at: crash) != .live {
      tookEffect(note(CrashFault.crashAfter.name, at: crash))
      self.crash(process)
    }
    return fault
  }

  /// Chooses who is next among requests of a process that arrived together and are in canonical order.
  ///
  /// - Returns: a place below `count`; by default the first.
  public mutating func chooseNext(among count: Int, of process: ProcessID) -> Int {
    guard count > 1, isAlive(process) else { return 0 }
    let site = passage(process, point: "together", subject: nil, aspect: .order)
    let names = (2...count).map { Name("next-\($0)") }
    guard let chosen = simulation.choose(among: names, at: site), let place = names.firstIndex(of: chosen) else {
      return 0
    }
    tookEffect(note(chosen, at: site))
    return place + 1
  }
}
