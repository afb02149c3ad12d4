"""The standard streams: data on one, talk on the other, and neither ever a traceback."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from chainview.system.errors import ChainviewError, words_of

_LONGEST_TALK = 2000


def make_usable() -> None:
    """Gives what the caller closed a stand-in that is never read or written, and makes all text UTF-8.

    Bytes that are no text pass through escaped.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free descriptor is the missing one; processes of ours need it too, or take a file for it.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it lives as long as the process
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def is_served(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether `textual serve` shows a screen in a browser, to which standard input and output lead."""
    return environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def hears_someone() -> bool:
    """Whether a terminal, or who serves the screen to a browser, is still at standard input."""
    if not is_served():
        return os.isatty(0)
    look = select.poll()
    look.register(0, select.POLLHUP)
    return not any(event & select.POLLHUP for _, event in look.poll(0))


def silence(descriptor: int) -> None:
    """Drops what is still to be written there, so that Python does not complain of it as it ends."""
    stand_in = os.open(os.devnull, os.O_RDWR)
    os.dup2(stand_in, descriptor)
    os.close(stand_in)


def emit(lines: Iterable[str]) -> bool:
    """Writes lines of data to standard output; False when its reader has gone, which is its right.

    Raises ChainviewError when standard output can't be written for another reason.
    """
    return emit_bytes(f"{line}\n".encode("utf-8", "backslashreplace") for line in lines)


def emit_bytes(pieces: Iterable[bytes]) -> bool:
    """Writes data to standard output as it is; like `emit` otherwise."""
    return all(_written(piece) for piece in pieces) and flush()


def _written(piece: bytes) -> bool:
    rest = memoryview(piece)
    while rest:
        try:
            # Where Python was told not to buffer, a write may end early, or take nothing.
            done = sys.stdout.buffer.write(rest) or 0
        except BlockingIOError as full:
            done = full.characters_written
        except OSError as error:
            return _gone(error)
        if not done:
            _wait_for_reader()
        rest = rest[done:]
    return True


def flush() -> bool:
    """Lets all data go out; like `emit` otherwise."""
    while True:
        try:
            sys.stdout.flush()
        except BlockingIOError:
            _wait_for_reader()
        except OSError as error:
            return _gone(error)
        else:
            return True


def _wait_for_reader() -> None:
    """Waits until standard output takes more: whoever shares it may have made it one that refuses to wait."""
    select.select([], [sys.stdout.fileno()], [])


def _gone(error: OSError) -> bool:
    silence(1)
    if isinstance(error, BrokenPipeError):
        return False
    raise ChainviewError(f"can't write to standard output: {words_of(error)}") from None


def read_waiting(stream: BinaryIO, most: int) -> bytes:
    """The next bytes, so many where that many come, also of a pipe that others made one that refuses to wait."""
    pieces, due = list[bytes](), most
    while due:
        piece: bytes | None = stream.read(due)
        if piece is None:
            select.select([stream], [], [])
        elif not piece:
            break
        else:
            pieces.append(piece)
            due -= len(piece)
    return b"".join(pieces)


def write_all(descriptor: int, data: bytes) -> None:
    """Writes all of it to a descriptor, however little that takes at a time; raises OSError."""
    # Most takes one write, for which no view of it is made.
    written = os.write(descriptor, data) if data else 0
    rest = memoryview(data)[written:] if written < len(data) else b""
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def no_copy(name: str, error: OSError) -> ChainviewError:
    """Why what comes through a pipe can't be held in a temporary file."""
    return ChainviewError(
        f"can't keep what {name} gives in a temporary file: {words_of(error)}; "
        "free some space, or set TMPDIR to a folder with room"
    )


def say(text: str) -> None:
    """A line of talk on standard error, with nothing in it that could drive a terminal."""
    from chainview.system.wording import visible

    _talk(f"{visible(text)}\n")


def complain(sentence: str) -> None:
    """A sentence about what went wrong, or what to know, on standard error."""
    say(f"chainview: {as_talk(sentence)}")


def as_talk(sentence: str) -> str:
    """A sentence, or the ends of one that is longer than anybody reads."""
    half = _LONGEST_TALK // 2
    return sentence if len(sentence) <= _LONGEST_TALK else f"{sentence[:half]}…{sentence[-half:]}"


def show_progress(text: str) -> None:
    """Text of our own that is written over on a terminal."""
    _talk(text)


def _talk(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        # Whoever listened has gone; the exit code still tells.
        silence(2)
