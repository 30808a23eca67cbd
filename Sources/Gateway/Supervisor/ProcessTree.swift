// Which processes belong to a run: those that it started, and those that they started.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Foundation

/// The processes of one run on this machine.
///
/// A process belongs to a run when its environment carries its id, which children inherit also where they begin
/// a session of their own, or when its parent belongs to it. Read from `/proc`; on a system without one, only the
/// process group is known.
struct ProcessTree: Sendable {
  /// The first process, which leads a session and a group of its own.
  let root: pid_t
  /// `FAULTLINE_PROCESS_ID=…`, as it stands in an environment.
  let mark: String

  /// How often the tree is looked through before what is left counts as a survivor.
  private static let rounds = 50

  /// Kills the whole tree.
  ///
  /// Stops each process before it looks for children, so that none is born in between.
  /// - Returns: who is still there, by number and name; nobody as a rule.
  func kill() async -> [String] {
    for _ in 0..<Self.rounds {
      let members = members()
      #if canImport(Darwin)
        _ = Darwin.kill(-root, SIGKILL)
      #else
        for member in members { _ = send(SIGSTOP, to: member.id) }
        _ = send(SIGKILL, to: -root)
        for member in self.members() { _ = send(SIGKILL, to: member.id) }
      #endif
      if members.isEmpty { return [] }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return members().map { "\($0.id) \($0.name)" }
  }

  /// The processes that run or wait; those that are dead and only not waited for yet don't count.
  func members() -> [(id: pid_t, name: String)] {
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else {
      return send(0, to: -root) == 0 ? [(root, "process group")] : []
    }
    var all: [pid_t: (parent: pid_t, name: String)] = [:]
    var found: Set<pid_t> = []
    for entry in entries {
      guard let id = pid_t(entry), let stat = Self.read("/proc/\(entry)/stat"), let close = stat.lastIndex(of: ")"),
        let open = stat.firstIndex(of: "(")
      else { continue }
      let rest = stat[stat.index(after: close)...].split(separator: " ")
      guard rest.count > 3, rest[0] != "Z", rest[0] != "X", let parent = pid_t(rest[1]), let group = pid_t(rest[2])
      else { continue }
      all[id] = (parent, String(stat[stat.index(after: open)..<close]))
      if id == root || group == root || (Self.read("/proc/\(entry)/environ")?.contains(mark) ?? false) {
        found.insert(id)
      }
    }
    var hasGrown = true
    while hasGrown {
      let children = all.filter { !found.contains($0.key) && found.contains($0.value.parent) }.keys
      found.formUnion(children)
      hasGrown = !children.isEmpty
    }
    return found.sorted().compactMap { id in all[id].map { (id, $0.name) } }
  }

  private func send(_ signal: Int32, to id: pid_t) -> Int32 {
    #if canImport(Darwin)
      Darwin.kill(id, signal)
    #elseif canImport(Musl)
      Musl.kill(id, signal)
    #else
      Glibc.kill(id, signal)
    #endif
  }

  /// A file of `/proc`, whose sizes are not known beforehand; nil where it is gone or not ours.
  private static func read(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }
}
