// The form of a scenario file, from the names that are known. The reader checks against it and the schema prints it.

import Operations
import Primitives
import Simulation

/// Every mapping of a scenario file.
struct ScenarioShapes: Sendable {
  let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  var scenario: Shape {
    Shape(
      title: "a scenario",
      keys: [
        Shape.Key("title", .text, required: true, "What happens, in one sentence."),
        Shape.Key("source", .mapping(source), "Where the story comes from and how far it can be trusted."),
        Shape.Key("world", .mapping(world), required: true, "The systems of record, and the dialect each speaks."),
        Shape.Key(
          "start", .instant, "When the run begins, in UTC or with an offset; by default the first morning of the period."),
        Shape.Key("zone", Self.zone, "The zone of time that the people live and the rules hold in; UTC by default."),
        Shape.Key("workflow", .name(workflowNames), required: true, "What the agent is asked to do."),
        Shape.Key("input", .mapping(input(nil)), required: true, "What the workflow is given."),
        Shape.Key("dry_run", .bool, "Whether the agent shall plan the effects and cause none."),
        Shape.Key(
          "decisions", .table(.text, keys: nil),
          "What the decider says at a point of decision, such as triage, whatever it would have said by itself."),
        Shape.Key(
          "given", .list(.either([.word(WorkflowTemplate.usual), .mapping(givenCall)])),
          "What was done before the run: requests, or 'usual' for what the workflow usually finds; left out: just that."),
        Shape.Key("intents", .table(.mapping(intent), keys: nil), "Every effect that the business wants, by name."),
        Shape.Key("rules", .list(.mapping(rule)), "What nobody wrote into a tool description."),
        Shape.Key("people", .list(.mapping(person)), "What people and automations do of their own accord, and when."),
        Shape.Key("desk", .mapping(desk), "Who takes over what the agent hands over, and what becomes of it."),
        Shape.Key(
          "faults", .list(.either([.mapping(fault), .mapping(Self.sitedFault)])), "What goes wrong, and where."),
        Shape.Key("limits", .mapping(limits), "What a run may cost."),
        Shape.Key("requires", .list(.name(Practice.allCases.map(\.rawValue))), "Practices demanded of every agent."),
        Shape.Key(
          "covers", .list(.name(vocabulary.markNames)),
          "What random runs have to touch at least once: a fault, a crash point, a safeguard, a way to recover."),
        Shape.Key(
          "principals", .table(.list(.name(scopeNames)), keys: nil), "Service principals, each with its scopes."),
        Shape.Key("expect", .table(.mapping(expectation), keys: expectationPattern), "What each agent must do here."),
      ] + Self.rollout)
  }

  var source: Shape {
    Shape(
      title: "a source",
      keys: [
        Shape.Key(
          "kind", .name(Scenario.Source.Kind.allCases.map(\.rawValue)), required: true,
          "Whether the people it happened to tell it, others report it, nobody confirms it, or it is made up."),
        Shape.Key("url", .text, "Where it can be read."),
        Shape.Key("note", .text, "What to know about it."),
      ])
  }

  /// `cloud: ec2` for each system, and `metering`, which is billing's.
  var world: Shape {
    var keys = vocabulary.systems.map { system in
      let names = system.profiles.map(\.name.text)
      return Shape.Key(
        system.name.text, .either([.name(names)] + system.profiles.map { .mapping(systemShape(system, $0)) }),
        "The dialect of \(system.name), or a mapping with 'profile' and options.")
    }
    if let metering = meteringOption {
      keys.append(Shape.Key("metering", .name(metering.allowed), metering.summary))
    }
    return Shape(title: "the world", keys: keys)
  }

  /// The option of a billing profile that a world sets with a key of its own.
  var meteringOption: Parameter? {
    vocabulary.systems.first { $0.name == "billing" }?.profiles.flatMap(\.options).first { $0.name == "metering" }
  }

  func systemShape(_ system: Vocabulary.System, _ profile: Vocabulary.Profile) -> Shape {
    Shape(
      title: "the \(system.name) system",
      keys: [Shape.Key("profile", .name([profile.name.text]), required: true, "The dialect.")]
        + profile.options.map { Shape.Key($0.name.text, kind(of: $0), required: $0.isRequired, $0.summary) })
  }

  /// The fields of one workflow, or of all where none is chosen.
  func input(_ template: WorkflowTemplate?) -> Shape {
    var keys: [Shape.Key] = []
    for input in (template.map { [$0] } ?? vocabulary.workflows).flatMap(\.inputs)
    where !keys.contains(where: { $0.name == input.name.text }) {
      let isRequired =
        input.isRequired
        && (template != nil
          || vocabulary.workflows.allSatisfy { $0.inputs.contains { $0.name == input.name && $0.isRequired } })
      keys.append(Shape.Key(input.name.text, kind(of: input), required: isRequired, input.summary))
    }
    return Shape(title: "the input", keys: keys)
  }

  var intent: Shape {
    Shape(
      title: "an intent",
      keys: [
        Shape.Key("effect", .name(vocabulary.effectKinds), required: true, "The kind of effect, as systems count it."),
        Shape.Key("for", .text, required: true, "The natural key of the customer or parent it is for."),
        Shape.Key(
          "times", .either([.int(0...10_000), .pattern("^[0-9]+\\.\\.[0-9]+$")]),
          "How many there shall be; 0..1 makes it optional. 1 unless given."),
        Shape.Key("ends", .word("gone"), "All of them that were there before shall be gone; instead of 'times'."),
        Shape.Key("total", .money, "What all of them together may cost."),
        Shape.Key("period", .period, "Effects of another period belong to another intent; the input's for money."),
        Shape.Key("where", .table(.value, keys: nil), "Fields that an effect must have to belong to this intent."),
        Shape.Key("depends_on", .list(.text), "Intents whose objects this one's object lives in."),
      ])
  }

  /// A request that was made before the run.
  var givenCall: Shape {
    Shape(
      title: "what was done before",
      keys: [
        Shape.Key("call", .name(vocabulary.operationNames), required: true, "The operation."),
        Shape.Key(
          "with", .table(.value, keys: nil),
          "Its arguments; $customer stands for an input, $network for the id of what was made as 'network'."),
        Shape.Key("as", .text, "A name for what it makes."),
      ])
  }

  /// A fault at the places that agree with every part given.
  var fault: Shape {
    Shape(
      title: "a fault",
      keys: [
        Shape.Key(
          "at", .text, required: true, "An operation, a kind of message, or a checkpoint or a decision of the agent."),
        Shape.Key("inject", .name(FaultName.all.map(\.name)), required: true, "The fault."),
        Shape.Key("call", .int(1...65_535), "Only at the n-th call of that kind."),
        Shape.Key(
          "attempts", .either([.word("all"), .int(1...255)]),
          "The n-th wire attempt alone; all, and by default, the call with all its attempts."),
        Shape.Key("subject", .text, "Only where the call is about this natural key."),
        Shape.Key("process", .pattern("^agent-[0-9]+$"), "Only in this process."),
        Shape.Key("incarnation", .int(1...255), "Only after that many starts."),
        Shape.Key("run", .text, "Only in this workflow run."),
        Shape.Key("aspect", .name(Aspect.allCases.map(\.rawValue)), "What is bent; follows from the fault."),
        Shape.Key(
          "moment", .name(variants(of: "moment")),
          "For a crash or a deploy: before or after the step, or on its answer."),
        Shape.Key(
          "change", .name(variants(of: "change")),
          "For an out-of-band change or a drift: what somebody else does, or what is new."),
        Shape.Key("direction", .name(variants(of: "direction")), "For a clock that jumps: which way."),
        Shape.Key("field", .name(variants(of: "field")), "For a model that reads a field wrong: which one."),
        Shape.Key("until", .name(variants(of: "until")), "For what is late or paused: when it goes on."),
      ])
  }

  /// A fault at one place, as verdicts write it.
  static var sitedFault: Shape {
    Shape(
      title: "a fault",
      keys: [
        Shape.Key(
          "at", .either([.text, .mapping(place)]), required: true,
          "process~incarnation/run/point[subject]#call.attempt/aspect, or a mapping of these parts."),
        Shape.Key("choose", .text, required: true, "The answer to give there."),
      ])
  }

  /// A place of a run; whatever is unique may be left out.
  static var place: Shape {
    Shape(
      title: "a place",
      keys: [
        Shape.Key("process", .text, "The replica, such as agent-0."),
        Shape.Key("incarnation", .int(1...255), "How often it was started by then."),
        Shape.Key("run", .text, "The workflow run."),
        Shape.Key("point", .text, "An operation, a checkpoint, a decision or a timer."),
        Shape.Key("subject", .text, "The natural key that it is about."),
        Shape.Key("call", .int(1...65_535), "The n-th call of that kind."),
        Shape.Key("attempt", .int(1...255), "The n-th wire attempt; left out for the call with all of them."),
        Shape.Key("aspect", .name(Aspect.allCases.map(\.rawValue)), "The arrow or moment that is bent."),
      ])
  }

  var limits: Shape {
    Shape(
      title: "the limits",
      keys: [
        Shape.Key("virtual_time", .span, "How long the run may take in its own time."),
        Shape.Key("mutations", .int(1...1_000_000), "Mutations that one run may make."),
        Shape.Key("attempts_per_intent", .int(1...1_000_000), "Wire attempts that one intent may cost."),
        Shape.Key("events", .int(1...10_000_000), "Events that one run may have."),
      ])
  }

  var expectation: Shape {
    let endings = ValueKind.name(Ending.allCases.map(\.rawValue))
    return Shape(
      title: "an expectation",
      keys: [
        Shape.Key("ends", .either([endings, .list(endings)]), "The endings that are right here."),
        Shape.Key("violates", .list(.name(vocabulary.oracles.map(\.text))), "The oracles that must fire."),
        Shape.Key("allow_more", .bool, "Whether other oracles may fire too; true by default where any is listed."),
        Shape.Key("audit_findings", .int(0...10_000), "How many findings the audit has."),
        Shape.Key("because", .text, "Why an ending other than completed is right here."),
      ])
  }

  var workflowNames: [String] { vocabulary.workflows.map(\.name.text) }

  var scopeNames: [String] {
    let operations = vocabulary.systems.flatMap { $0.profiles.flatMap(\.operations) }
    return Set(operations.map(\.scope.text)).sorted()
  }

  private func variants(of key: String) -> [String] {
    var seen: [String] = []
    for fault in FaultName.all where fault.key == key {
      seen += fault.variants.filter { !seen.contains($0) }
    }
    return seen
  }

  private var expectationPattern: String {
    "^(" + vocabulary.agents.map(\.name.text).joined(separator: "|") + ")( without [a-z-]+(, *[a-z-]+)*)?$"
  }

  private func kind(of option: Parameter) -> ValueKind {
    switch option.kind {
    case .text: option.allowed.isEmpty ? .text : .name(option.allowed)
    case .int: .int(0...Int64.max)
    case .bool: .bool
    case .money: .money
    case .instant: .instant
    case .list: .list(.data)
    case .record: .table(.data, keys: nil)
    }
  }

  private func kind(of input: WorkflowTemplate.Input) -> ValueKind {
    switch input.kind {
    case .text: input.allowed.isEmpty ? .text : .name(input.allowed)
    case .file: .text
    case .day: .instant
    case .period: .period
    case .int: .int(0...Int64.max)
    case .bool: .bool
    case .money: .money
    }
  }
}
