"""Data through the standard streams, whatever their descriptors make of it."""

from __future__ import annotations

import io
import os
import sys
import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.system.errors import ChainviewError
from chainview.system.streams import emit, emit_bytes, read_waiting


class Reluctant(io.RawIOBase):
    """A descriptor that takes up to so many bytes of each write, and after so many in all none."""

    def __init__(self, most: int, error: OSError | None = None, room: int = 0) -> None:
        self.taken = b""
        self._most = most
        self._error = error
        self._room = room

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if self._error is not None and len(self.taken) >= self._room:
            raise self._error
        piece = bytes(data)[: self._most]
        self.taken += piece
        return len(piece)


def standard_output(monkeypatch: pytest.MonkeyPatch, stream: Reluctant) -> None:
    """Makes a stream standard output, as it is under `python -u`: a text stream over one that buffers nothing."""
    text = io.TextIOWrapper(stream, write_through=True)  # type: ignore[type-var]
    monkeypatch.setattr(sys, "stdout", text)
    monkeypatch.setattr("chainview.system.streams.silence", lambda descriptor: None)


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 50))
def test_a_write_that_ends_early_goes_on(pieces: list[bytes], most: int) -> None:
    """All data arrives once and in order, however little of it standard output takes at a time."""
    data = b"".join(pieces) + "one\nzwö\n".encode()
    stream = Reluctant(most, OSError("more than there was"), len(data))
    with pytest.MonkeyPatch.context() as monkeypatch:
        standard_output(monkeypatch, stream)
        assert emit_bytes(pieces)
        assert emit(["one", "zwö"])
    assert stream.taken == data


@pytest.mark.parametrize("room", [0, 2, 4])
def test_a_write_that_fails_in_its_middle_ends(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """A reader that goes away in the middle of a piece ends the data; any other failure is one sentence."""
    stream = Reluctant(2, BrokenPipeError(), room)
    standard_output(monkeypatch, stream)
    assert not emit_bytes([b"abcdef", b"never"])
    assert stream.taken == b"abcdef"[:room]
    standard_output(monkeypatch, Reluctant(2, OSError(28, "No space left on device"), room))
    with pytest.raises(ChainviewError, match="can't write to standard output: no space left on device"):
        emit_bytes([b"abcdef"])


@pytest.mark.parametrize("buffering", [-1, 0])
def test_a_standard_output_that_refuses_to_wait_is_waited_for(monkeypatch: pytest.MonkeyPatch, buffering: int) -> None:
    """All data arrives through a pipe that others made non-blocking, however late it is read."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    taken: list[bytes] = []
    late = threading.Thread(target=lambda: taken.extend(iter(lambda: os.read(reader, 5_000), b"")))
    with io.TextIOWrapper(open(writer, "wb", buffering), write_through=not buffering) as text:
        monkeypatch.setattr(sys, "stdout", text)
        # Only a pipe that is full has the data wait.
        os.write(writer, bytes(1 << 16))
        late.start()
        assert emit_bytes([b"x" * 300_000, b"y" * 10])
    late.join()
    os.close(reader)
    assert b"".join(taken)[1 << 16 :] == b"x" * 300_000 + b"y" * 10


@pytest.mark.parametrize("most", [1, 4_000, 100_000])
def test_a_standard_input_that_refuses_to_wait_is_waited_for(most: int) -> None:
    """What comes late, and in pieces, through a pipe that others made non-blocking is read up to where it is wanted."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    asked = threading.Event()

    def write() -> None:
        asked.wait()
        # Who wanted one byte has gone before the rest is written.
        with suppress(BrokenPipeError):
            for piece in (b"a", b"b" * 5_000, b"c" * 20):
                os.write(writer, piece)
        os.close(writer)

    late = threading.Thread(target=write)
    late.start()
    with open(reader, "rb") as stream:
        asked.set()
        assert read_waiting(stream, most) == (b"a" + b"b" * 5_000 + b"c" * 20)[:most]
    late.join()
