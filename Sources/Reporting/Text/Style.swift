// How text looks: the width to fit and whether colour is welcome. Decided once, by whoever owns the terminal.

/// The look of a report. Reports are pure functions of a run and a style.
public struct Style: Hashable, Sendable {
  /// Whether escape sequences may be used. Only a terminal gets them, and never under `NO_COLOR`
  /// (https://no-color.org).
  public var isColoured: Bool
  /// Columns to fit into.
  public var width: Int

  public init(isColoured: Bool, width: Int = 100) {
    self.isColoured = isColoured
    self.width = width
  }

  /// No colour, a hundred columns.
  public static let plain = Style(isColoured: false)

  /// What a piece of text means to the reader.
  public enum Tone: Sendable {
    case good, bad, warning, quiet, strong

    var code: String {
      switch self {
      case .good: "32"
      case .bad: "1;31"
      case .warning: "33"
      case .quiet: "2"
      case .strong: "1"
      }
    }
  }

  public func paint(_ text: String, _ tone: Tone?) -> String {
    guard isColoured, let tone, !text.isEmpty else { return text }
    return "\u{1B}[\(tone.code)m\(text)\u{1B}[0m"
  }
}
