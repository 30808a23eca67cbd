// When a search looks whether it has been somewhere before.

import Faultline

extension ExhaustiveSearch {
  /// Says after which steps of a run it is worth asking whether the state was finished before.
  ///
  /// Not before the answer that was given last has run its course, and then when a call was answered: what the fault
  /// left undone has been made good by then. A run over which much can branch off looks each time. One of which only
  /// the end is left looks once: two ways to one state have met by then or hardly ever will, and the digest of a state
  /// costs as much as several events.
  struct Lookout {
    private let looksOften: Bool
    private var isClosed: Bool
    private var hasSettled = false

    /// - Parameter isClosed: whether it never looks.
    init(looksOften: Bool, isClosed: Bool) {
      self.looksOften = looksOften
      self.isClosed = isClosed
    }

    /// Whether to look at the world as it is after a step. To be asked after every step.
    mutating func isDue(_ world: World) -> Bool {
      if isClosed { return false }
      guard hasSettled else {
        hasSettled = world.hasSettled
        return hasSettled && looksOften
      }
      guard world.wasAnswered else { return false }
      isClosed = !looksOften
      return true
    }
  }
}
