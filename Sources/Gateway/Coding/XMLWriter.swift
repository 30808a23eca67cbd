// XML as AWS's Query APIs answer: elements with text, no attributes but the root's namespace.

/// An element of a document.
struct XML: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    case text(String)
    case elements([XML])
  }

  var name: String
  var content: Content
  var namespace: String?

  init(_ name: String, _ text: String) {
    self.name = name
    content = .text(text)
  }

  init(_ name: String, namespace: String? = nil, _ elements: [XML]) {
    self.name = name
    content = .elements(elements)
    self.namespace = namespace
  }

  /// The document with its declaration.
  var bytes: [UInt8] {
    var bytes = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)
    bytes.append(UInt8(ascii: "\n"))
    write(into: &bytes)
    return bytes
  }

  private func write(into bytes: inout [UInt8]) {
    bytes += "<\(name)".utf8
    if let namespace {
      bytes += " xmlns=\"".utf8
      Self.escape(namespace, into: &bytes)
      bytes += "\"".utf8
    }
    bytes += ">".utf8
    switch content {
    case .text(let text): Self.escape(text, into: &bytes)
    case .elements(let elements): for element in elements { element.write(into: &bytes) }
    }
    bytes += "</\(name)>".utf8
  }

  /// Characters that XML 1.0 has no way to write become U+FFFD.
  private static func escape(_ text: String, into bytes: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes += "&amp;".utf8
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "\"": bytes += "&quot;".utf8
      // As it is, a reader would turn it into a line feed.
      case "\r": bytes += "&#13;".utf8
      case "\t", "\n": bytes.append(UInt8(scalar.value))
      case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": bytes += "\u{FFFD}".utf8
      default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
  }
}
