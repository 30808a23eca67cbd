// Breaking text into lines of a given width, at places where a reader would break it.

extension String {
  /// Lines of at most `width` characters, broken at spaces, after hyphens and slashes inside long words, and
  /// anywhere where nothing else helps.
  public func wrapped(to width: Int) -> [String] {
    precondition(width > 0, "text can't be wrapped to no width")
    var lines: [String] = []
    for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ", omittingEmptySubsequences: true) {
        for (offset, piece) in pieces(of: word, width: width).enumerated() {
          let glue = line.isEmpty || offset > 0 ? "" : " "
          if line.count + glue.count + piece.count <= width {
            line += glue + piece
          } else {
            if !line.isEmpty { lines.append(line) }
            line = piece
          }
        }
      }
      lines.append(line)
    }
    return lines
  }

  private func pieces(of word: Substring, width: Int) -> [String] {
    guard word.count > width else { return [String(word)] }
    var pieces: [String] = []
    var piece = ""
    for character in word {
      piece.append(character)
      if piece.count == width || "-/,.:".contains(character) {
        pieces.append(piece)
        piece = ""
      }
    }
    if !piece.isEmpty { pieces.append(piece) }
    return pieces
  }

  /// The text with spaces up to `width`; unchanged where it is as long already.
  public func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }

  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - count)) + self
  }

  func indented(by count: Int) -> String {
    let indent = String(repeating: " ", count: count)
    return split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : indent + $0 }
      .joined(separator: "\n")
  }
}
