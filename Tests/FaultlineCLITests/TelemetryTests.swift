// `--otlp` and `--otlp-logs`: what lands in which file, what is refused, and that OpenTelemetry's own definitions read it.

import Foundation
import Testing

@Suite struct TelemetryTests {
  private static let first = "scenarios/first.yaml"

  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    try #require(try workshop.run("init").status == 0)
    return workshop
  }

  private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  @Test func severalRunsAddTheirLinesInOrder() throws {
    let workshop = try workshop()
    let outcome = try workshop.run(
      "run", Self.first, "--agent", "reference", "--runs", "5", "--max-faults", "2", "--jobs", "2", "--format", "json",
      "--otlp", "out/traces.jsonl", "--otlp-logs", "out/logs.jsonl")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.complaint.contains("wrote out/traces.jsonl, 5 runs"))
    let hashes = lines(outcome.output).map { $0.firstMatch(of: #/"trace_hash":"([0-9a-f]+)"/#)?.output.1 }
    #expect(hashes.count == 5)
    for (line, hash) in zip(lines(try workshop.read("out/traces.jsonl")), hashes) {
      let hash = try #require(hash)
      #expect(line.hasPrefix("{\"resourceSpans\":["))
      #expect(line.contains("{\"key\":\"faultline.trace_hash\",\"value\":{\"stringValue\":\"\(hash)\"}}"))
    }
    #expect(lines(try workshop.read("out/logs.jsonl")).count == 5)
  }

  @Test func aReplayWritesTheSameBytesAsTheRun() throws {
    let workshop = try workshop()
    try workshop.run("run", Self.first, "--agent", "naive", "--otlp", "run.jsonl", "--otlp-logs", "run-logs.jsonl")
    let saved = try #require(workshop.files(in: ".faultline/failures").first)
    let replay = try workshop.run(
      "replay", ".faultline/failures/\(saved)", "--otlp", "replay.jsonl", "--otlp-logs", "replay-logs.jsonl")
    #expect(replay.status == 1, "\(replay)")
    #expect(try workshop.read("run.jsonl") == workshop.read("replay.jsonl"))
    #expect(try workshop.read("run-logs.jsonl") == workshop.read("replay-logs.jsonl"))
  }

  @Test func aFileOfOursIsReplacedAndNoOther() throws {
    let workshop = try workshop()
    for _ in 0..<2 {
      let outcome = try workshop.run("run", Self.first, "--agent", "reference", "--otlp", "traces.jsonl")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(lines(try workshop.read("traces.jsonl")).count == 1)
    }
    try workshop.write("{\"resourceSpans\":[]}\n", to: "theirs.jsonl")
    let refusal = try workshop.run("run", Self.first, "--agent", "reference", "--otlp", "theirs.jsonl")
    #expect(refusal.status == 2, "\(refusal)")
    #expect(refusal.complaint.contains("'theirs.jsonl' exists and was not written by faultline"))
    #expect(refusal.output.isEmpty, "nothing was run")
    #expect(try workshop.read("theirs.jsonl") == "{\"resourceSpans\":[]}\n")
  }

  @Test func oneFileForBothKindsIsRefused() throws {
    let refusal = try workshop().run(
      "run", Self.first, "--agent", "reference", "--otlp", "same.jsonl", "--otlp-logs", "same.jsonl")
    #expect(refusal.status == 2, "\(refusal)")
    #expect(refusal.complaint.contains("name two files"))
  }

  // MARK: With OpenTelemetry's definitions

  private func parse(_ files: [String], in workshop: Workshop) throws -> (status: Int32, said: String) {
    try Python.run(["\(Python.root)/Scripts/parse-otlp"] + files, in: workshop.folder)
  }

  @Test(.enabled(if: Python.isThere, "needs opentelemetry-proto: run Scripts/venv, then the tests again"))
  func theOfficialDefinitionsReadEveryLine() throws {
    let workshop = try workshop()
    try workshop.run(
      "run", Self.first, "--agent", "reference", "--runs", "20", "--max-faults", "3", "--format", "json",
      "--otlp", "traces.jsonl", "--otlp-logs", "logs.jsonl")
    let (status, said) = try parse(["traces.jsonl", "logs.jsonl"], in: workshop)
    #expect(status == 0, "\(said)")
    #expect(said.contains("20 runs with") && said.contains("spans, read by opentelemetry-proto"))

    // The control: the reader does notice what is wrong.
    let good = try workshop.read("traces.jsonl")
    for (broken, complaint) in [
      (good.replacing("\"startTimeUnixNano\":\"", with: "\"startTimeUnixNano\":\"x"), "not a decimal string"),
      (good.replacing("\"kind\":1", with: "\"sort\":1"), "no field named \"sort\""),
      (good.replacing("\"parentSpanId\":\"", with: "\"parentSpanId\":\"0"), "parentSpanId is '0"),
    ] {
      try workshop.write(broken, to: "broken.jsonl")
      let (status, said) = try parse(["broken.jsonl"], in: workshop)
      #expect(status == 1 && said.contains(complaint), "\(said)")
    }
  }
}
