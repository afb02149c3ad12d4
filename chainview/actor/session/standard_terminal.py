"""The standard streams as an actor's terminal: it writes to standard error and reads standard input."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, Final

from chainview.actor.hosts.terminal import Listener, NoTerminal, Terminal
from chainview.pack.values import Value
from chainview.system.long_work import go_on

_AT_ONCE: Final = 1024
"""Bytes that Theater's handler hands over in one call."""
_BUFFER: Final = 8192
_PIECE: Final = 512
"""What every pipe that takes something takes without waiting."""
_LOOK_SECONDS: Final = 0.1
_RESIZED, _ANSWERED = b"r", b"a"


class StandardTerminal:
    """What keeps ^C for chainview: that is no byte for the actor in raw mode either."""

    def __init__(self, reads: int = 0, writes: int = 2) -> None:
        self._reads, self._writes = reads, writes
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._before: list[Any] | None = None
        self._readers: list[_Reader] = []

    def write(self, data: bytes) -> None:
        """Writes all of it, however slowly it is taken."""
        rest = memoryview(data)
        while rest:
            go_on()
            if select.select([], [self._writes], [], _LOOK_SECONDS)[1]:
                try:
                    rest = rest[os.write(self._writes, rest[:_PIECE]) :]
                except BlockingIOError:
                    continue

    def size(self) -> tuple[int, int] | None:
        """That of the terminal which is written to."""
        try:
            return os.get_terminal_size(self._writes)
        except OSError:
            return None

    def set_raw(self, on: bool) -> None:
        """As cfmakeraw does, but that signals stay with chainview, and that what it prints itself keeps its lines."""
        try:
            import termios
        except ImportError:
            raise NoTerminal("this system has no such modes") from None
        try:
            with self._lock:
                if not on:
                    if self._before is not None:
                        termios.tcsetattr(self._reads, termios.TCSANOW, self._before)
                    return
                try:
                    mode = termios.tcgetattr(self._reads)
                except termios.error as error:
                    raise NoTerminal(*error.args) from None
                self._before = self._before or list(mode)
                mode[0] &= ~(termios.IGNBRK | termios.BRKINT | termios.PARMRK | termios.ISTRIP)
                mode[0] &= ~(termios.INLCR | termios.IGNCR | termios.ICRNL | termios.IXON)
                mode[2] = (mode[2] & ~(termios.CSIZE | termios.PARENB)) | termios.CS8
                mode[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.IEXTEN)
                termios.tcsetattr(self._reads, termios.TCSANOW, mode)
        except termios.error as error:
            raise OSError(*error.args) from None

    def of(self, actor: Callable[[], str]) -> Terminal:
        """The same for everyone: the streams hold what the actors write, and nothing else."""
        return self

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Reads on a thread of its own, the next bytes only once the actor has dealt with those before."""
        reader = _Reader(self, listener)
        with self._lock:
            self._readers.append(reader)
        reader.start()

        def close() -> None:
            with self._lock:
                self._readers.remove(reader)
            reader.close()

        return close

    @property
    def reads(self) -> int:
        """The descriptor of what comes in."""
        return self._reads

    def taken(self) -> bytes | None:
        """What has come in, empty at its end; None where another actor took it, which is not waited for."""
        with self._reading:
            if not select.select([self._reads], [], [], 0)[0]:
                return None
            try:
                return os.read(self._reads, _BUFFER)
            except BlockingIOError:
                return None
            except OSError:
                return b""

    def resized(self) -> None:
        """Tells those who listen that the terminal has another size."""
        for reader in tuple(self._readers):
            reader.wake(_RESIZED)


class _Reader:
    """A thread that waits for input, and to be woken."""

    def __init__(self, terminal: StandardTerminal, listener: Listener) -> None:
        self._terminal, self._listener = terminal, listener
        self._woken, self._wakes = socket.socketpair()
        self._wakes.setblocking(False)
        self._data = b""
        self._waits = self._resized = self._over = False
        self._thread = threading.Thread(target=self._work, name="terminal", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self, why: bytes) -> None:
        # It may be full of the same, or closed.
        with suppress(OSError):
            self._wakes.send(why)

    def close(self) -> None:
        self._wakes.close()
        self._thread.join()
        self._woken.close()

    def _work(self) -> None:
        try:
            while not self._over:
                self._step()
        except (OSError, ValueError):
            # A process with very many open files can't wait for more of them.
            self._end()

    def _step(self) -> None:
        if self._waits:
            self._await()
        elif self._data:
            sent, self._data = self._data[:_AT_ONCE], self._data[_AT_ONCE:]
            self._tell(self._listener.typed(sent))
        elif self._resized:
            self._resized, size = False, self._terminal.size()
            if size is not None:
                self._tell(self._listener.resized(*size))
        else:
            self._await(self._terminal.reads)

    def _tell(self, told: Future[Value]) -> None:
        self._waits = True
        told.add_done_callback(lambda _: self.wake(_ANSWERED))

    def _await(self, *reads: int) -> None:
        ready = select.select([self._woken.fileno(), *reads], [], [])[0]
        if self._woken.fileno() in ready:
            woken = self._woken.recv(_BUFFER)
            self._over = not woken
            self._resized = self._resized or _RESIZED in woken
            self._waits = self._waits and _ANSWERED not in woken
        if not self._over and any(each in ready for each in reads):
            data = self._terminal.taken()
            if data:
                self._data = data
            elif data is not None:
                self._end()

    def _end(self) -> None:
        self._over = True
        with suppress(OSError):
            self._terminal.set_raw(False)
        self._listener.ended()


@contextmanager
def standard_terminal() -> Iterator[StandardTerminal]:
    """The terminal of this process, which hears of another size; for the main thread."""
    terminal = StandardTerminal()
    if "SIGWINCH" not in signal.Signals.__members__:
        yield terminal
        return
    before = signal.signal(signal.SIGWINCH, lambda number, frame: terminal.resized())
    try:
        yield terminal
    finally:
        signal.signal(signal.SIGWINCH, before)
