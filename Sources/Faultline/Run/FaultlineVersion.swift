// The version that saved runs carry, so that a reader can tell which Faultline wrote them.

/// The version of Faultline.
public enum FaultlineVersion {
  /// As in `faultline --version`.
  public static let current = "0.1.0"
}
