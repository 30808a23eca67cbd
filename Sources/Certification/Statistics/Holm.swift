// Several claims at once: with twenty classes one of them looks significant by chance.

/// Holm's step-down adjustment.
///
/// S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979). The
/// probability of even one false rejection stays below the level, whatever the claims have to do with each other.
public enum Holm {
  /// The adjusted p-values, in the order of those given.
  public static func adjusted(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var adjusted = values
    var highest = 0.0
    for (rank, index) in order.enumerated() {
      highest = max(highest, min(1, values[index] * Double(values.count - rank)))
      adjusted[index] = highest
    }
    return adjusted
  }
}
