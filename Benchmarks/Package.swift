// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "faultline", path: "../"),
    // Without its traits: jemalloc would have to be installed, and is used for malloc counts only.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "Onboarding",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Faultline", package: "faultline"),
        .product(name: "OpsAgent", package: "faultline"),
      ],
      path: "Benchmarks/Onboarding",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
