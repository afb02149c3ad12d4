"""The host interfaces: answers, annotations and interface hashes as Theater's handlers have them."""

from __future__ import annotations

import time

import pytest

from chainview.actor.hosts.provided import DECLARED, interfaces
from chainview.actor.session.host import SessionHost
from chainview.chain.state_chain import StateChain
from chainview.pack.values import S32, U64, UNIT, List, Option, Result, String, Tuple, Value, bytes_value, types

RUNTIME, TIMER = "theater:simple/runtime", "theater:simple/timer"


def answer(host: SessionHost, interface: str, function: str, input: Value) -> Value:
    """What a host function answers."""
    return interfaces(host)[interface].handlers[function](input)


def ok(value: Value) -> Result:
    """An ok annotated `string, string`, as Theater's result helpers leave it."""
    return Result(types.STRING, types.STRING, True, value)


def err(message: str) -> Result:
    """An err annotated the same way."""
    return Result(types.STRING, types.STRING, False, String(message))


def test_interface_hashes_are_the_reference_ones() -> None:
    """The whole timer, and the runtime of the latest release, hash to the values that Theater declares."""
    timer = DECLARED[TIMER]
    assert timer.hash_of(timer.handlers).hex() == "376e169568000435cb382b39f9ab2e65f4000d8f4d15e8420659cb6403d436ae"
    runtime = DECLARED[RUNTIME]
    whole = "fff2ee342d7de890b40cae564193f0184e2449f0a5a9764b6a3bad6a43bcf2bb"
    assert runtime.hash_of(runtime.handlers).hex() == whole


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


@pytest.mark.parametrize("input", [UNIT, String("beat"), Tuple((U64(1), String("x"))), Tuple((String("x"), S32(1)))])
def test_a_timer_of_another_shape_is_an_error_value(input: Value) -> None:
    """An input of another shape is answered with an err, and nothing starts."""
    host = SessionHost(StateChain())
    result = answer(host, TIMER, "set-interval", input)
    assert isinstance(result, Result)
    assert not result.is_ok
    assert host.timers == ()


def test_an_interval_of_nothing_is_refused() -> None:
    """An interval of 0 ms would tick without end."""
    result = answer(SessionHost(StateChain()), TIMER, "set-interval", Tuple((String("x"), U64(0))))
    assert result == err("Expected an interval of at least 1 ms")


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
