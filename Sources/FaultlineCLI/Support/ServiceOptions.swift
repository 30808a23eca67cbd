// Agents that are containers or long-running services: how they are brought up, killed, and given their work.

import ArgumentParser
import Faultline
import Gateway
import Primitives
import Simulation

/// Options for an agent that is no process of the command's own.
struct ServiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Bring the agent up with this, by sh, at each start: a container, a unit of systemd. It sees what a command after \
      -- sees; $FAULTLINE_ENV_FILE is a file with that for 'docker run --env-file'. With --trigger it may return and \
      leave the service behind it; without, it stays as long as the agent works, and its status is the agent's.
      """, valueName: "command"))
  var startCommand: String?

  @Option(
    help: ArgumentHelp(
      """
      Kill the agent with this, by sh, in the environment of its start: at the call at which it dies, whose answer is \
      withheld until this has ended, and at the end of each trial. Where it fails, or takes longer than 30 s or half \
      of --timeout, the trial is inconclusive. What --start-command started on this machine and is still there dies by itself then.
      """, valueName: "command"))
  var killCommand: String?

  @Option(
    help: ArgumentHelp(
      """
      Hand over the work after each start: POST {"input": …, "environment": {"FAULTLINE_URL": …}} to this URL, again \
      until the service takes it. Its answer ends the work: 2xx as status 0 does, others as status 1; after 202 the work \
      goes on until POST $FAULTLINE_URL/outcome. With a command after --, that is the service, killed as any process. \
      Alone, the service is up and stays so: it can't be killed, and no crash is tried.
      """, valueName: "url"))
  var trigger: String?

  /// Whether the agent is such a service.
  var isGiven: Bool { startCommand != nil || killCommand != nil || trigger != nil }
  /// Whether the agent is outside: such a service, or a command after `--`.
  var isOutside: Bool { isGiven || !AgentWords.command.isEmpty }

  /// Complains about several customers, of whom a service serves one.
  func check(workflows: Int?) throws {
    guard !isGiven || workflows == nil else {
      throw ValidationError("--workflows is for agents in Swift; a service serves one customer")
    }
  }

  func validate() throws {
    for (option, text) in [("--start-command", startCommand), ("--kill-command", killCommand)] {
      guard let text else { continue }
      guard !text.allSatisfy(\.isWhitespace) else { throw ValidationError("\(option) is empty; give a command for sh") }
      guard AgentWords.command.isEmpty else {
        throw ValidationError(
          "\(option) and a command after -- both say what the agent is; leave out one: a command after -- is started "
            + "and killed by itself, and may have a --trigger")
      }
    }
    guard startCommand == nil || killCommand != nil else {
      throw ValidationError(
        "--start-command needs --kill-command, such as --kill-command 'docker rm --force agent': nobody else can kill "
          + "what it brings up; a process that Faultline may kill itself stands after --")
    }
    guard killCommand == nil || startCommand != nil || trigger != nil else {
      throw ValidationError(
        "--kill-command alone gives the agent no work; add --start-command, or --trigger where it comes up by itself")
    }
    guard let trigger, ServiceURL(trigger) == nil else { return }
    throw ValidationError(
      "--trigger '\(trigger)' is no URL that work can be handed to; expected plain HTTP, such as "
        + "http://127.0.0.1:8080/work")
  }

  /// The agent as it is played.
  ///
  /// - Parameters:
  ///   - words: what stands after `--`.
  ///   - passed: names of variables that are handed on beside the usual ones.
  func program(_ words: [String], passing passed: [String]) -> AgentProgram {
    let url = trigger.flatMap { ServiceURL($0) }
    guard words.isEmpty else {
      return AgentProgram(AgentCommandLine(words, passing: passed), trigger: url)
    }
    return AgentProgram(start: startCommand, kill: killCommand, trigger: url, passing: passed)
  }

  /// These options as they are typed.
  var words: [String] {
    (startCommand.map { ["--start-command", $0] } ?? []) + (killCommand.map { ["--kill-command", $0] } ?? [])
      + (trigger.map { ["--trigger", $0] } ?? [])
  }
}

extension Outside {
  /// Complains about scenarios that this agent can't play.
  ///
  /// - Parameter playsPlans: whether the scenarios' own faults are played.
  func check(_ scenarios: [Scenario], playsPlans: Bool) throws {
    for scenario in scenarios {
      guard program.trigger == nil || (scenario.rollout.count == 1 && scenario.rollout.starts.isEmpty) else {
        throw Refusal.badInput(
          "'\(scenario.name)' starts several processes, and --trigger is the URL of one",
          remedy: "leave out --replicas or --trigger: --start-command sees $FAULTLINE_REPLICA")
      }
      guard playsPlans, !program.canDie, scenario.faults.entries.contains(where: \.isDeath) else { continue }
      throw Refusal.badInput(
        "'\(scenario.name)' kills the agent, and with --trigger alone nobody can",
        remedy: "add --kill-command, and --start-command unless the service comes up again by itself")
    }
  }
}

extension Plan.Entry {
  /// Whether it ends a process, or says what becomes of what that had sent.
  var isDeath: Bool { at.aspect == .crash || choose.text.hasPrefix("crash") }
}
