"""An actor that lets itself be called again and again."""

from __future__ import annotations

import pytest

from chainview.actor.hosts.registry.loop import LOOP, NAME
from chainview.actor.session.host import SessionHost
from chainview.actor.session.mailbox import Callback
from chainview.chain.payload import ROUND
from chainview.chain.state_chain import StateChain
from chainview.pack.values import U64, UNIT, Result, String, Tuple, Value, Variant, bytes_value, types
from tests.actor.hosts.test_registry import err, ok


def next_round(host: SessionHost) -> Callback:
    """The call of the actor that is next."""
    call = host.mailbox.take()
    assert isinstance(call, Callback)
    assert call.function == ROUND
    return call


def continuing(data: bytes) -> Value:
    """What a round answers that wants another one."""
    return Variant("result", "ok", 0, (bytes_value(data),))


def test_the_interface_is_the_reference_one() -> None:
    """It is declared as `loop.pact` of the published handler has it."""
    assert LOOP.name == NAME
    assert [each.text for each in LOOP.signatures] == [
        "start-loop(initial-state: list<u8>) -> result<bool, string>",
        "stop-loop() -> result<bool, string>",
    ]


def test_each_round_is_given_what_the_one_before_answered() -> None:
    """The first is given the bytes of `start-loop`; after `stop-loop` the round that was due is the last."""
    host = SessionHost(StateChain())
    loop = LOOP.provide(host)
    assert loop["stop-loop"](UNIT) == err("Loop is not running")
    assert loop["start-loop"](bytes_value(b"a")) == ok(UNIT)
    assert loop["start-loop"](bytes_value(b"a")) == err("Loop is already running")
    first = next_round(host)
    assert first.params == bytes_value(b"a")
    first.answer(continuing(b"b"))
    second = next_round(host)
    assert second.params == bytes_value(b"b")
    assert loop["stop-loop"](UNIT) == ok(UNIT)
    second.answer(continuing(b"c"))
    assert host.mailbox.take() is None
    assert loop["start-loop"](Tuple((bytes_value(b"d"),))) == ok(UNIT)
    assert next_round(host).params == bytes_value(b"d")


@pytest.mark.parametrize(
    "response",
    [
        Variant("result", "err", 1, (String("enough"),)),
        Variant("result", "ok", 0, ()),
        Result(types.list_of(types.U8), types.STRING, True, bytes_value(b"b")),
        UNIT,
    ],
)
def test_whatever_is_no_variant_of_bytes_is_the_last_round(response: Value) -> None:
    """An err ends the loop, and so does a result of Pack's own, which Theater's handler does not know."""
    host = SessionHost(StateChain())
    loop = LOOP.provide(host)
    loop["start-loop"](bytes_value(b""))
    next_round(host).answer(response)
    assert host.mailbox.take() is None
    assert loop["start-loop"](bytes_value(b"")) == ok(UNIT)


def test_a_round_that_fails_is_the_last() -> None:
    """So is the end of the actor; and what is no list starts nothing."""
    host = SessionHost(StateChain())
    loop = LOOP.provide(host)
    loop["start-loop"](bytes_value(b""))
    next_round(host).fail()
    assert loop["stop-loop"](UNIT) == err("Loop is not running")
    assert loop["start-loop"](U64(1)) == err("Expected list<u8> for initial state")
    assert loop["start-loop"](Tuple((U64(1),))) == err("Expected list<u8> for initial state")
    loop["start-loop"](bytes_value(b""))
    host.mailbox.close()
    assert loop["stop-loop"](UNIT) == err("Loop is not running")
