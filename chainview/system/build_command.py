"""A command that works for us, as one that builds: it runs in a session of its own, and ends with all that it began."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import IO

from chainview.system.errors import ChainviewError, words_of
from chainview.system.long_work import go_on
from chainview.system.signals import interruption

_LOOK_SECONDS = 0.05
_PATIENCE_SECONDS = 2.0
"""How long those that are told to end may take for it."""
_AT_ONCE = 1 << 16
_ASIDE = 10
"""How nice a program is that runs aside."""
_WATCH = (
    f"read -r group || exit; read -r _; kill -s TERM -- -$group || exit; sleep {_PATIENCE_SECONDS:g}; "
    "kill -s KILL -- -$group"
)
"""A command of the shell that is told a group of processes, and ends it once nobody is there who could tell more."""
_MOST_LEFT = 16
"""Pieces that are read of what was said by the end: what goes on writing is not waited for."""


def run_build(
    command: str,
    folder: Path,
    hears: Callable[[bytes], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Runs a command of the shell in a folder, and returns its exit code, or minus the signal that ended it.

    What it says goes to `hears` in pieces, as it comes; without that to standard error. However this ends, by a signal
    or a GivenUp of `go_on` too, nothing that the command began is left but what took a session of its own. Raises
    ChainviewError where the command can't be run.
    """
    streams = (2, subprocess.STDOUT) if hears is None else (subprocess.PIPE, subprocess.STDOUT)
    return _run(lambda: _begun(command, folder, environment, streams), (hears,))


def run_aside(
    words: Sequence[str], folder: Path, hears: Callable[[bytes], None], hears_talk: Callable[[bytes], None]
) -> int:
    """Runs a program like `run_build`, with low priority, so that it is in nobody's way.

    What it says on standard output and on standard error goes apart to who hears it.
    """

    def begun() -> subprocess.Popen[bytes]:
        process = _begun(words, folder, None, (subprocess.PIPE, subprocess.PIPE))
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _ASIDE)
        return process

    return _run(begun, (hears, hears_talk))


def _run(begun: Callable[[], subprocess.Popen[bytes]], heard_by: Sequence[Callable[[bytes], None] | None]) -> int:
    # One that a signal keeps from being known would go on alone. Other threads are not told of signals.
    of_signals = threading.current_thread() is threading.main_thread()
    with _Watch() as watch:
        with interruption.held() if of_signals else nullcontext():
            process = begun()
            watch.begin(process.pid)
        return _ended(process, heard_by, of_signals=of_signals)


def _ended(
    process: subprocess.Popen[bytes], heard_by: Sequence[Callable[[bytes], None] | None], *, of_signals: bool
) -> int:
    """The code of a process, of which, and of what it began, nothing is left however this ends."""
    streams = [each for each in (process.stdout, process.stderr) if each is not None]
    try:
        if of_signals:
            interruption.check()
        heard = [(stream, hears) for stream, hears in zip(streams, heard_by, strict=False) if hears is not None]
        if heard:
            _listen(process, heard)
        return _end_of(process)
    finally:
        _end(process)
        for stream in streams:
            stream.close()


class _Watch:
    """What ends a command, and all that it began, where this process is killed and can't do it any more."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> _Watch:
        # Without a shell, or another process, there is none.
        with suppress(OSError):
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _WATCH],
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self

    def begin(self, group: int) -> None:
        """There is something to be ended now."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.write(b"%d\n" % group)
                self._process.stdin.flush()

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if self._process is not None:
            # What a signal kept from being ended it ends, as it hears that nobody is there any more.
            if kind is None:
                self._process.kill()
            self._process.communicate()


def end_in_words(code: int) -> str:
    """How a command ended that did not succeed, by what `run_build` returned."""
    return f"exit code {code}" if code > 0 else f"signal {-code}"


def _begun(
    command: str | Sequence[str], folder: Path, environment: Mapping[str, str] | None, streams: tuple[int, int]
) -> subprocess.Popen[bytes]:
    output, talk = streams
    try:
        return subprocess.Popen(
            command,
            shell=isinstance(command, str),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=talk,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = words_of(error) if isinstance(error, OSError) else str(error)
        shown = f"build command {command!r}" if isinstance(command, str) else f"program {command[0]!r}"
        raise ChainviewError(f"can't run the {shown}: {why}") from None


def _listen(process: subprocess.Popen[bytes], heard: Sequence[tuple[IO[bytes], Callable[[bytes], None]]]) -> None:
    """Hands on what it says until it is over, or says nothing more."""
    with selectors.DefaultSelector() as ready:
        for stream, hears in heard:
            ready.register(stream, selectors.EVENT_READ, hears)
        left = _MOST_LEFT
        while left and ready.get_map():
            go_on()
            over = process.poll() is not None
            left -= over
            came = ready.select(0 if over else _LOOK_SECONDS)
            for key, _ in came:
                piece = os.read(key.fd, _AT_ONCE)
                if piece:
                    key.data(piece)
                else:
                    ready.unregister(key.fileobj)
            if over and not came:
                return


def _end_of(process: subprocess.Popen[bytes]) -> int:
    while True:
        go_on()
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_LOOK_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends what is left of it: those are asked first, and have a moment to put away what they are at."""
    until = time.monotonic() + _PATIENCE_SECONDS
    try:
        asked = _told(process, signal.SIGTERM)
        while asked and time.monotonic() < until and _told(process, 0):
            # One that is over counts until somebody asks for its code.
            process.poll()
            time.sleep(_LOOK_SECONDS)
    finally:
        _told(process, signal.SIGKILL)
        process.wait()


def _told(process: subprocess.Popen[bytes], number: int) -> bool:
    """Whether there were any to be sent a signal."""
    try:
        os.killpg(process.pid, number)
    except OSError:
        return False
    return True
