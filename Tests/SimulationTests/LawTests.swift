// Reads the sources of the house and holds its laws and its arrows.

import Testing

@Suite struct LawTests {
  /// Where runs are decided: floors 0 to 3, and the agent that must behave the same in production.
  static let rooms = ["Primitives", "Simulation", "Operations", "Backends", "OpsAgent", "OpsAgentSQLite", "Faultline"]

  /// What a room legitimately needs, with the reason.
  static let allowed: [(path: String, law: String, because: String)] = [
    (
      "Sources/Primitives/LongTexts.swift", "imports what time and chance come with",
      "a lock guards the texts of long names, each kept once for the process; no run can tell who named it first"
    ),
    (
      "Sources/Primitives/LongTexts.swift", "locks",
      "a lock guards the texts of long names, each kept once for the process; no run can tell who named it first"
    ),
    (
      "Sources/Faultline/Scenario/", "imports what time and chance come with",
      "scenarios and saved runs are read from and written to files, before and after a run"
    ),
    (
      "Sources/OpsAgentSQLite/SQLiteStore", "imports what time and chance come with",
      "the database's driver takes blobs as Foundation's Data"
    ),
  ]

  @Test(arguments: rooms)
  func nothingButTheKernelBringsTimeOrChance(room: String) throws {
    let files = try SourceTree.files(of: room)
    #expect(!files.isEmpty)
    for file in files {
      let family = files.filter { $0.family == file.family }
      for finding in try LawScanner().findings(in: file, family: family) {
        let isAllowed = Self.allowed.contains { finding.path.hasPrefix($0.path) && $0.law == finding.law }
        #expect(isAllowed, "\(finding)")
      }
    }
  }

  /// Each law fires on a planted line; without this, a scanner that finds nothing would pass for a clean house.
  @Test(arguments: [
    "let now = Date()", "let now = Date.now", "let clock = ContinuousClock()", "func f(clock: SuspendingClock) {}",
    "let id = UUID()", "let n = Int.random(in: 0..<3)", "let x = list.randomElement()", "let y = list.shuffled()",
    "f(SystemRandomNumberGenerator())", "try await Task.sleep(for: .seconds(1))", "Task { await f() }",
    "Task.detached { }", "let t = Thread { }", "DispatchQueue.main.async { }", "let lock = NSLock()",
    "let state = Mutex(0)", "ProcessInfo.processInfo.environment", "let home = getenv(name)",
    "let hasher = Hasher()", "let h = value.hashValue", "import Foundation", "public import Dispatch",
    "  static var cache: [Int] = []", "  static var shared: World", "var global = 0", "private var hidden = 0",
    #"print("at \(Date())")"#, "for (a, b) in table { }", "for key in table.keys { }", "for x in self.seen { }",
    "for x in seen where x > 0 { }", "let list = table.map { $0 }", "let some = seen.first", "let all = table.values",
    "let anyone = self.seen.popFirst()",
  ])
  func findsAPlantedBreach(line: String) throws {
    #expect(try Self.findings(in: line).map(\.line) == [4])
  }

  /// The control: what looks like a breach and is none.
  @Test(arguments: [
    "// let now = Date()", "/* Date() /* UUID() */ Task.sleep */", #"let text = "Date() and UUID()""#,
    ##"let raw = #"Task.sleep \(Date())"#"##, "let updated = candiDate(1)", "func hash(into hasher: inout Hasher) {}",
    "static var benign: Weather { .fair }", "static let eur = 1", "  var local = 0", "importFoundation()",
    "for x in table.keys.sorted() { }", "if table[key] != nil, seen.contains(x) { }", "for x in list { }",
    "for x in other.table { }", "let n = seen.count", "let names = seen.sorted().map { $0 }",
    "let sum = table.values.reduce(0, +)  // order-free: a sum", "let at: Instant", "threads.append(1)",
    "let ordered = tables.map { $0 }", "let pairs: [(key: Int, n: Int)] = []; for x in pairs { }",
  ])
  func isSilentOnAControl(line: String) throws {
    #expect(try Self.findings(in: line) == [])
  }

  @Test func knowsTheHashedCollectionsOfATypesOtherFiles() throws {
    let main = SourceFile(path: "Sources/X/World.swift", text: "struct World {\n  var seen: Set<Int> = []\n}")
    let text = "extension World { func f() { for x in seen {} } }"
    let aspect = SourceFile(path: "Sources/X/World+Aspect.swift", text: text)
    #expect(try LawScanner().findings(in: aspect, family: [main]).count == 1)
    #expect(try LawScanner().findings(in: aspect, family: []).isEmpty)
  }

  /// The line under test stands on line 4 of a small file with collections to iterate.
  private static func findings(in line: String) throws -> [LawFinding] {
    let text = "struct S {\n  var seen: Set<Int> = []; let list = [1]\n  let table = [Int: Int]()\n\(line)\n}\n"
    return try LawScanner().findings(in: SourceFile(path: "Sources/X/S.swift", text: text), family: [])
  }
}

@Suite struct HouseTests {
  /// The floors of the house; a target imports only floors below its own.
  static let floors = [
    "Primitives": 0, "Simulation": 1, "Operations": 1, "Backends": 2, "OpsAgent": 2, "OpsAgentSQLite": 3,
    "Faultline": 3, "Agents": 4, "Exploration": 4, "OpsAgentProcess": 4, "Gateway": 5, "Certification": 5,
    "Reporting": 5, "LyingDisk": 5, "FaultlineTesting": 6, "FaultlineCLI": 6, "CheckDisks": 6, "CSupervision": 0,
  ]

  /// Arrows that point down and are forbidden all the same.
  static let forbidden = [
    "OpsAgent": ["Simulation"], "Faultline": ["OpsAgent", "OpsAgentSQLite"], "Backends": ["Simulation"],
    "FaultlineTesting": ["Gateway", "ArgumentParser"], "OpsAgentProcess": ["Simulation", "Backends", "Faultline"],
  ]

  /// What rooms use from outside the house; the toolchain's own modules are left to the laws.
  static let guests = [
    "OpsAgentSQLite": ["GRDB"], "Faultline": ["Yams"], "Exploration": ["GRDB"], "FaultlineCLI": ["ArgumentParser"],
    "Gateway": [
      "Crypto", "HTTPTypes", "HummingbirdCore", "HummingbirdTLS", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix",
      "NIOSSL", "ServiceLifecycle", "Subprocess", "SwiftASN1", "System", "SystemPackage", "X509",
    ],
    "Certification": ["Crypto"], "LyingDisk": ["GRDBSQLite"],
  ]
  static let toolchain = [
    "Foundation", "FoundationEssentials", "FoundationNetworking", "Synchronization", "Dispatch", "Testing", "Glibc", "Darwin", "Musl",
  ]

  @Test func everyRoomHasAFloor() throws {
    #expect(try SourceTree.rooms().filter { Self.floors[$0] == nil } == [])
  }

  @Test func importsPointDownOnly() throws {
    for room in try SourceTree.rooms() {
      for file in try SourceTree.files(of: room) {
        let wrong = Self.imports(in: file.text).filter { !Self.mayImport(room, $0) }
        #expect(wrong == [], "\(file.path) must not know \(wrong)")
      }
    }
  }

  @Test func theArrowsAreJudged() {
    let text = "// import A\nimport B\n@testable import C\npublic import struct D.E\n"
    #expect(Self.imports(in: text) == ["B", "C", "D"])
    #expect(Self.mayImport("Faultline", "Backends"))
    #expect(!Self.mayImport("Backends", "Faultline"))
    #expect(!Self.mayImport("Simulation", "Operations"))
    #expect(!Self.mayImport("Faultline", "OpsAgent"))
    #expect(!Self.mayImport("Primitives", "Yams"))
    #expect(Self.mayImport("Faultline", "Yams"))
  }

  static func mayImport(_ room: String, _ module: String) -> Bool {
    guard forbidden[room]?.contains(module) != true, let floor = floors[room] else { return false }
    if let below = floors[module] { return below < floor }
    return toolchain.contains(module) || guests[room]?.contains(module) == true
  }

  static func imports(in text: String) -> [String] {
    StrippedSource(text).lines.compactMap { line in
      let words = line.split(whereSeparator: { " .".contains($0) })
      guard let position = words.firstIndex(of: "import"), position < 3 else { return nil }
      let kinds: [Substring] = ["struct", "class", "enum", "protocol", "func", "typealias", "var", "let", "actor"]
      return words[(position + 1)...].first { !kinds.contains($0) }.map(String.init)
    }
  }
}
