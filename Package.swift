// swift-tools-version: 6.2
import PackageDescription

/// Settings that every target of ours shares. Warnings are errors here and nowhere else: a
/// dependency's warning is not ours to fail on.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Puts the Swift runtime into the released command on Linux. A run counts references twenty thousand times, and
/// from a shared library each time goes through two tables: with the runtime inside, the same objects play a
/// third more runs or better. Nobody can depend on an executable, so its flags stand in nobody's way.
let runtimeInside: [LinkerSetting] = [
  .unsafeFlags(
    [
      // Foundation's archives name only some of the archives that they need. lld, since gold warns of calls in them.
      "-static-stdlib", "-use-ld=lld", "-lCoreFoundation", "-l_FoundationCShims", "-l_FoundationCollections",
      "-l_FoundationICU", "-l_CFURLSessionInterface", "-L\(Context.packageDirectory)/Scripts/link", "-lcurl",
    ], .when(platforms: [.linux], configuration: .release))
]

/// A room of the house; see "The house" in the README. A target imports only floors below its own.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

let package = Package(
  name: "faultline",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Faultline", targets: ["Faultline", "Agents", "Exploration"]),
    .library(name: "OpsAgent", targets: ["OpsAgent", "OpsAgentSQLite", "OpsAgentProcess"]),
    .library(name: "FaultlineTesting", targets: ["FaultlineTesting"]),
    .executable(name: "faultline", targets: ["FaultlineCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // Floor 0
    room("Primitives"),
    // Floor 1
    room("Simulation", ["Primitives"]),
    room("Operations", ["Primitives"]),
    // Floor 2
    room("Backends", ["Primitives", "Operations"]),
    room("OpsAgent", ["Primitives", "Operations"]),
    // Floor 3
    room("OpsAgentSQLite", ["Primitives", "OpsAgent", .product(name: "GRDB", package: "GRDB.swift")]),
    room(
      "Faultline",
      ["Primitives", "Simulation", "Operations", "Backends", .product(name: "Yams", package: "Yams")]),
    // Floor 4
    room(
      "Agents",
      ["Primitives", "Simulation", "Operations", "Backends", "OpsAgent", "OpsAgentSQLite", "Faultline"]),
    // The agent outside of simulations: real time, HTTP and a file
    room("OpsAgentProcess", ["Primitives", "Operations", "OpsAgent", "OpsAgentSQLite"]),
    room(
      "Exploration",
      ["Primitives", "Simulation", "Operations", "Faultline", .product(name: "GRDB", package: "GRDB.swift")]),
    // Floor 5
    .target(name: "CSupervision"),
    room(
      "Gateway",
      [
        "CSupervision",
        "Primitives", "Simulation", "Operations", "Faultline",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ]),
    room(
      "Certification",
      [
        "Primitives", "Simulation", "Operations", "Backends", "OpsAgent", "Faultline", "Agents", "Exploration",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    room("Reporting", ["Primitives", "Simulation", "Operations", "Faultline", "Exploration"]),
    // What checks it and nobody ships: a disk that fails, and the agent on it
    room(
      "LyingDisk",
      [
        "Primitives", "Simulation", "Operations", "OpsAgent", "OpsAgentSQLite", "Faultline", "Agents",
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .executableTarget(name: "CheckDisks", dependencies: ["Faultline", "Agents", "LyingDisk"], swiftSettings: house),
    // Floor 6
    room("FaultlineTesting", ["Primitives", "Simulation", "Backends", "Faultline", "Agents", "Exploration", "Reporting"]),
    .executableTarget(
      name: "FaultlineCLI",
      dependencies: [
        "Primitives", "Simulation", "Operations", "Backends", "Faultline", "Agents", "Exploration",
        "Reporting", "Gateway", "Certification", "OpsAgent", "OpsAgentProcess", "OpsAgentSQLite",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house, linkerSettings: runtimeInside),
    tests("PrimitivesTests", ["Primitives"]),
    tests("SimulationTests", ["Primitives", "Simulation"]),
    tests("OperationsTests", ["Primitives", "Operations"]),
    tests("BackendsTests", ["Primitives", "Operations", "Backends"]),
    tests("OpsAgentTests", ["Primitives", "Operations", "OpsAgent"]),
    tests(
      "OpsAgentSQLiteTests",
      ["Primitives", "Operations", "OpsAgent", "OpsAgentSQLite", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("FaultlineTests", ["Primitives", "Simulation", "Operations", "Backends", "Faultline"]),
    tests(
      "AgentsTests",
      ["Primitives", "Simulation", "Operations", "Backends", "OpsAgent", "OpsAgentSQLite", "Faultline", "Agents"]),
    tests(
      "ExplorationTests",
      [
        "Primitives", "Simulation", "Operations", "Faultline", "Agents", "Exploration",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    tests(
      "ReportingTests",
      ["Primitives", "Simulation", "Operations", "Faultline", "Agents", "Exploration", "Reporting"]),
    tests(
      "LyingDiskTests",
      [
        "Primitives", "Operations", "OpsAgent", "OpsAgentSQLite", "Faultline", "Agents", "LyingDisk",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    tests(
      "CertificationTests",
      ["Primitives", "Simulation", "Operations", "OpsAgent", "Faultline", "Agents", "Exploration", "Certification"]),
    tests(
      "OpsAgentProcessTests",
      ["Primitives", "Operations", "Backends", "OpsAgent", "OpsAgentSQLite", "OpsAgentProcess"]),
    tests("GatewayTests", ["Primitives", "Simulation", "Operations", "Faultline", "Agents", "Gateway"]),
    tests(
      "FaultlineTestingTests",
      ["Primitives", "Operations", "Backends", "OpsAgent", "Faultline", "Agents", "FaultlineTesting"]),
    tests("FaultlineCLITests", ["Primitives", "Faultline", .product(name: "GRDB", package: "GRDB.swift")]),
  ]
)
