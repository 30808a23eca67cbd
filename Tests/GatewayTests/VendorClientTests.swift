// The vendors' own libraries from PyPI, against a served world.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct VendorClientTests {
  private static let root = Bench.root.path(percentEncoded: false)
  private static let python = "\(root)/.venv/bin/python"
  private static let hasClients: Bool = {
    guard FileManager.default.isExecutableFile(atPath: python) else { return false }
    let looking = Process()
    looking.executableURL = URL(fileURLWithPath: python)
    looking.arguments = ["-c", "import boto3, requests, stripe, zenpy"]
    looking.standardError = FileHandle.nullDevice
    guard (try? looking.run()) != nil else { return false }
    looking.waitUntilExit()
    return looking.terminationStatus == 0
  }()

  /// Serves a scenario to a script of Python's.
  private func play(
    _ script: String, in scenario: Name, faults: [Plan.Entry] = [], isSecure: Bool = false
  ) async throws -> (record: RunRecord, said: String) {
    let folder = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let said = "\(folder)-said"
    defer { try? FileManager.default.removeItem(atPath: said) }
    let command = AgentCommandLine(
      ["/bin/sh", "-c", "exec \(Self.python) \(Self.root)/fixtures/\(script) >>\(said) 2>&1"])
    let outcome = try await Bench.trial(
      command, in: scenario, faults: faults, folder: folder, timeout: .seconds(120), isSecure: isSecure)
    return (outcome.record, (try? String(contentsOfFile: said, encoding: .utf8)) ?? "")
  }

  @Test(.enabled(if: hasClients, "needs stripe, boto3 and zenpy: run Scripts/venv, then the tests again"))
  func theLibrariesAreContent() async throws {
    let (_, said) = try await play("clients/vendor_sdks.py", in: "happy-path")
    #expect(said == "stripe\nboto3\nzendesk\n")
  }

  @Test(.enabled(if: hasClients, "needs stripe, boto3 and zenpy: run Scripts/venv, then the tests again"))
  func theScriptOnVendorsLibrariesGetsThroughWithoutFaults() async throws {
    let (record, said) = try await play("agents/vendor_sdks.py", in: "happy-path")
    #expect(record.verdict.outcome == .completed, "\(said)")
    #expect(record.verdict.violations.filter { !$0.isAdvice }.isEmpty, "\(record.verdict.violations.map(\.oracle))")
  }

  /// Every attempt of the library's is lost; the script begins anew, with a new token.
  @Test(.enabled(if: hasClients, "needs stripe, boto3 and zenpy: run Scripts/venv, then the tests again"))
  func theScriptLaunchesTwiceWhereTheAnswerIsLost() async throws {
    let (record, said) = try await play(
      "agents/vendor_sdks.py", in: "happy-path",
      faults: [Bench.fault("cloud.create_cluster", "response-lost", .answer)])
    #expect(record.verdict.violations.contains { $0.oracle == "duplicate-resource" }, "\(said)")
  }

  /// Each finds the certificate by its own variable; Stripe's, which has none, is told in the script.
  @Test(.enabled(if: hasClients, "needs stripe, boto3 and zenpy: run Scripts/venv, then the tests again"))
  func theLibrariesAreContentOverHTTPS() async throws {
    let (_, said) = try await play("clients/https.py", in: "happy-path", isSecure: true)
    #expect(said == "urllib\nrequests\nzenpy\nboto3\nstripe\nhttpx\ncurl\nnode\n")
  }

  @Test(.enabled(if: hasClients, "needs stripe, boto3 and zenpy: run Scripts/venv, then the tests again"))
  func theScriptGetsThroughWithZendeskOverHTTPS() async throws {
    let (record, said) = try await play("agents/vendor_sdks.py", in: "happy-path", isSecure: true)
    #expect(record.verdict.outcome == .completed, "\(said)")
    #expect(record.verdict.violations.filter { !$0.isAdvice }.isEmpty, "\(record.verdict.violations.map(\.oracle))")
  }

  /// How many attempts each logical call of an operation had, in their order.
  private func attempts(of operation: Name, in record: RunRecord) -> [Int] {
    var attempts: [UInt16: Int] = [:]
    for entry in record.trace.entries {
      guard case .sent(let wire, let request, _, _) = entry.event, request.operation == operation else { continue }
      attempts[wire.call.number, default: 0] += 1
    }
    return attempts.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The libraries' own retries are the same logical call: boto3 says so by `amz-sdk-invocation-id`, Stripe's by the
  /// key that it makes up. What the script asks after that is another one.
  @Test(
    .enabled(if: hasClients, "needs stripe, boto3 and zenpy: run Scripts/venv, then the tests again"),
    // boto3's `max_attempts` counts what comes after the first, and so does Stripe's `max_network_retries`.
    arguments: [("cloud.create_cluster", 4), ("cloud.create_network", 4), ("billing.create_customer", 3)]
      as [(Name, Int)])
  func aLibrarysRetriesAreOneCall(point: Name, count: Int) async throws {
    let lost = Bench.fault(point, "response-lost", .answer)
    let (record, said) = try await play("agents/vendor_sdks.py", in: "happy-path", faults: [lost])
    #expect(attempts(of: point, in: record).first == count, "\(said)")
    #expect(attempts(of: point, in: record).dropFirst().allSatisfy { $0 == 1 }, "\(said)")
  }

  /// One error after the commit is healed by boto3 before the script knows of it, where EC2 takes a token.
  @Test(.enabled(if: hasClients, "needs stripe, boto3 and zenpy: run Scripts/venv, then the tests again"))
  func aSecondAttemptHealsWhereThereIsAToken() async throws {
    for (point, oracles) in [("cloud.create_cluster", []), ("cloud.create_network", ["duplicate-resource"])]
      as [(Name, Set<Name>)]
    {
      let error = Bench.fault(point, "error-after-commit", .answer)
      let (record, said) = try await play("agents/vendor_sdks.py", in: "happy-path", faults: [error])
      #expect(attempts(of: point, in: record) == [2], "\(said)")
      #expect(said.isEmpty)
      #expect(Set(record.verdict.violations.filter { !$0.isAdvice }.map(\.oracle)) == oracles)
    }
  }
}
