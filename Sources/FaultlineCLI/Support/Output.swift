// Where results go: standard output, or a file that may be replaced only if it is one of ours.

import ArgumentParser
import Reporting

/// The forms in which results can be had.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, junit, github, sarif

  /// How a file of this form begins when Faultline wrote it.
  var mark: String {
    switch self {
    case .text: "# faultline report\n"
    case .json: "{\"schema\":\"faultline."
    case .junit: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"faultline\""
    case .github: GitHubAnnotations.mark
    case .sarif: SARIFReport.mark
    }
  }
}

/// Options for where results go and how they look.
struct OutputOptions: ParsableArguments {
  @Option(
    help: """
      Text for people, JSON (one object a line) for programs, JUnit XML for CI servers, annotations for GitHub, SARIF \
      2.1.0 for code scanning.
      """)
  var format: OutputFormat = .text

  @Option(
    help: "Write the results to this file instead. A file that faultline did not write is never replaced.",
    completion: .file())
  var output: String?

  /// Text goes to a file without colour.
  var style: Style { output == nil ? Console.style : .plain }

  /// Complains before anything runs about a file that must not be replaced.
  func check() throws {
    if let output { try Files.checkReplaceable(output, marks: OutputFormat.allCases.map(\.mark)) }
  }

  /// Delivers the whole result.
  func deliver(_ text: String) throws {
    guard let output else {
      if !text.isEmpty { Console.write(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
      return
    }
    let body = text.hasSuffix("\n") ? text : text + "\n"
    try Files.write(format == .text ? format.mark + "\n" + body : body, to: output)
    Console.complain("wrote \(output)")
  }
}
