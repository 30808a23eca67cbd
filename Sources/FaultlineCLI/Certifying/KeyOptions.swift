// Where keys are kept: with the operator, never in the repository that is being judged.

import ArgumentParser
import Certification
import Foundation

/// Options for the folder of keys.
struct KeyOptions: ParsableArguments {
  @Option(
    help: """
      The folder of keys; $FAULTLINE_KEYS or ~/.config/faultline/keys unless given. Never one inside the repository \
      that you are in.
      """)
  var keys: String?

  /// - Throws: a refusal where the folder lies in the repository under test: who can change the code could then change
  ///   who is trusted.
  func ring() throws -> KeyRing {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(NSHomeDirectory())/.config"
    let folder = keys ?? environment["FAULTLINE_KEYS"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/faultline/keys"
    let path = URL(fileURLWithPath: folder).standardizedFileURL.resolvingSymlinksInPath().path
    if let root = Self.repository, path == root || path.hasPrefix(root + "/") {
      throw Refusal.badInput(
        "the keys in '\(folder)' lie in the repository \(root)",
        remedy:
          "whoever changes the code could change who is trusted; keep them elsewhere and give --keys or $FAULTLINE_KEYS"
      )
    }
    return KeyRing(folder)
  }

  /// The repository around the current folder; nil where there is none.
  private static var repository: String? {
    var folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).standardizedFileURL
      .resolvingSymlinksInPath()
    while folder.path != "/" {
      if FileManager.default.fileExists(atPath: folder.appending(path: ".git").path) { return folder.path }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }
}

/// `faultline keys`
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make, list and revoke the keys that sign certificates.",
    discussion: """
      A key is made where certificates are signed; its public half, NAME.pub.json, goes to every folder of keys that \
      trusts it. Both live outside the repository that is judged.

      Examples:
        faultline keys new release
        faultline keys list
        faultline keys revoke release --reason "the laptop was stolen"
      """,
    subcommands: [New.self, List.self, Revoke.self])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make an Ed25519 key and trust it here.")
    @Argument(help: "What certificates and people call it.")
    var name: String
    @OptionGroup var options: KeyOptions

    func run() throws {
      let ring = try options.ring()
      let key = try Certifying.explained { try ring.make(name) }
      Console.write(
        "\(key.name)   ed25519   \(key.keyid)\nprivate \(ring.folder)/\(name).key.json   (you alone can read it)\n"
          + "public  \(ring.folder)/\(name).pub.json   (copy it to whoever has to trust it)")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the keys that are trusted, and those that are revoked.")
    @OptionGroup var options: KeyOptions

    func run() throws {
      let ring = try options.ring()
      let keys = try Certifying.explained { try ring.keys() }
      guard !keys.isEmpty else {
        return Console.write("There is no key in \(ring.folder). 'faultline keys new NAME' makes one.")
      }
      for key in keys {
        let state = key.revoked.map { "revoked \($0.at): \($0.reason)" } ?? "trusted"
        Console.write("\(key.name)   \(key.keyid.prefix(16))   \(state)")
      }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Trust a key no longer; certificates that it signed do not pass the gate any more.")
    @Argument(help: "The key's name.")
    var name: String
    @Option(help: "Why, for whoever wonders.")
    var reason: String
    @OptionGroup var options: KeyOptions

    func run() throws {
      let ring = try options.ring()
      let key = try Certifying.explained { try ring.revoke(name, at: "\(Certifying.now)", reason: reason) }
      Console.write("\(key.name)   \(key.keyid.prefix(16))   revoked: \(reason)")
    }
  }
}
