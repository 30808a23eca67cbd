// What is examined: exactly this model, with this prompt, in these workflows.

import Foundation
import OpsAgent
import Primitives

/// How a model is asked.
public struct Sampling: Hashable, Sendable, Codable {
  /// In thousandths; nil where the request leaves it to the provider.
  public var temperatureThousandths: Int?
  public var maxTokens: Int
  public var seed: UInt64?

  /// As requests write it.
  var temperature: JSONValue? { temperatureThousandths.map { .number(Double($0) / 1_000) } }

  public init(temperatureThousandths: Int? = 0, maxTokens: Int = 1_024, seed: UInt64? = nil) {
    self.temperatureThousandths = temperatureThousandths
    self.maxTokens = maxTokens
    self.seed = seed
  }
}

/// Which model, where.
public struct ModelIdentity: Hashable, Sendable, Codable {
  /// `openai`, `anthropic`, `process`, `simulated`, `rules`.
  public var provider: String
  /// The name that is asked for.
  public var requested: String
  /// Where it is asked: scheme, name and port, never a path or a credential.
  public var host: String
  public var sampling: Sampling

  public init(provider: String, requested: String, host: String, sampling: Sampling) {
    self.provider = provider
    self.requested = requested
    self.host = host
    self.sampling = sampling
  }

  public var text: String { "\(provider):\(requested)" }
}

/// Everything that a certificate is about; one that differs in any part is another subject.
public struct Subject: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable {
    /// A model as the decider of the reference architecture.
    case decider
    /// A user's own agent, whatever decides in it.
    case agent
  }

  public struct Part: Hashable, Sendable, Codable {
    /// `prompt:triage`, `workflow:plan-change@1`, `image`, `lockfile`, `tools`.
    public var name: String
    public var sha256: String

    public init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }

    /// Which model an agent of one's own asks: models are known by their names and not by files.
    public static func model(_ name: String) -> Part {
      Part(name: "model", sha256: CanonicalJSON.digest(ofText: name))
    }
  }

  public var kind: Kind
  public var model: ModelIdentity
  /// In the order of their names.
  public var parts: [Part]

  public init(kind: Kind, model: ModelIdentity, parts: [Part]) {
    self.kind = kind
    self.model = model
    self.parts = parts.sorted { $0.name < $1.name }
  }

  public var digest: String { CanonicalJSON.digest(self) }

  public func part(_ name: String) -> Part? { parts.first { $0.name == name } }

  /// The workflows that the reference agent comes with, by digest of all that is declared about them.
  public static let workflowParts: [Part] = WorkflowShelf.all.flatMap { $0 }.map { version in
    let workflow = version.workflow
    return Part(
      name: "workflow:\(workflow.name)@\(workflow.version)",
      sha256: CanonicalJSON.digest(ofText: "\(workflow)\n\(version.playbook)"))
  }
}

/// The seed of an exam: a function of what is examined, by what, and under which terms. Nobody picks a lucky one.
public enum ExamSeed {
  public static func of(subject: String, suite: String, policy: String) -> UInt64 {
    let digest = CanonicalJSON.digest(ofText: "faultline.exam-seed/1\n\(subject)\n\(suite)\n\(policy)")
    guard let seed = UInt64(digest.prefix(16), radix: 16) else {
      preconditionFailure("a digest has hexadecimal digits")
    }
    return seed
  }
}
