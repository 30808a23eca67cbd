// Somebody who types an unknown name nearly always meant a known one.

import Primitives

/// Finds the known name that a mistyped one was probably meant to be.
public enum NearestName {
  /// The closest of `known`, or nil where none is close enough to be worth a guess: at most a third of
  /// the longer name may differ. Among equally close names the first in the alphabet wins.
  public static func find(_ text: String, among known: [String]) -> String? {
    var best: (distance: Int, name: String)?
    for name in known.sorted() {
      let distance = distance(text.lowercased(), name.lowercased())
      guard distance <= max(1, max(text.count, name.count) / 3) else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (distance, name) }
    }
    return best?.name
  }

  /// The number of insertions, deletions, substitutions and swaps of neighbours between two texts
  /// (optimal string alignment; Damerau, "A technique for computer detection and correction of spelling
  /// errors", CACM 1964).
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.unicodeScalars)
    let b = Array(b.unicodeScalars)
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var rows = [Array(0...b.count)]
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        let isSame = a[i - 1] == b[j - 1]
        var cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (isSame ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, rows[i - 2][j - 2] + 1) }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
