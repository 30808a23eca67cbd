// This repository's own scenarios, as tests of other rooms find them.

import Agents
import Faultline
import Foundation
import Primitives

enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func path(_ name: String) -> String { root.appending(path: name).path(percentEncoded: false) }

  static func scenario(_ name: Name) throws -> Scenario {
    try ScenarioReader(Vocabulary.standard()).read(path: path("scenarios/\(name).yaml"))
  }
}
