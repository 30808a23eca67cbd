// Python on the world's time: what waits there takes a moment here, and no jump overtakes what is under way.

import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite(.enabled(if: hasPython, "python3 is missing")) struct ShimTests {
  /// Plays a script in a virtual world, from a folder where it may leave files.
  ///
  /// - Returns: what it printed, and how long it took here.
  private func play(_ script: String) async throws -> (output: String, duration: Duration) {
    let folder = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // It ends as if all were done, which nothing is: trials that fail keep their output.
    let outcome = try await Bench.trial(
      AgentCommandLine(["python3", "-c", Self.prelude + script]), folder: folder, timeout: .seconds(50))
    let errors = try String(contentsOfFile: "\(outcome.folder)/stderr.1", encoding: .utf8)
    #expect(errors == "")
    return (try String(contentsOfFile: "\(outcome.folder)/stdout.1", encoding: .utf8), outcome.duration)
  }

  /// `world()` is how many seconds the world has come.
  private static let prelude = """
    import asyncio, datetime, json, os, queue, socket, subprocess, sys, threading, time, urllib.request
    def clock():
        text = json.loads(urllib.request.urlopen(os.environ["FAULTLINE_URL"] + "/clock").read())["now"]
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    begun = clock()
    def world(): return round((clock() - begun).total_seconds())

    """

  @Test func sleepsOfAnHourTakeAMoment() async throws {
    let played = try await play("time.sleep(3600); print(world())")
    #expect(played.output == "3600\n")
    #expect(played.duration < .seconds(40))
  }

  @Test func theClocksOfTheProcessAreTheWorlds() async throws {
    let played = try await play(
      """
      m, t = time.monotonic(), time.time()
      time.sleep(90)
      print(round(time.monotonic() - m), round(time.time() - t), world())
      """)
    #expect(played.output == "90 90 90\n")
  }

  @Test func timersOfAnEventLoopRunSideBySide() async throws {
    let played = try await play(
      """
      async def main():
          await asyncio.gather(asyncio.sleep(300), asyncio.sleep(200), asyncio.to_thread(time.sleep, 250))
          print(world())
          try:
              await asyncio.wait_for(asyncio.Event().wait(), 60)
          except asyncio.TimeoutError:
              print(world())
      asyncio.run(main())
      """)
    #expect(played.output == "300\n360\n")
  }

  @Test func threadsWaitOnConditionsQueuesAndLocks() async throws {
    let played = try await play(
      """
      event, lock, said = threading.Event(), threading.Lock(), []
      lock.acquire()
      threads = [threading.Thread(target=lambda: said.append(event.wait(500))),
                 threading.Thread(target=lambda: said.append(event.wait(50))),
                 threading.Thread(target=lambda: lock.acquire())]
      for thread in threads: thread.start()
      time.sleep(100)
      event.set()
      lock.release()
      for thread in threads: thread.join()
      print(said, world())
      try:
          queue.Queue().get(timeout=30)
      except queue.Empty:
          print(world())
      """)
    #expect(played.output == "[False, True] 100\n130\n")
  }

  /// A thread that computes is in no declared wait: nobody else's sleep is over before it is done.
  @Test func workHoldsTheTime() async throws {
    let played = try await play(
      """
      def work():
          for _ in range(200_000): hashed = hash(str(_))
          print("worked", world())
      async def main():
          await asyncio.gather(asyncio.to_thread(work), asyncio.sleep(1000))
          print(world())
      asyncio.run(main())
      """)
    #expect(played.output == "worked 0\n1000\n")
  }

  /// An answer that somebody thinks about is waited for, and costs no time.
  @Test func anAnswerUnderWayHoldsTheTime() async throws {
    let played = try await play(
      """
      server = socket.create_server(("127.0.0.1", 0))
      slow = '''import socket, sys, time
      caller, _ = socket.socket(fileno=int(sys.argv[1])).accept()
      caller.recv(9); time.sleep(.3); caller.send(b'!')'''
      plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
      number = server.fileno()
      child = subprocess.Popen([sys.executable, "-c", slow, str(number)], pass_fds=[number], env=plain)
      async def main():
          reader, writer = await asyncio.open_connection(*server.getsockname())
          writer.write(b"?")
          sleeper = asyncio.create_task(asyncio.sleep(1000))
          print(await reader.read(1), world())
          await sleeper
          print(world())
          writer.close()
      asyncio.run(main())
      child.wait(timeout=20)
      print(world())
      """)
    #expect(played.output == "b'!' 0\n1000\n1000\n")
  }

  @Test func whatWasOnThePathStaysThere() {
    #expect(PythonShim.variables("/a", before: nil) == ["PYTHONPATH": "/a"])
    #expect(PythonShim.variables("/a", before: "/b:/c") == ["PYTHONPATH": "/a:/b:/c"])
  }
}
