// Reads the world and what the workflow is given.

import Operations
import Primitives

extension ScenarioDraft {
  /// The systems, by name, each with its dialect and options.
  mutating func readWorld(_ tree: YAMLTree, for template: WorkflowTemplate?) -> [Scenario.SystemChoice] {
    guard let world = Section(tree, shapes.world, &problems) else { return [] }
    var choices: [Scenario.SystemChoice] = []
    for system in vocabulary.systems {
      guard let value = world[system.name.text] else { continue }
      if let choice = readSystem(value, system) { choices.append(choice) } else { unreadSystems.append(system.name) }
    }
    readMetering(world, into: &choices)
    let needed = template?.intents.compactMap { $0.kind.text.split(separator: ".").first.map(String.init) } ?? []
    for name in Set(needed).sorted()
    where vocabulary.systems.contains(where: { $0.name.text == name }) && world[name] == nil {
      let profiles = vocabulary.systems.first { $0.name.text == name }?.profiles.map(\.name.text) ?? []
      problems.report(
        world.position, "the workflow '\(template?.name.text ?? "")' needs the system '\(name)'",
        remedy: "add '\(name): …', one of: \(profiles.joined(separator: ", "))")
    }
    return choices.sorted { $0.system < $1.system }
  }

  private mutating func readSystem(_ tree: YAMLTree, _ system: Vocabulary.System) -> Scenario.SystemChoice? {
    let profiles = system.profiles.map(\.name.text)
    guard case .map(let entries) = tree.content else {
      let name = problems.name(tree, among: profiles, "\(system.name) profile")
      guard let profile = system.profiles.first(where: { $0.name.text == name }) else { return nil }
      _ = Section(
        YAMLTree(position: tree.position, content: .map(Self.profileOnly(tree))),
        shapes.systemShape(system, profile), &problems)
      return Scenario.SystemChoice(system: system.name, profile: profile.name)
    }
    guard let named = entries.first(where: { $0.key == "profile" }) else {
      problems.report(
        tree.position, "the \(system.name) system needs the key 'profile'",
        remedy: "add 'profile: …', one of: \(profiles.joined(separator: ", "))")
      return nil
    }
    let name = problems.name(named.value, among: profiles, "\(system.name) profile")
    guard let profile = system.profiles.first(where: { $0.name.text == name }) else { return nil }
    let shape = shapes.systemShape(system, profile)
    guard let section = Section(tree, shape, &problems) else { return nil }
    var options: Fields = [:]
    for key in shape.keys where key.name != "profile" {
      guard let value = section[key.name] else { continue }
      options[Name(key.name)] = problems.value(value, key.kind, "the option '\(key.name)'")
    }
    return Scenario.SystemChoice(system: system.name, profile: profile.name, options: options)
  }

  /// `cloud: ec2` in the form of `cloud: {profile: ec2}`.
  private static func profileOnly(_ tree: YAMLTree) -> [YAMLTree.Entry] {
    [YAMLTree.Entry(key: "profile", keyPosition: tree.position, isKeyQuoted: false, value: tree)]
  }

  /// `metering: per-cluster` is an option of billing with a key of its own, because it joins two systems.
  private mutating func readMetering(_ world: Section, into choices: inout [Scenario.SystemChoice]) {
    guard let option = shapes.meteringOption, let tree = world["metering"] else { return }
    guard let value = problems.name(tree, among: option.allowed, "metering") else { return }
    guard let index = choices.firstIndex(where: { $0.system == "billing" }) else {
      problems.report(tree.position, "metering needs a billing system", remedy: "add 'billing: …' to the world")
      return
    }
    let profile = vocabulary.systems.first { $0.name == "billing" }?.profiles.first {
      $0.name == choices[index].profile
    }
    guard profile?.options.contains(where: { $0.name == option.name }) == true else {
      problems.report(
        tree.position, "the billing profile '\(choices[index].profile)' has no metering",
        remedy: "choose another profile, or leave 'metering' out")
      return
    }
    choices[index].options[option.name] = .text(value)
  }

  /// The workflow's fields; files are read and come in as their text.
  mutating func readInput(_ tree: YAMLTree, for template: WorkflowTemplate?) -> Fields {
    let shape = shapes.input(template)
    guard let section = Section(tree, shape, &problems) else { return [:] }
    var fields: Fields = [:]
    let inputs = (template.map { [$0] } ?? vocabulary.workflows).flatMap(\.inputs)
    for entry in section.known {
      guard let input = inputs.first(where: { $0.name.text == entry.key }),
        let key = shape.keys.first(where: { $0.name == entry.key }),
        let value = problems.value(entry.value, key.kind, "the \(entry.key)")
      else { continue }
      fields[input.field] =
        switch input.kind {
        case .file: readTicket(value.text ?? "", at: entry.value.position)
        case .day: .text(String(value.description.prefix(10)))
        case .text, .period, .int, .bool, .money: value
        }
    }
    return fields
  }

  private mutating func readTicket(_ name: String, at place: TextPosition) -> Value? {
    do throws(ScenarioErrors) {
      let text = try TextFile.read(TextFile.resolve(name, besides: path))
      digest.combine(text)
      return .text(text)
    } catch {
      problems.add(error, at: place)
      return nil
    }
  }
}
