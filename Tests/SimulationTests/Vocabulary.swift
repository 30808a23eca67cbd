// A small vocabulary and event type for testing the kernel without any domain.

import Primitives
import Simulation

enum Weather: UInt8, ChoiceAnswer {
  case fair, rain, snow, hail

  static var benign: Weather { .fair }
  var name: Name {
    switch self {
    case .fair: "fair"
    case .rain: "rain"
    case .snow: "snow"
    case .hail: "hail"
    }
  }

  static var all: Offer<Weather> {
    var offer = Offer<Weather>()
    offer.add(.rain, .snow, .hail)
    return offer
  }
}

struct Note: TraceEvent, Equatable {
  var text: String
  func hash(into hasher: inout StableHasher) { hasher.combine(text) }
}

typealias Kernel = Simulation<String, Note>

extension Kernel {
  init(seed: UInt64 = 1, _ driver: Driver, isRecording: Bool = true) {
    self.init(start: Instant(nanoseconds: 0), seed: seed, driver: driver, isRecording: isRecording)
  }
}

func place(_ point: String, call: Int = 1, aspect: Aspect = .answer) -> Site {
  Site(process: "p", incarnation: 1, run: "r", point: Name(point), subject: nil, call: call, aspect: aspect)
}
