// A table for people: columns as wide as their content, cells wrapped where they would not fit.

/// A table of text in aligned columns.
public struct TextTable: Sendable {
  public struct Column: Sendable {
    public var title: String
    public var isRightAligned: Bool
    /// The widest that the column may become; longer cells continue on the next line.
    public var limit: Int?
    /// Whether the column takes the width that the others leave.
    public var fillsRest: Bool

    public init(_ title: String, rightAligned: Bool = false, limit: Int? = nil, fillsRest: Bool = false) {
      self.title = title
      isRightAligned = rightAligned
      self.limit = limit
      self.fillsRest = fillsRest
    }
  }

  public struct Cell: Sendable, ExpressibleByStringInterpolation {
    public var text: String
    public var tone: Style.Tone?

    public init(_ text: String, _ tone: Style.Tone? = nil) {
      self.text = text
      self.tone = tone
    }

    public init(stringLiteral text: String) { self.init(text) }
  }

  private enum Line: Sendable {
    case cells([Cell])
    case heading(Cell)
  }

  public var columns: [Column]
  public var gap: Int
  private var lines: [Line] = []

  public init(_ columns: [Column], gap: Int = 2) {
    self.columns = columns
    self.gap = gap
  }

  /// - Precondition: one cell for each column.
  public mutating func add(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a row has \(cells.count) cells for \(columns.count) columns")
    lines.append(.cells(cells))
  }

  /// A line of its own above the rows that follow.
  public mutating func addHeading(_ text: String, _ tone: Style.Tone? = .strong) {
    lines.append(.heading(Cell(text, tone)))
  }

  /// The table, without a newline at its end; a column that is empty throughout is left out.
  public func text(_ style: Style, hasTitles: Bool = true) -> String {
    let rows = lines.compactMap { line -> [Cell]? in if case .cells(let cells) = line { cells } else { nil } }
    let shown = columns.indices.filter { index in rows.contains { !$0[index].text.isEmpty } }
    var widths = columns.indices.map { index in
      let natural = ([hasTitles ? columns[index].title : ""] + rows.map { $0[index].text }).map(\.count).max() ?? 0
      return Swift.max(1, Swift.min(natural, columns[index].limit ?? natural))
    }
    for index in shown where columns[index].fillsRest {
      let others = shown.reduce(0) { $0 + ($1 == index ? 0 : widths[$1] + gap) }
      widths[index] = Swift.min(widths[index], Swift.max(16, style.width - others))
    }
    var output: [String] = []
    if hasTitles, !shown.isEmpty {
      let titles = columns.map { Cell($0.title, .quiet) }
      output += render(titles, shown: shown, widths: widths, style: style)
    }
    for line in lines {
      switch line {
      case .heading(let cell): output.append(style.paint(cell.text, cell.tone))
      case .cells(let cells): output += render(cells, shown: shown, widths: widths, style: style)
      }
    }
    return output.joined(separator: "\n")
  }

  private func render(_ cells: [Cell], shown: [Int], widths: [Int], style: Style) -> [String] {
    let wrapped = cells.indices.map { index in
      cells[index].text.wrapped(to: widths[index]).map { $0.replacing(Words.gluing, with: " ") }
    }
    let height = shown.map { wrapped[$0].count }.max() ?? 0
    return (0..<height).map { row in
      var line = ""
      var pending = 0
      for (position, index) in shown.enumerated() {
        if position > 0 { pending += gap }
        let text = row < wrapped[index].count ? wrapped[index][row] : ""
        let room = widths[index] - text.count
        if text.isEmpty {
          pending += room
          continue
        }
        if columns[index].isRightAligned { pending += room }
        line += String(repeating: " ", count: pending) + style.paint(text, cells[index].tone)
        pending = columns[index].isRightAligned ? 0 : room
      }
      return line
    }
  }
}
