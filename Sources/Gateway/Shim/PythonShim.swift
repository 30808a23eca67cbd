// Puts a Python process on the world's time, without a change to it.

import Foundation

/// A `sitecustomize` for Python: whoever finds it on `PYTHONPATH` sleeps in the world's time.
enum PythonShim {
  /// Writes it into a folder, which then belongs in front of `PYTHONPATH`.
  ///
  /// - Throws: what the file system refuses.
  static func install(in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = URL(fileURLWithPath: folder).appending(path: "sitecustomize.py")
    // Several trials come here at once; each finds the file whole or not at all.
    try Data((source + "\n").utf8).write(to: file, options: .atomic)
  }

  /// The variables with which a process finds it.
  ///
  /// - Parameter path: what is on `PYTHONPATH` already.
  static func variables(_ folder: String, before path: String?) -> [String: String] {
    let folder = URL(fileURLWithPath: folder).path
    return ["PYTHONPATH": path.map { $0.isEmpty ? folder : "\(folder):\($0)" } ?? folder]
  }

  static let source = #"""
    """Lets a Python process live on the time of the world that it works with.

    time.sleep, waits of threads with a time limit and an event loop's timers are declared to the world instead of
    waited for, by POST $FAULTLINE_URL/clock/sleep. Time jumps, to the nearest end of a wait, only while every thread
    is in a declared wait and no connection that this process opened owes it an answer; what holds it up for longer
    than $FAULTLINE_HOLD_SECONDS does so no more. time.time and time.monotonic show what has passed in the world. Not
    touched: time.perf_counter, datetime.now, time limits of sockets that are not an event loop's, child processes.
    """

    import os
    import sys


    def _install(url, patience):
        import _thread
        import json
        import queue
        import selectors
        import socket
        import threading
        import time

        real_sleep, real_now = time.sleep, time.monotonic
        real_wall, real_start = time.time(), time.monotonic_ns()
        wall_start = time.time_ns()
        settle = 0.01
        # The numbers of the sockets that this process connected.
        opened = set()

        class Clock:
            def __init__(self):
                self.reset()

            def reset(self):
                self.passed = 0  # nanoseconds
                self.reads = 0
                self.waits = {}  # thread: (end or None, whether it has been woken)
                self.owing = {}  # socket number: when its answer was asked for
                self.changed = real_now()
                self.jumping = _thread.allocate_lock()

            def read(self):
                # A loop that only looks at the clock comes to its end, too.
                self.reads += 1000
                return self.passed + self.reads

            def wait(self, seconds, poll, is_woken=lambda: False):
                """Waits until `poll` says true, or for so many seconds of the world; whether `poll` did."""
                me = _thread.get_ident()
                end = None if seconds is None else self.passed + max(0, int(seconds * 1e9))
                self.waits[me] = (end, is_woken)
                self.changed = real_now()
                pause = 0.0005
                try:
                    while True:
                        if end is None:
                            if poll(None):
                                return True
                            continue
                        if poll(0 if self.passed >= end else pause):
                            return True
                        if self.passed >= end:
                            return False
                        pause = min(pause * 1.5, 0.01)
                        self.jump()
                finally:
                    del self.waits[me]
                    self.changed = real_now()

            def jump(self):
                """Goes to where the first wait ends, if nobody here is at work."""
                if not self.jumping.acquire(False):
                    return
                try:
                    waits = dict(self.waits)
                    threads = threading.enumerate()
                    is_idle = not self.owing and all(
                        thread.ident in waits and not waits[thread.ident][1]() for thread in threads)
                    held = real_now() - self.changed
                    # Another thread may be about to begin, and of an answer to an event loop the rest may be to come.
                    is_uncertain = len(threads) > 1 or (opened and "asyncio" in sys.modules)
                    if held < (patience if not is_idle else settle if is_uncertain else 0):
                        return
                    ends = [end for end, _ in waits.values() if end is not None]
                    if ends and (span := min(ends) - self.passed) > 0:
                        self.tell(span)
                        self.passed += span
                        self.changed = real_now()
                finally:
                    self.jumping.release()

            def tell(self, span):
                import http.client
                from urllib.parse import urlsplit

                where = urlsplit(url)
                while span > 0:
                    part = min(span, 2_000_000 * 10**9)
                    span -= part
                    connection = http.client.HTTPConnection(where.hostname, where.port)
                    try:
                        connection.request(
                            "POST", f"{where.path}/clock/sleep", json.dumps({"seconds": part / 1e9}),
                            {"Content-Type": "application/json"})
                        connection.getresponse().read()
                    except (OSError, http.client.HTTPException):
                        return  # The run is over; whoever ends it ends this process.
                    finally:
                        connection.close()

        clock = Clock()
        os.register_at_fork(after_in_child=clock.reset)

        # Clocks.
        time.monotonic_ns = lambda: real_start + clock.read()
        time.monotonic = lambda: (real_start + clock.read()) / 1e9
        time.time_ns = lambda: wall_start + clock.read()
        time.time = lambda: real_wall + clock.read() / 1e9

        # Threads.
        waits_for_child = threading.local()

        def sleep(seconds):
            if seconds < 0:
                raise ValueError("sleep length must be non-negative")
            if seconds == 0 or getattr(waits_for_child, "is_so", False):
                return real_sleep(seconds)
            clock.wait(seconds, lambda pause: real_sleep(pause) if pause else None)

        def condition_wait(self, timeout=None):
            if not self._is_owned():
                raise RuntimeError("cannot wait on un-acquired lock")
            waiter = _thread.allocate_lock()
            waiter.acquire()
            self._waiters.append(waiter)
            saved = self._release_save()
            is_notified = False
            try:
                is_notified = clock.wait(
                    timeout, lambda pause: waiter.acquire() if pause is None else waiter.acquire(True, pause),
                    lambda: not waiter.locked())
                return is_notified
            finally:
                self._acquire_restore(saved)
                if not is_notified:
                    try:
                        self._waiters.remove(waiter)
                    except ValueError:
                        pass

        class Lock:
            def __init__(self):
                self._lock = _thread.allocate_lock()
                self.release = self.release_lock = self._lock.release
                self.locked = self.locked_lock = self._lock.locked
                self._at_fork_reinit = self._lock._at_fork_reinit

            def acquire(self, blocking=True, timeout=-1):
                lock = self._lock
                if not blocking or timeout == 0:
                    return lock.acquire(blocking, timeout)
                return lock.acquire(False) or clock.wait(
                    None if timeout < 0 else timeout,
                    lambda pause: lock.acquire() if pause is None else lock.acquire(True, pause),
                    lambda: not lock.locked())

            acquire_lock = acquire

            def __enter__(self):
                return self.acquire()

            def __exit__(self, *error):
                self.release()

        class RLock(threading._RLock):
            def __init__(self):
                super().__init__()
                self._block = Lock()

        thread_join, shut_down = threading.Thread.join, threading._shutdown

        def join(self, timeout=None):
            def poll(pause):
                thread_join(self, pause)
                return not self.is_alive()

            if self is threading.current_thread() or not self.is_alive():
                return thread_join(self, timeout)
            clock.wait(timeout, poll, lambda: not self.is_alive())

        def wait_for_all():
            clock.waits[_thread.get_ident()] = (None, lambda: False)
            shut_down()

        time.sleep = sleep
        threading.Lock, threading.RLock = Lock, RLock
        threading.Condition.wait = condition_wait
        threading.Thread.join, threading._shutdown = join, wait_for_all
        threading._time = time.monotonic
        queue.time = time.monotonic
        # The one in C waits where nobody sees it.
        queue.SimpleQueue = queue._PySimpleQueue

        # Event loops.
        def on_world_time(select):
            def declared(self, timeout=None):
                events = sys.modules.get("asyncio.events")
                if events is None or events._get_running_loop() is None or (timeout is not None and timeout <= 0):
                    return select(self, timeout)
                ready = select(self, 0)
                if not ready:
                    def poll(pause):
                        nonlocal ready
                        ready = select(self, pause)
                        return bool(ready) or pause is None
                    clock.wait(timeout, poll)
                return ready
            return declared

        for name in ("EpollSelector", "KqueueSelector", "PollSelector", "SelectSelector"):
            if kind := getattr(selectors, name, None):
                kind.select = on_world_time(kind.select)

        # Connections: whoever sent last on one that this process opened waits for an answer.
        def on_connect(method):
            def connect(self, address):
                if self.family in (socket.AF_INET, socket.AF_INET6):
                    opened.add(self.fileno())
                    clock.owing[self.fileno()] = clock.changed = real_now()
                try:
                    return method(self, address)
                except BlockingIOError:
                    raise
                except BaseException:
                    clock.owing.pop(self.fileno(), None)
                    raise
            return connect

        def on_send(method):
            def send(self, *arguments):
                if self.fileno() in opened:
                    clock.owing[self.fileno()] = clock.changed = real_now()
                return method(self, *arguments)
            return send

        def on_receive(method):
            def receive(self, *arguments):
                try:
                    got = method(self, *arguments)
                except BlockingIOError:
                    raise
                except BaseException:
                    clock.owing.pop(self.fileno(), None)
                    raise
                if clock.owing.pop(self.fileno(), None) is not None:
                    clock.changed = real_now()
                return got
            return receive

        def on_end(method):
            def end(self):
                opened.discard(self.fileno())
                clock.owing.pop(self.fileno(), None)
                return method(self)
            return end

        kind = socket.socket
        kind.connect, kind.connect_ex = on_connect(kind.connect), on_connect(kind.connect_ex)
        for name in ("send", "sendall", "sendmsg"):
            setattr(kind, name, on_send(getattr(kind, name)))
        for name in ("recv", "recv_into", "recvmsg"):
            setattr(kind, name, on_receive(getattr(kind, name)))
        kind._real_close, kind.detach = on_end(kind._real_close), on_end(kind.detach)

        # A child process lives on the machine's time.
        import subprocess

        child_wait = subprocess.Popen._wait

        def wait_for_child(self, timeout):
            waits_for_child.is_so = True
            try:
                return child_wait(self, timeout)
            finally:
                waits_for_child.is_so = False

        subprocess.Popen._wait = wait_for_child


    def _load_next():
        """Loads the sitecustomize that this one stands before."""
        import importlib.machinery
        import importlib.util

        here = os.path.dirname(os.path.abspath(__file__))
        path = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
        spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module(importlib.util.module_from_spec(spec))


    _load_next()
    if os.environ.get("FAULTLINE_URL"):
        _install(os.environ["FAULTLINE_URL"], float(os.environ.get("FAULTLINE_HOLD_SECONDS", "30")))
    """#
}
