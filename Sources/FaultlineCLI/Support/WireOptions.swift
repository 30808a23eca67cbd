// What the doors say and how: the agent's model, and the form of MCP's answers.

import ArgumentParser
import Faultline
import Gateway

/// Options that every command with doors has.
struct WireOptions: ParsableArguments {
  @Option(
    help: """
      The answers of a model, as a script or a cassette; the agent finds it at $OPENAI_BASE_URL and \
      $ANTHROPIC_BASE_URL, below the world's URL at /model.
      """, completion: .file())
  var modelScript: String?

  @Flag(help: "Tell MCP clients of a lost answer by 503 with a JSON-RPC error, which they survive.")
  var survivableLoss = false

  @Flag(
    help: """
      Answer MCP calls with server-sent events where the client takes them: lost answers then break the stream between \
      two events, truncated ones inside one.
      """)
  var mcpStream = false

  /// These options as they are typed.
  var words: [String] {
    var words: [String] = []
    if let modelScript { words += ["--model-script", modelScript] }
    if survivableLoss { words.append("--survivable-loss") }
    if mcpStream { words.append("--mcp-stream") }
    return words
  }

  /// A place for worlds with these doors.
  ///
  /// - Throws: every mistake of the script.
  func host() throws -> WorldHost {
    try WorldHost(
      survivableLoss: survivableLoss, streams: mcpStream, model: modelScript.map { try ModelScript.read(path: $0) })
  }
}
