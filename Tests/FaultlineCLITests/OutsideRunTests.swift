// Processes as agents, as a user plays them: what is kept of a failure, and how it is seen again.

import Foundation
import Testing

/// Whether there is any Python; these tests need no library.
private let hasPython = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }

@Suite(.enabled(if: hasPython, "python3 is missing")) struct OutsideRunTests {
  private static let scenario = "scenarios/first.yaml"

  /// A workshop with a script that calls operations of the cloud with what it is given, and then ends so.
  private func workshop(_ body: String) throws -> Workshop {
    let workshop = try Workshop()
    try workshop.run("init")
    try workshop.write(
      """
      import json, os, sys, urllib.error, urllib.request
      def call(operation, **arguments):
          request = urllib.request.Request(os.environ["FAULTLINE_URL"] + "/v1/cloud/" + operation,
              json.dumps(arguments).encode(), {"content-type": "application/json"})
          try: return json.loads(urllib.request.urlopen(request).read())
          except urllib.error.HTTPError as error: return {"status": error.code}
      network = dict(name="acme-net", region="eu-central-1", customer="acme")

      """ + body, to: "agent.py")
    return workshop
  }

  /// The file that a line of the output names behind a command.
  private func file(after command: String, in outcome: Workshop.Outcome) throws -> String {
    let line = try #require(outcome.output.split(separator: "\n").first { $0.contains(command) }, "\(outcome)")
    return try #require(line.split(separator: " ").first { $0.hasSuffix(".yaml") }.map(String.init), "\(line)")
  }

  @Test func aFailureIsKeptAndItsRequestsPlayAgain() throws {
    let workshop = try workshop("call('create_network', **network)\ncall('create_network', **network)\n")
    let failed = try workshop.run("run", Self.scenario, "--clock", "virtual", "--quiet", "0", "--", "python3", "agent.py")
    #expect(failed.status == 1, "\(failed)")
    let file = try file(after: "faultline replay", in: failed)
    #expect(failed.output.contains("faultline run \(file) --clock virtual --quiet 0 -- python3 agent.py"), "\(failed)")
    #expect(failed.output.contains("stdout, stderr and state of the process are in .faultline/trials/"), "\(failed)")

    let again = try workshop.run("replay", file)
    #expect(again.status == 1, "\(again)")
    #expect(again.complaint.contains("same hash as the saved run"), "\(again)")
    #expect(!again.complaint.contains("does not fit"))

    let told = try workshop.run("report", file, "--format", "json")
    #expect(told.status == 0 && told.output.contains(#""verdict":"fail""#), "\(told)")
    let refused = try workshop.run("shrink", file)
    #expect(refused.status == 2 && refused.complaint.contains("the agent of this run was a process"), "\(refused)")
  }

  @Test func theRequestThatFaresOtherwiseIsNamed() throws {
    let workshop = try workshop("call('create_network', **network)\ncall('create_network', **network)\n")
    let failed = try workshop.run("run", Self.scenario, "--clock", "virtual", "--", "python3", "agent.py")
    let file = try file(after: "faultline replay", in: failed)
    let plan = "plan:\n  - at: {point: cloud.create_network, call: 2, aspect: answer}\n    choose: response-lost\n"
    let text = try workshop.read(file)
    let start = try #require(text.range(of: "plan:")?.lowerBound)
    let end = try #require(text.range(of: "verdict:")?.lowerBound)
    try workshop.write(text.replacingCharacters(in: start..<end, with: plan), to: file)
    let again = try workshop.run("replay", file)
    #expect(
      again.complaint.contains(
        "the recording does not fit any more: request 2, cloud.create_network, got 200 in the recording and gets no "
          + "answer now"), "\(again)")
  }

  @Test func aPassIsKeptOnlyWhereSomebodyAsks() throws {
    let workshop = try workshop("sys.exit(3)\n")
    let fault = "faults:\n  - {at: cloud.create_cluster, call: 1, inject: response-lost}\n"
    try workshop.write(workshop.read(Self.scenario).replacingOccurrences(of: fault, with: ""), to: "scenarios/quiet.yaml")
    #expect(try workshop.run("run", "scenarios/quiet.yaml", "--", "python3", "agent.py").status == 0)
    #expect(workshop.files(in: ".faultline/failures").isEmpty)
    #expect(try workshop.run("run", "scenarios/quiet.yaml", "--save", "kept", "--", "python3", "agent.py").status == 0)
    let kept = workshop.files(in: "kept")
    #expect(kept.count == 1)
    #expect(try workshop.run("replay", "kept/\(kept[0])").complaint.contains("same hash"))
  }

  /// A service's commands are shown again as they can be pasted.
  @Test func aServiceIsPlayedByItsCommands() throws {
    let workshop = try workshop("call('create_network', **network)\ncall('create_network', **network)\n")
    let options = ["--clock", "virtual", "--start-command", "exec python3 agent.py", "--kill-command", "echo $FAULTLINE_START"]
    let failed = try workshop.run(all: ["run", Self.scenario] + options)
    #expect(failed.status == 1 && failed.output.contains("duplicate-resource"), "\(failed)")
    let file = try file(after: "faultline replay", in: failed)
    let again = "faultline run \(file) --clock virtual --start-command 'exec python3 agent.py' --kill-command"
    #expect(failed.output.contains("\(again) 'echo $FAULTLINE_START'"), "\(failed)")
    #expect(try workshop.run("replay", file).complaint.contains("same hash as the saved run"))
  }

  @Test func pointsAtWhichNobodyCanKillAreLeftOut() throws {
    let workshop = try workshop(
      """
      import http.server, threading
      class Service(http.server.BaseHTTPRequestHandler):
          def do_POST(self):
              told = json.loads(self.rfile.read(int(self.headers["content-length"])))
              os.environ.update(told["environment"])
              call('describe_networks')
              self.send_response(500)
              self.send_header("content-length", "0")
              self.end_headers()
      server = http.server.HTTPServer(("127.0.0.1", 0), Service)
      threading.Thread(target=server.serve_forever).start()
      words = [word.replace("PORT", str(server.server_address[1])) for word in sys.argv[1:]]
      import subprocess
      status = subprocess.run(words).returncode
      server.shutdown()
      sys.exit(status)

      """)
    // The service that is up plays the command, which is no part of this test's own.
    let service = Process()
    service.executableURL = URL(filePath: "/usr/bin/env")
    service.arguments = [
      "python3", "agent.py", try Workshop.command.path, "explore", Self.scenario, "--trigger",
      "http://127.0.0.1:PORT/work", "--format", "json", "--output", "points.json",
    ]
    service.currentDirectoryURL = workshop.folder
    service.standardError = FileHandle.nullDevice
    try service.run()
    service.waitUntilExit()
    #expect(service.terminationStatus == 0)
    let points = try workshop.read("points.json")
    #expect(points.contains(#""clean":"pass""#) && !points.contains("crash"), "\(points)")
    let count = try #require(points.firstMatch(of: /"deaths_left_out":(\d+)/)?.1)
    #expect(Int(count) ?? 0 >= 3)
  }
}
