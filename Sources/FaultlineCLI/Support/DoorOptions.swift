// How worlds are served: addresses, tokens, and what the doors do.

import ArgumentParser
import Faultline
import Foundation
import Gateway
import Primitives

/// Options for the doors of `serve`.
struct DoorOptions: ParsableArguments {
  @Option(help: "The address to listen on; another one than this machine's own needs --token.")
  var listen: String = "127.0.0.1:0"

  @Option(help: "The port for --tls, at the same host; any that is free without it.")
  var tlsPort: Int = 0

  @Option(help: "What a client has to send as X-Faultline-Token.")
  var token: String?

  @Option(
    help: """
      An address for control: create runs, advance their clocks, read timelines and verdicts. The agent must have \
      neither this address nor its token.
      """)
  var control: String?

  @Option(
    help: """
      The file with control's token. Without it the token is $FAULTLINE_CONTROL_TOKEN, or else a new one, which is \
      printed once.
      """, completion: .file())
  var controlTokenFile: String?

  @Option(help: "How many runs control keeps at once.")
  var maxRuns: Int = 10_000

  @Option(help: "How many connections are open at once; more wait.")
  var maxConnections: Int = 1_024

  @Option(help: "How the world's time goes by: real, scaled:N or virtual.")
  var clock: ClockMode = .real

  @Option(
    help: """
      How an answer is lost at the socket: close it, close it after the answer's head, or hold it open until the \
      caller gives up.
      """)
  var loss: LossForm = .close

  @OptionGroup var wire: WireOptions

  @Option(help: "Requests that come within so many milliseconds of each other count as sent together; 0 for none.")
  var quiet: Int = 20

  @Option(help: "Who is first among them: canonical (by what they ask for), or chosen (by the run's plan).")
  var order: ArrivalOrder = .canonical

  func validate() throws {
    guard (0...10_000).contains(quiet) else { throw ValidationError("--quiet takes 0 to 10000 milliseconds") }
    guard (1...1_000_000).contains(maxRuns) else { throw ValidationError("--max-runs takes 1 to 1000000") }
    guard (1...65_535).contains(maxConnections) else { throw ValidationError("--max-connections takes 1 to 65535") }
    guard (0...65_535).contains(tlsPort) else { throw ValidationError("--tls-port takes 1 to 65535") }
    guard wire.tls || tlsPort == 0 else { throw ValidationError("--tls-port needs --tls") }
    guard control != nil || controlTokenFile == nil else {
      throw ValidationError("--control-token-file needs --control")
    }
  }

  /// What a run has beside its seed and plan.
  var session: Session.Settings {
    var settings = Session.Settings()
    settings.clock = clock
    settings.loss = loss
    settings.quiet = .milliseconds(quiet)
    settings.order = order
    return settings
  }

  func agents() throws -> GatewayServer.Settings {
    var settings = try Self.address(listen, option: "--listen")
    settings.token = token
    settings.connectionLimit = maxConnections
    guard settings.isLoopback || token != nil else {
      throw Refusal.badInput(
        "\(settings.host) can be reached from other machines", remedy: "add --token SECRET, or listen on 127.0.0.1")
    }
    return settings
  }

  /// Control's address and token, and whether the token was made up; nil where no control is asked for.
  func controllers() throws -> (settings: GatewayServer.Settings, isNew: Bool)? {
    guard let control else { return nil }
    var settings = try Self.address(control, option: "--control")
    settings.takesBearer = true
    if let controlTokenFile {
      settings.token = try Files.read(controlTokenFile).trimmingCharacters(in: .whitespacesAndNewlines)
    } else {
      settings.token = ProcessInfo.processInfo.environment["FAULTLINE_CONTROL_TOKEN"]
    }
    guard let given = settings.token else {
      settings.token = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
      return (settings, true)
    }
    guard given.utf8.count >= 8, given != token else {
      throw Refusal.badInput(
        given == token ? "control has the agent's token" : "control's token has fewer than 8 characters",
        remedy: "leave it out, and one is made and printed")
    }
    return (settings, false)
  }

  private static func address(_ text: String, option: String) throws -> GatewayServer.Settings {
    var settings = GatewayServer.Settings()
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon > text.startIndex
    else { throw Refusal.badInput("\(option) '\(text)' is no address", remedy: "give HOST:PORT, such as 127.0.0.1:8080") }
    settings.host = text[..<colon].trimmingCharacters(in: ["[", "]"])
    settings.port = port
    return settings
  }
}

extension ArrivalOrder: ExpressibleByArgument {}
