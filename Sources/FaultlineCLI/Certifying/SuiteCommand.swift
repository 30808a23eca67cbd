// `faultline suite`: whether a suite can tell a good decider from a bad one, and sealing one that nobody may see.

import ArgumentParser
import Certification
import Faultline
import Foundation
import Reporting

struct SuiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suite",
    abstract: "Judge and seal suites of decision cases.",
    discussion: """
      A suite is a folder: suite.yaml, cases/*.yaml, scenarios/*.yaml. fixtures/suites/example shows every key.

      Examples:
        faultline suite lint fixtures/suites/tickets
        faultline suite seal my-private-suite -o tickets.seal.json
      """,
    subcommands: [Lint.self, Seal.self])

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Refuse a suite that is broken, too small, or that a decider without a model would pass.",
      discussion: "Exit status: 0 accepted; 1 refused; 2 it can't be read.")
    @Argument(help: "The suite's folder.", completion: .directory)
    var suite: String
    @Option(help: "The policy whose exam it is for; the standard one unless given.", completion: .file())
    var policy: String?

    func run() throws {
      let suite = try Certifying.suite(suite)
      let lint = SuiteLint(suite, for: try Certifying.policy(policy).exam.acceptance)
      let style = Console.style
      var table = TextTable([.init("decider"), .init("right", rightAligned: true), .init("would it pass?")])
      for baseline in lint.baselines {
        table.add([
          "\(baseline.name)", "\(baseline.successes) of \(baseline.cases)",
          .init(baseline.passes ? "yes" : "no", baseline.passes ? .bad : .good),
        ])
      }
      let classes = suite.classes.map { kind in "\(kind.rawValue) \(suite.cases.count { $0.kind == kind })" }
      let read = suite.cases.count { $0.secondReading != nil }
      Console.write(
        "\(lint.isAccepted ? style.paint("ACCEPTED", .good) : style.paint("REFUSED", .bad))  \(suite.name) version "
          + "\(suite.version)   \(suite.cases.count) cases, \(suite.scenarios.count) scenarios   "
          + "sha256 \(suite.digest.prefix(16))\n"
          + classes.joined(separator: ", ").wrapped(to: 96).joined(separator: "\n")
          + "\n\(read) of \(suite.cases.count) cases were read a second time without their labels\n\n"
          + table.text(style))
      guard lint.isAccepted else {
        Console.write("\n" + lint.findings.map(\.description).joined(separator: "\n"))
        throw ExitCode(ExitStatus.notAsExpected)
      }
    }
  }

  struct Seal: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Publish salted digests of a private suite: nobody learns its cases, and nobody can change them unnoticed.")
    @Argument(help: "The suite's folder.", completion: .directory)
    var suite: String
    @Option(name: [.customShort("o"), .long], help: "Where the seal goes; it may be published.", completion: .file())
    var output: String
    @Option(
      help:
        "The file of the salt, which stays with the suite and is made where it is missing; SUITE/.salt unless given.")
    var salt: String?

    func run() throws {
      let read = try Certifying.suite(suite)
      let bytes = try SaltFile.bytes(salt ?? "\(suite)/.salt", makesIt: true)
      let seal = SuiteSeal(read, salt: bytes)
      try Files.checkReplaceable(output, marks: ["{\n  \"cases\""])
      try Files.write(CanonicalJSON.pretty(seal), to: output)
      Console.write(
        "sealed \(seal.cases) cases of \(seal.suite) version \(seal.version)   root \(seal.root.prefix(16))\n"
          + "wrote \(output)"
      )
    }
  }
}

/// The salt of a sealed suite: 32 random bytes as hexadecimal digits.
enum SaltFile {
  static func bytes(_ path: String, makesIt: Bool) throws -> [UInt8] {
    if !Files.exists(path) {
      guard makesIt else {
        throw Refusal.badInput(
          "there is no salt '\(path)'", remedy: "it was made by 'faultline suite seal'; give --salt FILE")
      }
      var generator = SystemRandomNumberGenerator()
      let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let text = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\n"
      guard
        FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
      else {
        throw Refusal.badInput("'\(path)' can't be written", remedy: "check the folder, or give --salt FILE")
      }
      return bytes
    }
    let digits = Array(try Files.read(path).utf8).filter { $0 > 32 }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
    guard bytes.count >= 16, bytes.count * 2 == digits.count else {
      throw Refusal.badInput("'\(path)' is no salt", remedy: "restore the one by which the suite was sealed")
    }
    return bytes
  }
}
