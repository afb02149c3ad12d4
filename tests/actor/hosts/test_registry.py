"""The host interfaces: answers, annotations and interface hashes as Theater's handlers have them."""

from __future__ import annotations

import time

import pytest

from chainview.actor.hosts.registry import runtime, timer
from chainview.actor.session.host import SessionHost
from chainview.chain.state_chain import StateChain
from chainview.pack.values import (
    S32,
    U8,
    U64,
    UNIT,
    Array,
    List,
    Option,
    Result,
    String,
    Tuple,
    Value,
    bytes_value,
    some,
    types,
)
from tests.actor.hosts.answering import answer

RUNTIME, TIMER = runtime.NAME, timer.NAME


def ok(value: Value) -> Result:
    """An ok annotated `string, string`, as Theater's result helpers leave it."""
    return Result(types.STRING, types.STRING, True, value)


def err(message: str) -> Result:
    """An err annotated the same way."""
    return Result(types.STRING, types.STRING, False, String(message))


def test_interface_hashes_are_the_reference_ones() -> None:
    """The whole timer, and the runtime of the latest release, hash to the values that Theater declares."""
    ticking = timer.TIMER
    assert (
        ticking.hash_of(ticking.functions()).hex() == "376e169568000435cb382b39f9ab2e65f4000d8f4d15e8420659cb6403d436ae"
    )
    running = runtime.RUNTIME
    whole = "fff2ee342d7de890b40cae564193f0184e2449f0a5a9764b6a3bad6a43bcf2bb"
    assert running.hash_of(running.functions()).hex() == whole


def test_timer_answers_have_their_annotations() -> None:
    """Starting, starting twice, clearing and clearing what is not there answer as the handler does."""
    host = SessionHost(StateChain())
    beat = Tuple((String("beat"), U64(50)))
    assert answer(host, TIMER, "set-interval", beat) == ok(String("beat"))
    assert list(host.timers) == ["beat"]
    assert answer(host, TIMER, "set-interval", beat) == err("Timer 'beat' already exists")
    assert answer(host, TIMER, "clear-interval", String("beat")) == ok(UNIT)
    assert answer(host, TIMER, "clear-interval", String("beat")) == err("Timer 'beat' not found")
    assert not host.timers


@pytest.mark.parametrize(
    ("input", "said"),
    [
        (UNIT, "Expected tuple(string, u64)"),
        (String("beat"), "Expected tuple(string, u64)"),
        (Tuple((U64(1), String("x"))), "Expected string for name"),
        (Tuple((String("x"), S32(1))), "Expected u64 for interval_ms"),
    ],
)
def test_a_timer_of_another_shape_is_an_error_value(input: Value, said: str) -> None:
    """An input of another shape is answered with an err in the handler's words, and nothing starts."""
    host = SessionHost(StateChain())
    assert answer(host, TIMER, "set-interval", input) == err(said)
    assert answer(host, TIMER, "clear-interval", U64(1)) == err("Expected string")
    assert host.timers == ()


def test_an_interval_of_nothing_is_there_and_never_ticks() -> None:
    """In Theater the task of an interval of 0 ms dies at once, after the actor was told that it runs."""
    host = SessionHost(StateChain())
    assert answer(host, TIMER, "set-interval", Tuple((String("x"), U64(0)))) == ok(String("x"))
    assert host.timers == ("x",)
    assert host.due_timer() is None
    assert host.seconds_to_tick() is None
    assert answer(host, TIMER, "clear-interval", String("x")) == ok(UNIT)


def test_now_is_the_clock_bare() -> None:
    """`now` answers milliseconds since the epoch without a result around them."""
    before = time.time_ns() // 1_000_000
    now = answer(SessionHost(StateChain()), TIMER, "now", UNIT)
    assert isinstance(now, U64)
    assert before <= now.value <= time.time_ns() // 1_000_000


@pytest.mark.parametrize("input", [String("hello"), UNIT, S32(1)])
def test_log_answers_unit_whatever_it_is_given(input: Value) -> None:
    """Logging never fails."""
    assert answer(SessionHost(StateChain()), RUNTIME, "log", input) == UNIT


@pytest.mark.parametrize(
    ("given", "handed_over"),
    [
        (some(bytes_value(b"bye")), b"bye"),
        (some(List(types.U8, (U8(7),))), b"\x07"),
        (some(bytes_value(b"")), b""),
        (Tuple((some(bytes_value(b"bye")),)), None),
        (some(Array(types.U16, b"\1\0")), None),
        (some(String("bye")), None),
        (String("bye"), None),
    ],
)
def test_what_is_handed_over_at_the_end_is_the_bytes_of_an_option(given: Value, handed_over: bytes | None) -> None:
    """Whatever else `shutdown` is given is no error, and nothing is handed over."""
    host = SessionHost(StateChain())
    assert answer(host, RUNTIME, "shutdown", given) == ok(UNIT)
    assert (host.ending, host.handed_over) == (True, handed_over)


def test_shutdown_ends_after_the_call() -> None:
    """`shutdown` answers ok at once and leaves the wish to end with the host."""
    host = SessionHost(StateChain())
    data = Option(types.list_of(types.U8), bytes_value(b"bye"))
    assert answer(host, RUNTIME, "shutdown", data) == ok(UNIT)
    assert host.ending


def test_self_is_one_id_for_the_whole_session() -> None:
    """`self` gives the actor the same id each time, and another actor another one."""
    host, other = SessionHost(StateChain()), SessionHost(StateChain())
    assert answer(host, RUNTIME, "self", UNIT) == answer(host, RUNTIME, "self", UNIT) == String(host.actor_id)
    assert host.actor_id != other.actor_id


def test_get_chain_gives_every_event_so_far() -> None:
    """`get-chain` answers a 1-tuple of the events with type, parent index and payload, indices from 0."""
    chain = StateChain(keep=True)
    chain.append("wasm", b"first")
    chain.append("a/b", b"second")
    value = answer(SessionHost(chain), RUNTIME, "get-chain", UNIT)
    assert isinstance(value, Tuple)
    (entries,) = value.items
    assert isinstance(entries, List)
    parent = Option(types.U64, U64(0))
    assert entries.items[1] == Tuple((U64(1), Tuple((String("a/b"), parent, bytes_value(b"second")))))
