// A run on file: everything that it takes to play it again, and what it showed.

import Operations
import Primitives
import Simulation

/// A run that was saved, in the form `faultline.run/1`.
///
/// The input is complete: playing it again gives the same trace hash on any machine. The report is kept
/// as text, so that the run can be shown where its agent is not at hand.
public struct SavedRun: Hashable, Sendable {
  /// The form of the file that this version writes and reads.
  public static let form = "faultline.run/1"

  /// The scenario's file, as the user named it.
  public var scenario: String
  /// ``Scenario/digest`` at the time of the run; another one means that the scenario has changed since.
  public var scenarioDigest: UInt64
  public var agent: Name
  public var without: [Name]
  /// The agent's checkpoint store, `model` or `sqlite`.
  public var store: Name
  public var seed: UInt64
  public var shape: RunShape
  /// How many replicas of the agent there were, where somebody chose it; nil: as many as the scenario says.
  public var replicas: Int?
  public var plan: Plan
  /// The version of Faultline that wrote it.
  public var version: String
  /// What came of it; nil in a file that was written before the run, in case the run never returned.
  public var result: Result?
  /// What an outside process asked for, as it arrived, in a form of the doors' own; nil for an agent of Swift.
  public var recording: String?

  /// What a run showed.
  public struct Result: Hashable, Sendable {
    public var verdict: Verdict.Result
    /// What the agent said; nil where it said nothing.
    public var outcome: Ending?
    public var traceHash: UInt64
    /// ``SavedRun/inputDigest`` when it was saved; another one means that somebody edited the input. Nil where
    /// the file does not say.
    public var inputDigest: UInt64?
    public var violations: [Violation]
    /// The whole report as it was printed, without colours.
    public var report: String

    public init(
      verdict: Verdict.Result, outcome: Ending?, traceHash: UInt64, inputDigest: UInt64? = nil,
      violations: [Violation], report: String
    ) {
      self.verdict = verdict
      self.outcome = outcome
      self.traceHash = traceHash
      self.inputDigest = inputDigest
      self.violations = violations
      self.report = report
    }
  }

  public init(
    scenario: String, scenarioDigest: UInt64, agent: Name, without: [Name] = [], store: Name = "model", seed: UInt64,
    shape: RunShape = .nominal, replicas: Int? = nil, plan: Plan, version: String, result: Result? = nil,
    recording: String? = nil
  ) {
    self.scenario = scenario
    self.scenarioDigest = scenarioDigest
    self.agent = agent
    self.without = without
    self.store = store
    self.seed = seed
    self.shape = shape
    self.replicas = replicas
    self.plan = plan
    self.version = version
    self.result = result
    self.recording = recording
  }

  /// The run that led to this verdict.
  public init(
    _ verdict: Verdict, of scenario: Scenario, store: Name = "model", version: String, report: String,
    recording: String? = nil
  ) {
    self.init(
      scenario: scenario.path, scenarioDigest: scenario.digest, agent: verdict.agent, without: verdict.without,
      store: store, seed: verdict.seed, shape: verdict.shape, replicas: verdict.chosenReplicas, plan: verdict.plan, version: version,
      result: Result(
        verdict: verdict.result, outcome: verdict.outcome, traceHash: verdict.traceHash,
        violations: verdict.violations, report: report), recording: recording)
    let digest = inputDigest
    result?.inputDigest = digest
  }

  /// A digest of what the run depends on besides the scenario's content: agent, seed, shape, replicas and plan.
  public var inputDigest: UInt64 {
    var hasher = StableHasher()
    hasher.combine(agent)
    hasher.combine(without)
    hasher.combine(store)
    hasher.combine(seed)
    if shape != .nominal { hasher.combine(shape) }
    if let replicas { hasher.combine(replicas) }
    hasher.combine(plan)
    if let recording { hasher.combine(recording) }
    return hasher.digest
  }
}

extension SavedRun {
  /// Writes the run into `directory`, under a name made from its content.
  ///
  /// A file with other content is never overwritten: the name grows until it is free. The same run saved
  /// twice is one file.
  /// - Returns: the file's path, `.faultline/failures/7f3a.yaml`.
  /// - Throws: ``ScenarioErrors`` where the disk refuses.
  public func save(in directory: String) throws(ScenarioErrors) -> String {
    let text = yaml
    let name = text.stableDigest.hexadecimal
    for length in [4, 8, 12, 16] {
      let path = "\(directory)/\(name.prefix(length)).yaml"
      if !TextFile.exists(path) {
        try TextFile.write(text, to: path)
        return path
      }
      if try TextFile.read(path) == text { return path }
    }
    throw ScenarioErrors([
      Diagnostic(
        path: "\(directory)/\(name).yaml", message: "another run is saved under this name",
        remedy: "move the file away, or save into another directory")
    ])
  }

  /// Reads a saved run.
  /// - Throws: ``ScenarioErrors`` with every mistake of the file.
  public static func read(path: String) throws(ScenarioErrors) -> SavedRun {
    try read(text: TextFile.read(path), path: path)
  }

  /// Whether a file holds a saved run rather than a scenario.
  /// - Throws: ``ScenarioErrors`` where it can't be read.
  public static func isSavedRun(path: String) throws(ScenarioErrors) -> Bool {
    var rest = try TextFile.read(path)[...]
    while rest.hasPrefix("#") || rest.hasPrefix("\n") {
      guard let end = rest.utf8.firstIndex(of: 10) else { return false }
      rest = rest[rest.utf8.index(after: end)...]
    }
    return rest.hasPrefix("schema:")
  }
}
