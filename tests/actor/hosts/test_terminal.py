"""An actor's terminal: what it writes, and what it is called for that a person does there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chainview.actor.hosts.leave import leave_of
from chainview.actor.hosts.registry.terminal import INPUT, NAME, RESIZE, SIGNAL, TERMINAL
from chainview.actor.hosts.terminal import Listener, NoTerminal
from chainview.actor.session.host import SessionHost
from chainview.actor.session.mailbox import Callback
from chainview.chain.state_chain import StateChain
from chainview.pack.values import U8, U16, U64, UNIT, Array, Bool, List, String, Tuple, Value, bytes_value, types
from chainview.system.errors import ChainviewError
from tests.actor.hosts.test_registry import err, ok


@dataclass
class Desk:
    """A terminal without streams, that fails when it is told to."""

    written: bytes = b""
    raw: bool = False
    shape: tuple[int, int] | None = (80, 24)
    fails: OSError | None = None
    listeners: list[Listener] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        """Keeps what is written."""
        self._fail()
        self.written += data

    def size(self) -> tuple[int, int] | None:
        """The shape that it was given."""
        return self.shape

    def set_raw(self, on: bool) -> None:
        """Keeps the mode."""
        self._fail()
        self.raw = on

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Keeps who listens."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def of(self, actor: Callable[[], str]) -> Desk:
        """The same for everyone."""
        return self

    def _fail(self) -> None:
        if self.fails is not None:
            raise self.fails


def at(desk: Desk | None = None) -> tuple[SessionHost, Callable[[str, Value], Value]]:
    """The host of an actor at that desk, and how the actor asks it."""
    host = SessionHost(StateChain(), terminal=desk)
    functions = TERMINAL.provide(host)
    return host, lambda name, input: functions[name](input)


def test_the_interface_is_the_reference_one() -> None:
    """It is declared as `terminal.pact` of the published handler has it."""
    assert [each.text for each in TERMINAL.signatures] == [
        "write-stdout(data: list<u8>) -> result<u64, string>",
        "write-stderr(data: list<u8>) -> result<u64, string>",
        "set-raw-mode(enabled: bool) -> result<bool, string>",
        "get-size() -> result<tuple<u16, u16>, string>",
        "enable-input() -> result<bool, string>",
    ]
    assert TERMINAL.reaches_outside
    assert {each.interface for each in TERMINAL.signatures} == {NAME}


def test_what_is_written_is_counted() -> None:
    """Either function answers how many bytes it wrote, in the order of the calls."""
    desk = Desk()
    _, ask = at(desk)
    assert ask("write-stdout", bytes_value(b"one ")) == ok(U64(4))
    assert ask("write-stderr", List(types.U8, (U8(50),))) == ok(U64(1))
    assert ask("write-stdout", Array(types.U32, b"")) == ok(U64(0))
    assert desk.written == b"one 2"
    assert ask("get-size", String("whatever")) == ok(Tuple((U16(80), U16(24))))


@pytest.mark.parametrize(
    ("function", "input", "said"),
    [
        ("write-stdout", String("text"), "Expected list<u8>"),
        ("write-stderr", Tuple((bytes_value(b"x"),)), "Expected list<u8>"),
        ("write-stdout", Array(types.U16, b"\0\0"), "Expected u8 in list"),
        ("write-stderr", List(types.STRING, (U8(1), String("x"))), "Expected u8 in list"),
        ("set-raw-mode", UNIT, "Expected bool"),
    ],
)
def test_an_input_of_another_shape_is_an_error_value(function: str, input: Value, said: str) -> None:
    """The handler's own words are answered, and nothing is written."""
    desk = Desk()
    assert at(desk)[1](function, input) == err(said)
    assert not desk.written


def test_what_the_terminal_refuses_is_told_in_the_words_of_the_reference() -> None:
    """Errors of the system are as Rust shows them; modes and sizes have the handler's own words."""
    desk = Desk(shape=None)
    _, ask = at(desk)
    assert ask("get-size", UNIT) == err("Failed to get terminal size")
    desk.fails = BrokenPipeError(32, "gone")
    assert ask("write-stdout", bytes_value(b"x")) == err("Broken pipe (os error 32)")
    desk.fails = NoTerminal(25, "none")
    assert ask("set-raw-mode", Bool(True)) == err("Failed to get terminal attributes")
    desk.fails = OSError(5, "failed")
    assert ask("set-raw-mode", Bool(True)) == err("Failed to set raw mode")
    assert ask("set-raw-mode", Bool(False)) == err("Failed to restore terminal attributes")


def test_the_terminal_is_given_back_as_it_was() -> None:
    """The end of the actor ends raw mode, also where it never asked for that."""
    desk = Desk()
    host, ask = at(desk)
    assert ask("set-raw-mode", Bool(True)) == ask("set-raw-mode", Bool(True)) == ok(UNIT)
    assert desk.raw
    host.close()
    assert not desk.raw


def test_the_actor_is_called_for_what_a_person_does() -> None:
    """Once input is enabled: bytes, signals and sizes, with the parameters that the handler hands over."""
    desk = Desk()
    host, ask = at(desk)
    assert not desk.listeners
    assert ask("enable-input", UNIT) == ok(UNIT)
    assert ask("enable-input", UNIT) == err("Input already enabled")
    (listener,) = desk.listeners
    listener.typed(b"hi\n")
    listener.signalled("interrupt")
    listener.resized(100, 30)
    calls = [host.mailbox.take() for _ in range(3)]
    assert [(each.function, each.params) for each in calls if isinstance(each, Callback)] == [
        (INPUT, bytes_value(b"hi\n")),
        (SIGNAL, String("interrupt")),
        (RESIZE, Tuple((U16(100), U16(30)))),
    ]
    assert host.expected
    listener.ended()
    assert not host.expected
    assert host.mailbox.take() is None
    assert ask("enable-input", UNIT) == err("Input already enabled")
    host.close()
    assert not desk.listeners


def test_without_a_terminal_an_actor_writes_and_nobody_types() -> None:
    """It is told so as by the reference where the streams are no terminal, and nothing is waited for."""
    host, ask = at()
    assert ask("write-stdout", bytes_value(b"x")) == ok(U64(1))
    assert ask("get-size", UNIT) == err("Failed to get terminal size")
    assert ask("set-raw-mode", Bool(True)) == err("Failed to get terminal attributes")
    assert ask("set-raw-mode", Bool(False)) == ask("enable-input", UNIT) == ok(UNIT)
    assert not host.expected


def test_a_terminal_has_no_parts_to_allow() -> None:
    """A LIMIT is told as a mistake, before the actor begins."""
    with pytest.raises(ChainviewError, match="--allow terminal takes no LIMIT"):
        TERMINAL.provide(SessionHost(StateChain(), leave_of({}, ["terminal:stdout"])))
