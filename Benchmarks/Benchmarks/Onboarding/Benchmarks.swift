// How fast runs are: the whole onboarding as users run it, and the parts that its speed is made of.

import Agents
import Benchmark
import Faultline
import Foundation
import Primitives
import Simulation

/// A scenario of this repository with an agent, made ready to run.
struct Subject: Sendable {
  let setup: WorldSetup
  let agent: any AgentUnderTest

  init(_ scenario: String, store: AgentStore = .model) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let reader = ScenarioReader(Vocabulary.standard())
    setup = try WorldSetup(scenario: reader.read(path: root.appending(path: scenario).path(percentEncoded: false)))
    agent = try AgentRegistry.make(name: "reference", store: store)
  }

  /// One run from its start to its verdict, oracles on, trace hashed.
  func run(seed: UInt64, chance: RunInput.Chance? = nil) throws -> UInt64 {
    let input = RunInput(scenario: setup.scenario, agent: agent, seed: seed, chance: chance)
    return try Runner.run(input, in: setup).verdict.traceHash
  }

  /// A world that has let `steps` things happen.
  func world(steps: Int) throws -> World {
    var world = try World(setup: setup, agent: agent, seed: 1, driver: .planned(Plan()), isRecording: false)
    for _ in 0..<steps where !world.step() { break }
    return world
  }
}

/// An event of the kernel's own benchmark: a number and nothing else.
struct Tick: TraceEvent {
  var number: UInt64
  func hash(into hasher: inout StableHasher) { hasher.combine(number) }
}

/// A hundred thousand events of the bare kernel: schedule, choose, take, draw, record.
func playKernel() -> UInt64 {
  let start = Instant(nanoseconds: 0)
  var kernel = Simulation<UInt64, Tick>(
    start: start, seed: 1, driver: .seeded(Swarm(seed: 1, budget: 3)), isRecording: false)
  for number in 0..<8 as Range<UInt64> { kernel.schedule(number, after: .microseconds(Int64(number))) }
  var played: UInt64 = 0
  while played < 100_000, let number = kernel.next(site: { _ in nil }) {
    played += 1
    let site = Site(
      process: "p", incarnation: 1, run: "r", point: "tick", subject: nil, call: Int(played), aspect: .answer)
    var offer = Offer<OrderAnswer>()
    offer.add(.yield)
    _ = kernel.choose(offer, at: site)
    kernel.record(Tick(number: number))
    let latency = kernel.draw(at: site.aspect(.latency))
    kernel.schedule(number, after: kernel.span(in: .microseconds(1)...(.microseconds(9)), by: latency))
  }
  return kernel.trace.hash
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.throughput, .wallClock, .peakMemoryResident], warmupIterations: 20, maxDuration: .seconds(5),
    maxIterations: 1_000_000)
  var thousandfold = Benchmark.defaultConfiguration
  thousandfold.scalingFactor = .kilo

  Benchmark(
    "onboarding, model store",
    closure: { benchmark, subject in
      blackHole(try subject.run(seed: UInt64(benchmark.currentIteration)))
    },
    setup: { try Subject("scenarios/happy-path.yaml") })

  Benchmark(
    "onboarding, model store, up to 3 random faults",
    closure: { benchmark, subject in
      let seed = UInt64(benchmark.currentIteration)
      blackHole(try subject.run(seed: seed, chance: .swarm(Swarm(seed: seed, budget: 3))))
    },
    setup: { try Subject("scenarios/happy-path.yaml") })

  Benchmark(
    "onboarding, SQLite in memory",
    closure: { benchmark, subject in
      blackHole(try subject.run(seed: UInt64(benchmark.currentIteration)))
    },
    setup: { try Subject("scenarios/happy-path.yaml", store: .sqlite) })

  // The peak over a hundred thousand runs tells whether anything stays behind from one run to the next.
  var long = Benchmark.defaultConfiguration
  long.maxDuration = .seconds(60)
  long.maxIterations = 100
  long.warmupIterations = 0
  long.scalingFactor = .kilo
  Benchmark(
    "memory over 100,000 onboardings", configuration: long,
    closure: { benchmark, subject in
      for run in benchmark.scaledIterations { blackHole(try subject.run(seed: UInt64(run))) }
    },
    setup: { try Subject("scenarios/happy-path.yaml") })

  Benchmark(
    "copy of a world", configuration: thousandfold,
    closure: { benchmark, world in
      for _ in benchmark.scaledIterations {
        let copy = world
        blackHole(copy)
      }
    },
    setup: { try Subject("scenarios/happy-path.yaml").world(steps: 100) })

  Benchmark(
    "fork of a world: copy and next event", configuration: thousandfold,
    closure: { benchmark, world in
      for _ in benchmark.scaledIterations {
        var copy = world
        _ = copy.step()
        blackHole(copy)
      }
    },
    setup: { try Subject("scenarios/happy-path.yaml").world(steps: 100) })

  Benchmark("kernel alone, 100,000 events") { benchmark in blackHole(playKernel()) }
}
