"""The standard streams as an actor's terminal."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chainview.actor.hosts.terminal import NoTerminal
from chainview.actor.session.standard_terminal import StandardTerminal
from chainview.pack.values import UNIT, Value
from chainview.system.long_work import GivenUp, given_up_when
from tests.waiting import eventually


class Heard:
    """Notes what a terminal tells, and deals with it when the test says so."""

    def __init__(self) -> None:
        self.told: list[bytes | tuple[int, int]] = []
        self.over = False
        self._futures: list[Future[Value]] = []

    def typed(self, data: bytes) -> Future[Value]:
        """Notes bytes."""
        return self._note(data)

    def signalled(self, name: str) -> Future[Value]:
        """Notes a signal."""
        return self._note(name.encode())

    def resized(self, columns: int, rows: int) -> Future[Value]:
        """Notes a size."""
        return self._note((columns, rows))

    def ended(self) -> None:
        """Notes the end."""
        self.over = True

    @property
    def waits(self) -> bool:
        """Whether something was told that was not dealt with."""
        return bool(self._futures)

    def deal(self) -> bytes | tuple[int, int]:
        """Waits for the only thing that was told since, and deals with it."""
        eventually(lambda: self._futures)
        (future,) = self._futures
        self._futures.clear()
        told = self.told[-1]
        future.set_result(UNIT)
        return told

    def _note(self, told: bytes | tuple[int, int]) -> Future[Value]:
        future = Future[Value]()
        self.told.append(told)
        self._futures.append(future)
        return future


@contextmanager
def piped() -> Iterator[tuple[int, int]]:
    """A pipe to read from and to write to."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            with suppress(OSError):
                os.close(end)


@contextmanager
def terminals() -> Iterator[tuple[int, int]]:
    """The person's end of a terminal of 90 columns, and the actor's."""
    person, actor = os.openpty()
    fcntl.ioctl(actor, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 0, 0))
    try:
        yield person, actor
    finally:
        os.close(person)
        os.close(actor)


def test_input_comes_in_as_the_actor_deals_with_it() -> None:
    """As in Theater 1,024 bytes at most in a call, the next only after it; of the end the actor is not told."""
    heard, data = Heard(), bytes(range(256)) * 10
    with piped() as (reads, writes):
        stop = StandardTerminal(reads).listen(heard)
        os.write(writes, data)
        got = [heard.deal(), heard.deal(), heard.deal()]
        assert [len(each) for each in got] == [1024, 1024, 512]
        assert b"".join(each for each in got if isinstance(each, bytes)) == data
        os.write(writes, b"last")
        os.close(writes)
        assert heard.deal() == b"last"
        eventually(lambda: heard.over)
        stop()


def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    """Input need not come from a terminal."""
    (tmp_path / "in").write_bytes(b"one\ntwo\n")
    heard = Heard()
    with (tmp_path / "in").open("rb", buffering=0) as file:
        stop = StandardTerminal(file.fileno()).listen(heard)
        assert heard.deal() == b"one\ntwo\n"
        eventually(lambda: heard.over)
        stop()


@pytest.mark.parametrize("busy", [False, True])
def test_whoever_stops_listening_leaves_no_thread(busy: bool) -> None:
    """Whether the reader waits for input or for the actor; what the actor answers later is nobody's."""
    heard = Heard()
    with piped() as (reads, writes):
        stop = StandardTerminal(reads).listen(heard)
        if busy:
            os.write(writes, b"x")
            eventually(lambda: heard.told)
        stop()
        assert not [each for each in threading.enumerate() if each.name == "terminal"]
        assert not heard.over
        if busy:
            heard.deal()


def test_actors_of_a_family_share_what_comes_in() -> None:
    """Each byte goes to one of them, whichever is first, as in Theater; none waits for what another one took."""
    with piped() as (reads, writes):
        terminal, heard = StandardTerminal(reads), [Heard() for _ in range(4)]
        stops = [terminal.listen(each) for each in heard]
        for number in range(50):
            os.write(writes, bytes([number]))
            eventually(lambda: any(each.waits for each in heard))
            next(each for each in heard if each.waits).deal()
        told = sorted(byte for each in heard for data in each.told if isinstance(data, bytes) for byte in data)
        assert told == list(range(50))
        for stop in stops:
            stop()
    assert not [each for each in threading.enumerate() if each.name == "terminal"]


def test_another_size_is_told_in_its_turn() -> None:
    """That of the terminal that is written to, once the actor has dealt with what came before."""
    heard = Heard()
    with terminals() as (person, actor):
        terminal = StandardTerminal(actor, actor)
        stop = terminal.listen(heard)
        os.write(person, b"x\n")
        eventually(lambda: heard.told)
        terminal.resized()
        terminal.resized()
        assert heard.deal() == b"x\n"
        assert heard.deal() == (90, 30)
        stop()
        assert heard.told == [b"x\n", (90, 30)]


def test_raw_mode_hands_over_keys_and_keeps_signals() -> None:
    """Keys come as they are typed and are not shown; ^C is no byte; then everything is as it was, also at the end."""
    heard = Heard()
    with terminals() as (person, actor):
        terminal, before = StandardTerminal(actor, actor), termios.tcgetattr(actor)
        terminal.set_raw(True)
        terminal.set_raw(True)
        stop = terminal.listen(heard)
        os.write(person, b"k\r")
        assert heard.deal() == b"k\r"
        modes = termios.tcgetattr(actor)[3]
        assert not modes & (termios.ICANON | termios.ECHO)
        assert modes & termios.ISIG
        terminal.set_raw(False)
        assert termios.tcgetattr(actor) == before
        os.write(person, b"\x04")
        eventually(lambda: heard.over)
        stop()


def test_what_is_no_terminal_has_no_modes_and_no_size() -> None:
    """A pipe can't be raw; leaving what was never begun is fine."""
    with piped() as (reads, writes):
        terminal = StandardTerminal(reads, writes)
        assert terminal.size() is None
        terminal.set_raw(False)
        with pytest.raises(NoTerminal):
            terminal.set_raw(True)


def test_a_reader_that_takes_nothing_is_not_waited_for_without_end() -> None:
    """Writing is given up once the call is; one that has gone is an error of the system."""
    with piped() as (reads, writes):
        looks = iter([False, True])
        os.set_blocking(writes, False)
        with suppress(BlockingIOError):
            os.write(writes, bytes(1 << 20))
            os.write(writes, b"full")
        with pytest.raises(GivenUp), given_up_when(lambda: next(looks)):
            StandardTerminal(reads, writes).write(b"more")
        os.close(reads)
        with pytest.raises(BrokenPipeError):
            StandardTerminal(reads, writes).write(b"x")
