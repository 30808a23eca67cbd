// What is wrong with a file that a person wrote, where, and what to do about it.

/// One mistake in an input file.
public struct Diagnostic: Hashable, Sendable {
  /// The file, as the user named it.
  public var path: String
  /// From 1; 0 where the mistake has no place in the file, as when there is no file.
  public var line: Int
  /// From 1, in Unicode scalars; 0 where there is no line.
  public var column: Int
  /// What is wrong and what was expected, as one sentence without a full stop.
  public var message: String
  /// What to do, as one sentence without a full stop.
  public var remedy: String?

  public init(path: String, line: Int = 0, column: Int = 0, message: String, remedy: String? = nil) {
    self.path = path
    self.line = line
    self.column = column
    self.message = message
    self.remedy = remedy
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `scenarios/a.yaml:12:5: error: unknown fault 'respons-lost'`, then the remedy on a line of its own.
  public var description: String {
    let place = line > 0 ? "\(path):\(line):\(column)" : path
    return "\(place): error: \(message)" + (remedy.map { "\n    \($0)" } ?? "")
  }
}

/// Everything that is wrong with one or more input files. Nothing was run.
public struct ScenarioErrors: Error, Hashable, Sendable {
  /// At least one, in the order of the file.
  public var diagnostics: [Diagnostic]

  public init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics
  }
}

extension ScenarioErrors: CustomStringConvertible {
  /// All mistakes, one after the other, for people.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
