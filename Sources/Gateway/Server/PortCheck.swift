// Whether an address can be listened on, found out by doing it.

import NIOCore
import NIOPosix

/// Tries addresses.
public enum PortCheck {
  /// Listens for a moment.
  ///
  /// - Parameter port: 0 for any that is free.
  /// - Returns: why it can't be had; nil where it can.
  public static func complaint(host: String, port: Int) async -> String? {
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: host, port: port).get()
      try await channel.close().get()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
