// Code without comments and literals, so that a law about code is not broken by talking about it.

/// The code of a Swift source without its comments and the text of its literals; lines keep their numbers.
///
/// Interpolations are code and stay. Comments are kept beside the code, by line, since one may say why a
/// line is lawful.
struct StrippedSource {
  let lines: [String]
  let comments: [String]

  init(_ text: String) {
    var scanner = Scanner(rest: Array(text.utf8)[...])
    scanner.scanCode(untilParenthesis: false)
    lines = scanner.code.map { String(decoding: $0, as: UTF8.self) }
    comments = scanner.comments.map { String(decoding: $0, as: UTF8.self) }
  }
}

/// A small lexer over UTF-8 bytes that knows comments and literals and nothing else of the language.
private struct Scanner {
  var rest: ArraySlice<UInt8>
  var code: [[UInt8]] = [[]]
  var comments: [[UInt8]] = [[]]

  init(rest: ArraySlice<UInt8>) { self.rest = rest }

  mutating func scanCode(untilParenthesis: Bool) {
    var depth = 0
    while let next = rest.first {
      if next == UInt8(ascii: "/"), rest.starts(with: "//".utf8) {
        while let byte = rest.first, byte != UInt8(ascii: "\n") { comments[comments.count - 1].append(take(byte)) }
      } else if next == UInt8(ascii: "/"), rest.starts(with: "/*".utf8) {
        skipBlockComment()
      } else if next == UInt8(ascii: "\"") || startsRawLiteral {
        scanLiteral()
      } else {
        if next == UInt8(ascii: "(") { depth += 1 }
        if next == UInt8(ascii: ")") { depth -= 1 }
        rest.removeFirst()
        if untilParenthesis, depth < 0 { return }
        put(next)
      }
    }
  }

  private var startsRawLiteral: Bool {
    rest.first == UInt8(ascii: "#") && rest.drop { $0 == UInt8(ascii: "#") }.first == UInt8(ascii: "\"")
  }

  private mutating func take(_ byte: UInt8) -> UInt8 {
    rest.removeFirst()
    return byte
  }

  private mutating func put(_ byte: UInt8) {
    if byte == UInt8(ascii: "\n") {
      code.append([])
      comments.append([])
    } else {
      code[code.count - 1].append(byte)
    }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if rest.starts(with: "/*".utf8) {
        depth += 1
        rest.removeFirst(2)
      } else if rest.starts(with: "*/".utf8) {
        depth -= 1
        rest.removeFirst(2)
      } else if let next = rest.popFirst(), next == UInt8(ascii: "\n") {
        put(next)
      }
    } while depth > 0 && !rest.isEmpty
  }

  private mutating func scanLiteral() {
    let pounds = Array(rest.prefix { $0 == UInt8(ascii: "#") })
    rest.removeFirst(pounds.count)
    let quotes = Array((rest.starts(with: "\"\"\"".utf8) ? "\"\"\"" : "\"").utf8)
    rest.removeFirst(quotes.count)
    put(UInt8(ascii: "\""))
    while let next = rest.first {
      if next == UInt8(ascii: "\""), rest.starts(with: quotes + pounds) {
        rest.removeFirst(quotes.count + pounds.count)
        break
      } else if next == UInt8(ascii: "\\"), rest.starts(with: Array("\\".utf8) + pounds + Array("(".utf8)) {
        rest.removeFirst(2 + pounds.count)
        put(UInt8(ascii: " "))
        scanCode(untilParenthesis: true)
        put(UInt8(ascii: " "))
      } else if pounds.isEmpty, next == UInt8(ascii: "\\") {
        rest.removeFirst(min(2, rest.count))
      } else {
        rest.removeFirst()
        if next == UInt8(ascii: "\n") { put(next) }
      }
    }
    put(UInt8(ascii: "\""))
  }
}
