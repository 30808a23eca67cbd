// The queue against the simplest model of it: an array sorted by (time, order of scheduling).

import Primitives
import Simulation
import Testing

@Suite struct EventQueueTests {
  @Test(arguments: 0..<100 as Range<UInt64>)
  func behavesAsAStablySortedArray(seed: UInt64) {
    var queue = EventQueue<Int>()
    var model: [(at: Instant, sequence: UInt32, event: Int)] = []
    for step in 0..<200 {
      let draw = Draw(seed: seed, key: UInt64(step))
      switch draw.below(8) {
      case 0..<4:
        let at = Instant(nanoseconds: Int64(draw.derived(1).below(12)))
        model.append((at, queue.schedule(step, at: at), step))
        // A stable sort by time alone: equal times stay in the order of scheduling.
        model = model.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
      case 4 where !model.isEmpty:
        let victim = model.remove(at: Int(draw.derived(2).below(UInt64(model.count))))
        queue.cancel(victim.sequence)
      case 5 where !model.isEmpty:
        let ties = model.prefix { $0.at == model[0].at }.count
        #expect(queue.simultaneous == ties)
        let nth = Int(draw.derived(3).below(UInt64(ties)))
        #expect(queue.peek(nth).event == model[nth].event)
        #expect(queue.take(nth).event == model.remove(at: nth).event)
      default:
        #expect(queue.popFirst()?.event == (model.isEmpty ? nil : model.removeFirst().event))
      }
      #expect(queue.upcoming.map(\.event) == model.map(\.event))
      #expect(queue.nextTime == model.first?.at)
      #expect(queue.count == model.count)
    }
  }

  @Test func sequenceNumbersAreNeverUsedTwice() {
    var queue = EventQueue<Int>()
    let first = queue.schedule(1, at: Instant(nanoseconds: 5))
    _ = queue.popFirst()
    let second = queue.schedule(2, at: Instant(nanoseconds: 5))
    #expect(first != second)
    queue.cancel(first)
    #expect(queue.count == 1)
  }

  @Test func removesByPredicateAndKeepsTheOrderOfTheRest() {
    var queue = EventQueue<Int>()
    for event in 0..<10 { queue.schedule(event, at: Instant(nanoseconds: Int64(event % 3))) }
    queue.removeAll { $0 % 2 == 0 }
    #expect(queue.upcoming.map(\.event) == [3, 9, 1, 7, 5])
  }
}
