// Keys of providers come from the environment and go nowhere else.

/// A credential, and the rule that it is never printed.
public struct Secret: Sendable {
  let text: String

  public init(_ text: String) { self.text = text }

  /// The text without the secret, whole or as a part that a provider quotes back.
  public func scrubbed(_ text: String) -> String {
    guard self.text.count >= 4 else { return text }
    var clean = text.replacing(self.text, with: "[key]")
    // Providers like to quote the first or the last letters of a wrong key.
    let length = min(8, self.text.count / 2)
    if length >= 4 {
      clean = clean.replacing(self.text.prefix(length), with: "[key]").replacing(
        self.text.suffix(length), with: "[key]")
    }
    return clean
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "[key]" }
  public var debugDescription: String { "[key]" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
