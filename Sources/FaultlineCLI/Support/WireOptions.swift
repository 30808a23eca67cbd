// What the doors say and how: the agent's model, and the form of MCP's answers.

import ArgumentParser
import Faultline
import Foundation
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

  @Flag(
    help: """
      Serve over HTTPS, too, for libraries that insist on it, with a certificate made for this run. The agent finds \
      the address in $FAULTLINE_HTTPS_URL and what to trust where its libraries look, such as $SSL_CERT_FILE.
      """)
  var tls = false

  /// These options as they are typed.
  var words: [String] {
    var words: [String] = []
    if let modelScript { words += ["--model-script", modelScript] }
    if survivableLoss { words.append("--survivable-loss") }
    if mcpStream { words.append("--mcp-stream") }
    if tls { words.append("--tls") }
    return words
  }

  /// A certificate for the door over HTTPS, and the file that says to trust it; nil where there is no such door.
  ///
  /// - Parameters:
  ///   - hosts: the server's names beside this machine's own.
  ///   - folder: where the file goes.
  func certificate(for hosts: [String] = [], in folder: String) throws -> (ThrowawayCertificate, trustFile: String)? {
    guard tls else { return nil }
    let certificate = try ThrowawayCertificate(for: hosts)
    let path = "\(folder)/trust.pem"
    try Files.write(SecureDoor.trusted(with: certificate), to: path)
    return (certificate, URL(fileURLWithPath: path).path)
  }

  /// A place for worlds with these doors.
  ///
  /// - Throws: every mistake of the script.
  func host() throws -> WorldHost {
    try WorldHost(
      survivableLoss: survivableLoss, streams: mcpStream, model: modelScript.map { try ModelScript.read(path: $0) })
  }
}
