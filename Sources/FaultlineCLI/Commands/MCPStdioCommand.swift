// `faultline mcp-stdio`: a served world for MCP clients that start their servers themselves.

import ArgumentParser
import Foundation
import Gateway

struct MCPStdioCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mcp-stdio",
    abstract: "Speak MCP over standard input and output for a world that is served elsewhere.",
    discussion: """
      A client that starts MCP servers by a command starts this one. Nothing is kept here: some clients start a new \
      server for every call, so the world is in 'faultline serve', or in 'faultline run … -- COMMAND', which sets \
      FAULTLINE_MCP_URL.

      Examples:
        faultline serve scenarios/happy-path.yaml --listen 127.0.0.1:8080
        faultline mcp-stdio --url http://127.0.0.1:8080/mcp
      """)

  @Option(help: "The MCP endpoint of a served world; without it, $FAULTLINE_MCP_URL.")
  var url: String?

  @Option(help: "What the server asks for as X-Faultline-Token; without it, $FAULTLINE_TOKEN.")
  var token: String?

  @Option(help: "What the client sees of a lost answer: exit (the server is gone), or silent (nothing, for good).")
  var loss: StdioBridge.Loss = .exit

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let text = url ?? environment["FAULTLINE_MCP_URL"] else {
      throw Refusal.badInput(
        "no world is named", remedy: "add --url http://127.0.0.1:PORT/mcp, as 'faultline serve' prints it")
    }
    guard let url = ServiceURL(text) else {
      throw Refusal.badInput("'\(text)' is no address of a served world", remedy: "give http://HOST:PORT/mcp")
    }
    let (lines, input) = AsyncStream.makeStream(of: String.self)
    // Reading blocks, so it has a thread of its own; it ends with the process.
    Thread.detachNewThread {
      while let line = readLine() { input.yield(line) }
      input.finish()
    }
    let bridge = StdioBridge(url, token: token ?? environment["FAULTLINE_TOKEN"], loss: loss) { bytes in
      FileHandle.standardOutput.write(Data(bytes))
    }
    if await bridge.run(lines) == .lost { throw ExitCode(.notAsExpected) }
  }
}

extension StdioBridge.Loss: ExpressibleByArgument {}
