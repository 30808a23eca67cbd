// Reads the files that the scripted model speaks from, with every mistake at its line.

import Faultline
import Primitives

extension ModelScript {
  static let form = "faultline.model-script/1"

  /// The faults that a script has words for: what is meant by them only its author knows.
  static let meantFaults: [ModelFault] = [
    .flipFlop, .injected, .wrongCustomer, .wrongPlan, .wrongAmount, .offGraph, .lowConfidence,
  ]

  private static let callShape = Shape(
    title: "a tool call",
    keys: [
      .init("tool", .text, required: true, "The tool, such as cloud_create_network."),
      .init("arguments", .data, "What it is called with; places such as {{customer}} are filled in."),
    ])

  private static let answerKeys: [Shape.Key] = [
    .init("text", .text, "What the model says."),
    .init("json", .data, "What it says, as a document: structured output."),
    .init("calls", .list(.mapping(callShape)), "The tools that it calls."),
  ]
  private static let insteadShape = Shape(title: "another answer", keys: answerKeys)

  private static let conditionShape = Shape(
    title: "a condition",
    keys: [
      .init("after", .text, "The tool whose answer has just come."),
      .init("failed", .bool, "Whether that answer is an error."),
      .init("contains", .text, "What stands in the last message."),
      .init("offers", .text, "A tool that the model may call."),
      .init("turn", .int(1...100_000), "The model's first answer is turn 1."),
    ])

  private static let entryShape = Shape(
    title: "an answer",
    keys: [.init("when", .mapping(conditionShape), "When it is given; without it, in its turn.")] + answerKeys + [
      .init("instead", .table(.mapping(insteadShape), keys: nil), "By fault, what the model says under it.")
    ])

  private static let exchangeShape = Shape(
    title: "an exchange",
    keys: [
      .init("request", .data, required: true, "The body that was sent to chat/completions or messages."),
      .init("response", .data, required: true, "The body that came back."),
    ])

  private static let fileShape = Shape(
    title: "a model script",
    keys: [
      .init("schema", .name([form]), required: true, "What kind of file this is."),
      .init("model", .text, "The name that /models lists."),
      .init("answers", .list(.mapping(entryShape)), "What the model says, in order."),
      .init("exchanges", .list(.mapping(exchangeShape)), "What a model said once: a cassette."),
    ])

  /// Reads a script or a cassette.
  ///
  /// - Throws: every mistake of the file.
  public static func read(path: String) throws(ScenarioErrors) -> ModelScript {
    try read(text: TextFile.read(path), path: path)
  }

  /// Reads one from text.
  ///
  /// - Throws: every mistake of the text.
  public static func read(text: String, path: String) throws(ScenarioErrors) -> ModelScript {
    var problems = Problems(path: path)
    var script = ModelScript(path: path)
    if let tree = YAMLTree.parse(text, problems: &problems), let section = Section(tree, fileShape, &problems) {
      if let schema = section["schema"] { _ = problems.name(schema, among: [form], "schema") }
      if let name = section["model"].flatMap({ problems.text($0, "the name of a model") }) { script.model = name }
      let answers = section["answers"].flatMap { problems.list($0, "a list of answers") } ?? []
      script.entries = answers.compactMap { entry($0, &problems) }
      let exchanges = section["exchanges"].flatMap { problems.list($0, "a list of exchanges") } ?? []
      script.exchanges = exchanges.compactMap { exchange($0, &problems) }
      if answers.isEmpty == exchanges.isEmpty {
        problems.report(
          section.position, answers.isEmpty ? "the model has nothing to say" : "answers and exchanges exclude each other",
          remedy: "write 'answers: […]' for a script, or 'exchanges: […]' for a cassette")
      }
    }
    try problems.throwIfAny()
    return script
  }

  private static func entry(_ tree: YAMLTree, _ problems: inout Problems) -> Entry? {
    guard let section = Section(tree, entryShape, &problems) else { return nil }
    let when = section["when"].flatMap { condition($0, &problems) }
    let answer = template(section, &problems)
    var instead: [Name: Template] = [:]
    let known = meantFaults.map(\.name.text)
    for entry in section["instead"].flatMap({ problems.table($0, "other answers by fault") }) ?? [] {
      guard known.contains(entry.key) else {
        problems.unknown(entry.key, at: entry.keyPosition, among: known, "fault with an answer of its own")
        continue
      }
      guard let other = Section(entry.value, insteadShape, &problems) else { continue }
      instead[Name(entry.key)] = template(other, &problems)
    }
    return answer.map { Entry(when: when, answer: $0, instead: instead, line: section.position.line) }
  }

  private static func condition(_ tree: YAMLTree, _ problems: inout Problems) -> Condition? {
    guard let section = Section(tree, conditionShape, &problems) else { return nil }
    var condition = Condition()
    condition.after = section["after"].flatMap { problems.text($0, "the name of a tool") }
    condition.failed = section["failed"].flatMap { problems.bool($0) }
    condition.contains = section["contains"].flatMap { problems.text($0, "text") }
    condition.offers = section["offers"].flatMap { problems.text($0, "the name of a tool") }
    condition.turn = section["turn"].flatMap { problems.int($0, "the number of a turn", in: 1...100_000) }.map { Int($0) }
    return condition
  }

  private static func template(_ section: Section, _ problems: inout Problems) -> Template? {
    var template = Template()
    template.text = section["text"].flatMap { problems.text($0, "text") }
    template.document = section["json"].map { JSON($0) }
    for item in section["calls"].flatMap({ problems.list($0, "a list of tool calls") }) ?? [] {
      guard let call = Section(item, callShape, &problems) else { continue }
      let tool = call["tool"].flatMap { problems.text($0, "the name of a tool") }
      let arguments = call["arguments"].map { JSON($0) } ?? [:]
      if arguments.object == nil, let place = call["arguments"] {
        let _: Never? = problems.mismatch(place, "a mapping of arguments")
      }
      if let tool { template.calls.append(.init(tool: tool, arguments: arguments)) }
    }
    if section["text"] != nil, section["json"] != nil {
      problems.report(section.position, "an answer has both 'text' and 'json'", remedy: "keep one of them")
    } else if section["text"] == nil, section["json"] == nil, section["calls"] == nil {
      problems.report(
        section.position, "an answer says nothing", remedy: "add 'text: …', 'json: …' or 'calls: […]'")
      return nil
    }
    return template
  }

  private static func exchange(_ tree: YAMLTree, _ problems: inout Problems) -> Exchange? {
    guard let section = Section(tree, exchangeShape, &problems), let request = section["request"],
      let response = section["response"]
    else { return nil }
    let (asked, said) = (JSON(request), JSON(response))
    let wires: [any ModelWire] = [ChatCompletionsWire(), MessagesWire()]
    for wire in wires {
      guard let answer = wire.answer(from: said) else { continue }
      do {
        return Exchange(request: try wire.conversation(from: asked).essence, answer: answer)
      } catch {
        problems.report(
          request.position, "this request can't be read: \(error.message)",
          remedy: "take it as it was sent to \(wire.path)")
        return nil
      }
    }
    problems.report(
      response.position, "this is no answer of chat/completions and none of messages",
      remedy: "take the body as it came, with 'choices' or with 'content'")
    return nil
  }
}

extension JSON {
  /// What stands in a file: what is in quotes is text, and everything else what JSON takes it for.
  init(_ tree: YAMLTree) {
    switch tree.content {
    case .list(let items): self = .list(items.map { JSON($0) })
    case .map(let entries):
      self = .object(Dictionary(entries.map { ($0.key, JSON($0.value)) }, uniquingKeysWith: { $1 }))
    case .scalar(let text, isQuoted: true): self = .text(text)
    case .scalar(let text, isQuoted: false):
      switch text {
      case "null", "~", "": self = .null
      case "true": self = .bool(true)
      case "false": self = .bool(false)
      default:
        if let int = Int64(text) {
          self = .int(int)
        } else if let number = Double(text), number.isFinite, text.contains(where: \.isNumber) {
          self = .number(number)
        } else {
          self = .text(text)
        }
      }
    }
  }
}
