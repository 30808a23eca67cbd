// What a process of the agent is given by its options, or else by the environment that a supervisor made for it.

import Foundation
import OpsAgentProcess
import OpsAgentSQLite
import Operations
import Primitives

/// Where a process of the agent finds its run, its store and its systems.
struct Surroundings {
  let url: URL
  let token: String?
  let input: Fields
  let run: Name
  let replica: Int
  let hasPredecessor: Bool
  let resumptions: Int
  private let store: String

  /// - Throws: a refusal that names the option and the variable.
  init(_ command: AgentCommand, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    guard let address = command.url ?? environment["FAULTLINE_URL"] else {
      throw Refusal.badInput(
        "nobody says where the systems are", remedy: "add --url http://HOST:PORT, or set FAULTLINE_URL")
    }
    guard let url = URL(string: address), ["http", "https"].contains(url.scheme), url.host != nil else {
      throw Refusal.badInput("'\(address)' is no address", remedy: "give http://HOST:PORT or https://HOST")
    }
    self.url = url
    token = command.token ?? environment["FAULTLINE_TOKEN"]
    input = try Self.input(command.input, environment["FAULTLINE_INPUT"])
    run = Name(command.run ?? "\(command.workflow):\(input.text("customer") ?? "run")")
    replica = command.replica ?? environment["FAULTLINE_REPLICA"].flatMap { Int($0) } ?? 0
    hasPredecessor = command.restarted || environment["FAULTLINE_START"].flatMap { Int($0) } ?? 1 > 1
    resumptions = environment["FAULTLINE_RESUMPTIONS"].flatMap { Int($0) } ?? 0
    guard let store = command.store?.path ?? environment["FAULTLINE_STATE_DIR"].map({ "\($0)/journal.sqlite" }) else {
      throw Refusal.badInput(
        "nobody says where the journal is kept", remedy: "add --store sqlite:FILE, or set FAULTLINE_STATE_DIR")
    }
    self.store = store
  }

  private static func input(_ option: String?, _ variable: String?) throws -> Fields {
    let (text, place): (String, String)
    switch (option, variable) {
    case ("-"?, _):
      (text, place) = (String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self), "standard input")
    case (let file?, _): (text, place) = (try Files.read(file), file)
    case (nil, let variable?): (text, place) = (variable, "FAULTLINE_INPUT")
    case (nil, nil):
      throw Refusal.badInput(
        "nobody says what the run is about",
        remedy: #"add --input FILE with an object such as {"customer": "acme", "plan": "pro"}, or set FAULTLINE_INPUT"#)
    }
    do {
      return try JSONDecoder().decode(Fields.self, from: Data(text.utf8))
    } catch {
      throw Refusal.badInput(
        "\(place) holds no JSON object", remedy: #"give an object such as {"customer": "acme", "plan": "pro"}"#)
    }
  }

  /// Opens the store, and makes it where there is none.
  func openStore() throws -> SQLiteStore {
    do {
      return try SQLiteStore(path: store, patience: .seconds(5))
    } catch {
      throw Refusal.badInput("the store \(error)", remedy: "name another file with --store sqlite:FILE")
    }
  }
}
