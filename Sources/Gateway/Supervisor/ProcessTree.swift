// Which processes belong to a run: those that it started, and those that they started.

import CSupervision
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The first processes of all trees that are alive and have no control group, and what came here when its own parent
/// died.
///
/// This process adopts orphans where the system lets it. One that has thrown away its environment tells no more whose
/// it was, and is known to belong to a tree only while there is no other.
final class Orphanage: Sendable {
  /// Orphans come to a whole process, so it has one.
  static let shared = Orphanage()

  private let roots = Mutex<Set<pid_t>>([])
  /// Processes that were started here and are waited for; one that is ending shows no environment any more.
  private let waitedFor = Mutex<Set<pid_t>>([])
  /// Whether orphans come to this process.
  let adopts: Bool

  private init() { adopts = supervision_adopt_orphans() == 1 }

  func add(_ root: pid_t) { roots.withLock { _ = $0.insert(root) } }
  func remove(_ root: pid_t) { roots.withLock { _ = $0.remove(root) } }
  func expectEnd(of id: pid_t) { waitedFor.withLock { _ = $0.insert(id) } }
  func hasEnded(_ id: pid_t) { waitedFor.withLock { _ = $0.remove(id) } }
  func isWaitedFor(_ id: pid_t) -> Bool { waitedFor.withLock { $0.contains(id) } }
  /// Whether there is no tree but this one.
  func isAlone(_ root: pid_t) -> Bool { roots.withLock { $0.subtracting([root]).isEmpty } }

  /// What is left of a process that was killed and has no parent but this one.
  func bury(_ id: pid_t) {
    var status: Int32 = 0
    if adopts { _ = waitpid(id, &status, WNOHANG) }
  }
}

/// The processes of one run on this machine.
///
/// Where a control group can be had, they are those in it. Elsewhere a process belongs to a run when its environment
/// carries its id, which children inherit also where they begin a session of their own, when its parent belongs to it,
/// or when it is an orphan that can be nobody else's. Read from `/proc`; on a system without one, only the
/// process group is known.
struct ProcessTree: Sendable {
  typealias Member = (id: pid_t, name: String)

  /// The first process, which leads a session and a group of its own.
  let root: pid_t
  /// `FAULTLINE_PROCESS_ID=…`, as it stands in an environment.
  let mark: String
  /// The group of all of them; nil where there is none.
  let group: ControlGroup?
  /// Whether the first process has ended and left others behind: its number may be somebody else's by now.
  var hasLostRoot = false
  private let orphanage = Orphanage.shared

  init(root: pid_t, mark: String, group: ControlGroup?) {
    self.root = root
    self.mark = mark
    self.group = group
    if group == nil { orphanage.add(root) }
  }

  /// How often the tree is looked through before what is left counts as a survivor.
  private static let rounds = 50

  /// Kills the whole tree.
  ///
  /// Stops each process before it looks for children, so that none is born in between.
  /// - Returns: who is still there, by number and name; nobody as a rule.
  func kill() async -> [String] {
    defer { orphanage.remove(root) }
    var killed: Set<pid_t> = []
    for _ in 0..<Self.rounds {
      let members = members()
      killed.formUnion(members.map(\.id))
      if members.isEmpty {
        killed.subtracting([root]).forEach(orphanage.bury)
        group?.remove()
        return strangers().map { "\($0.id) \($0.name) (it may belong to another trial: try --jobs 1)" }
      }
      #if canImport(Darwin)
        _ = Darwin.kill(-root, SIGKILL)
      #else
        group?.kill()
        for member in members { _ = send(SIGSTOP, to: member.id) }
        if !hasLostRoot { _ = send(SIGKILL, to: -root) }
        for member in self.members() { _ = send(SIGKILL, to: member.id) }
      #endif
      try? await Task.sleep(for: .milliseconds(10))
    }
    return members().map { "\($0.id) \($0.name)" }
  }

  /// The processes that run or wait; those that are dead and only not waited for yet don't count.
  func members() -> [Member] {
    guard let all = Self.processes() else { return send(0, to: -root) == 0 ? [(root, "process group")] : [] }
    var found = Set(group?.members ?? [])
    for (id, process) in all {
      // Nobody gets the number of a session that somebody is in.
      let isOfRoot = hasLostRoot ? process.session == root : id == root || process.group == root
      let isMarked = isOfRoot || Self.environment(of: id)?.contains(mark) == true
      if isMarked { found.insert(id) }
    }
    if group == nil, orphanage.isAlone(root) { found.formUnion(orphans(among: all)) }
    var hasGrown = true
    while hasGrown {
      let children = all.filter { !found.contains($0.key) && found.contains($0.value.parent) }.keys
      found.formUnion(children)
      hasGrown = !children.isEmpty
    }
    return found.sorted().compactMap { id in all[id].map { (id, $0.name) } }
  }

  /// Orphans that may be of this tree or of another one.
  private func strangers() -> [Member] {
    guard group == nil, !orphanage.isAlone(root), let all = Self.processes() else { return [] }
    return orphans(among: all).sorted().compactMap { id in all[id].map { (id, $0.name) } }
  }

  /// Adopted children that began a session of their own and threw their environment away. Whoever is started here
  /// for another purpose stays in this session or carries a mark.
  private func orphans(among all: [pid_t: Known]) -> [pid_t] {
    guard orphanage.adopts, group == nil else { return [] }
    let (own, session) = (getpid(), getsid(0))
    let image = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return all.filter { id, process in
      process.parent == own && process.session != session && id != root && !orphanage.isWaitedFor(id)
        && Self.environment(of: id)?.contains("FAULTLINE_RUN_ID=") == false
        && Self.read("/proc/\(id)/cgroup")?.contains(ControlGroup.prefix) != true
        && (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe")) != image
    }.map(\.key)
  }

  // MARK: /proc

  private struct Known {
    var parent: pid_t
    var group: pid_t
    var session: pid_t
    var name: String
  }

  /// All processes of this machine that are not dead; nil where nobody tells.
  private static func processes() -> [pid_t: Known]? {
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else { return nil }
    var all: [pid_t: Known] = [:]
    for entry in entries {
      guard let id = pid_t(entry), let stat = read("/proc/\(entry)/stat"), let close = stat.lastIndex(of: ")"),
        let open = stat.firstIndex(of: "(")
      else { continue }
      let rest = stat[stat.index(after: close)...].split(separator: " ")
      guard rest.count > 3, rest[0] != "Z", rest[0] != "X", let parent = pid_t(rest[1]), let group = pid_t(rest[2]),
        let session = pid_t(rest[3])
      else { continue }
      let name = String(stat[stat.index(after: open)..<close])
      all[id] = Known(parent: parent, group: group, session: session, name: name)
    }
    return all
  }

  private static func environment(of id: pid_t) -> String? { read("/proc/\(id)/environ") }

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
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
