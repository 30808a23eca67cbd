// A control group of the kernel's: whoever is born in it stays in it, whatever it does to get away.

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A group of processes under cgroup v2, for one process of an agent and all that comes of it.
struct ControlGroup: Sendable {
  /// How the names of all groups of ours begin.
  static let prefix = "faultline-"

  private let path: String

  /// Makes one; nil where this user may make none, which is so in most containers.
  init?(named name: String) {
    guard let base = Self.base else { return nil }
    path = "\(base)/\(Self.prefix)\(name)"
    guard mkdir(path, 0o755) == 0 else { return nil }
    guard FileManager.default.isWritableFile(atPath: "\(path)/cgroup.procs") else {
      rmdir(path)
      return nil
    }
  }

  /// The group that this process is in; nil without cgroup v2.
  private static let base: String? = {
    guard let mounts = contents("/proc/self/mountinfo"), let own = contents("/proc/self/cgroup") else { return nil }
    let path = own.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3)
    let mount = mounts.split(separator: "\n").lazy.map { $0.split(separator: " ") }
      .first { $0.count > 4 && $0.contains("cgroup2") }
    guard let path, let mount else { return nil }
    // What is mounted may be a part of the hierarchy.
    let rest = path.hasPrefix(mount[3]) ? path.dropFirst(mount[3].count) : path
    return "\(mount[4])/\(rest)"
  }()

  /// A command that enters the group and then becomes this one.
  func entering(_ executable: String, _ arguments: [String]) -> (executable: String, arguments: [String]) {
    ("/bin/sh", ["-c", #"echo 0 >"$0/cgroup.procs" && exec "$@""#, path, executable] + arguments)
  }

  /// Everybody in it who is not dead.
  var members: [pid_t] {
    (Self.contents("\(path)/cgroup.procs") ?? "").split(separator: "\n").compactMap { pid_t($0) }
  }

  /// Kills everybody in it at once.
  func kill() { try? Data("1".utf8).write(to: URL(fileURLWithPath: "\(path)/cgroup.kill")) }

  /// Takes it away, if nobody is in it.
  func remove() { rmdir(path) }

  private static func contents(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
