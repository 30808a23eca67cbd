// The checks of `faultline doctor`.

import Foundation
import Gateway

/// Looks at this machine.
enum Health {
  // MARK: The machine

  static func port(_ address: String) async throws -> HealthFinding {
    guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]),
      (0...65_535).contains(port), colon > address.startIndex
    else { throw Refusal.badInput("--listen '\(address)' is no address", remedy: "give HOST:PORT, such as 127.0.0.1:8080") }
    let host = address[..<colon].trimmingCharacters(in: ["[", "]"])
    guard let complaint = await PortCheck.complaint(host: host, port: port) else {
      return HealthFinding(.good, "port \(address)", port == 0 ? "one can be had" : "free")
    }
    return HealthFinding(
      .broken, "port \(address)", complaint, remedy: "end what listens there, or choose another --listen (0 for any)")
  }

  /// Runs are durable before they start, so there has to be a place for them.
  static func folder() -> HealthFinding {
    let probe = "\(Files.state)/doctor-\(ProcessInfo.processInfo.processIdentifier)"
    let wasThere = Files.exists(Files.state)
    defer { try? FileManager.default.removeItem(atPath: wasThere ? probe : Files.state) }
    do {
      try Files.write("", to: probe)
      return HealthFinding(.good, "folder \(Files.state)", "can be written")
    } catch {
      return HealthFinding(
        .broken, "folder \(Files.state)", "can't be written", remedy: "work in a folder that you may write in")
    }
  }

  /// A killed agent must not leave children behind, and those are found in /proc.
  static func processes() -> HealthFinding {
    #if os(Linux)
      let isReadable = FileManager.default.contents(atPath: "/proc/self/environ") != nil
      return isReadable
        ? HealthFinding(.good, "process trees", "/proc shows who belongs to an agent")
        : HealthFinding(
          .missing, "process trees", "/proc can't be read: an agent's children may survive it",
          remedy: "mount /proc, or start agents that have no children")
    #else
      return HealthFinding(
        .missing, "process trees", "only the process group of an agent is known here",
        remedy: "run agents that begin sessions of their own on Linux")
    #endif
  }

  // MARK: Keys

  static func keys() -> [HealthFinding] {
    let live = AgentCommandLine.liveKeys()
    guard !live.isEmpty else { return [HealthFinding(.good, "live keys", "none in the environment")] }
    return live.map { name in
      HealthFinding(
        .missing, "live key \(name)", "a key to a real account, or the choice of one",
        remedy: "leave it out of --pass-env; no agent is given it otherwise, and 'unset \(name)' is safer still")
    }
  }

  // MARK: Python

  /// What is needed for which kind of agent.
  private static let packages: [(name: String, purpose: String)] = [
    ("mcp", "agents that are MCP clients"), ("openai", "agents on OpenAI's library"),
    ("anthropic", "agents on Anthropic's library"), ("langgraph", "agents on LangGraph"),
    ("stripe", "agents on Stripe's library"), ("boto3", "agents on AWS's library"),
    ("schemathesis", "Scripts/check-openapi"),
  ]

  /// - Parameter given: An interpreter; nil for those of the environments that `Scripts/venv` makes, which hold the
  ///   clients and the agents apart, or for the one on the path where there are none.
  static func python(_ given: String?) -> [HealthFinding] {
    let made = [".venv/bin/python", ".venv-agents/bin/python"].filter(Files.exists)
    let paths = given.map { [$0] } ?? (made.isEmpty ? ["python3"] : made)
    let script = """
      import importlib.metadata as m, sys
      print("%d.%d.%d" % sys.version_info[:3])
      for name in sys.argv[1:]:
          try: print(m.version(name))
          except m.PackageNotFoundError: print("-")
      """
    var findings: [HealthFinding] = []
    var versions: [String: String] = [:]
    var hasAnswered = false
    for path in paths {
      guard let lines = output(of: path, ["-c", script] + packages.map(\.name)), lines.count > packages.count else {
        findings.append(
          HealthFinding(
            .missing, "python", "\(path) does not run",
            remedy: "install Python 3.10 or newer; only agents in Python need it"))
        continue
      }
      hasAnswered = true
      let version = lines[0].split(separator: ".").compactMap { Int($0) }
      let isNew = version.count == 3 && (version[0], version[1]) >= (3, 10)
      findings.append(
        HealthFinding(
          isNew ? .good : .missing, "python", "\(lines[0]) (\(path))",
          remedy: isNew ? nil : "use Python 3.10 or newer for the libraries below"))
      for (package, found) in zip(packages, lines.dropFirst()) where found != "-" && versions[package.name] == nil {
        versions[package.name] = paths.count > 1 ? "\(found) (\(path))" : found
      }
    }
    guard hasAnswered else { return findings }
    return findings
      + packages.map { package in
        versions[package.name].map { HealthFinding(.good, "python: \(package.name)", $0) }
          ?? HealthFinding(
            .missing, "python: \(package.name)", "not installed",
            remedy: "\(paths[0]) -m pip install \(package.name), for \(package.purpose)")
      }
  }

  /// The lines that a command prints; nil where it does not run or fails.
  private static func output(of command: String, _ arguments: [String]) -> [String]? {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? text.split(separator: "\n").map(String.init) : nil
  }
}
