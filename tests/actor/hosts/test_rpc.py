"""Calling the exports of another actor."""

from __future__ import annotations

import threading

import pytest

from chainview.actor.hosts.family import internal_error
from chainview.actor.hosts.registry.rpc import NAME, RPC
from chainview.chain.event import Event
from chainview.chain.payload import encode_error
from chainview.pack.cgrf import decode
from chainview.pack.literal import format_literal
from chainview.pack.values import S32, U64, UNIT, Bool, List, Option, Record, String, Tuple, Value, Variant, types
from tests.actor.hosts.answering import answer
from tests.actor.hosts.relatives import Relative, Relatives
from tests.actor.hosts.test_registry import ok
from tests.waiting import eventually

NOBODY = "550e8400-e29b-41d4-a716-446655440000"
NO_OPTIONS = Option(types.BOOL, None)


def wrapped(case: str, value: Value) -> Value:
    """An answer of rpc: an ok around a variant of its own."""
    return ok(Variant("result", case, 0 if case == "ok" else 1, (value,)))


def refused(said: str) -> Value:
    """A refusal of rpc."""
    return wrapped("err", String(said))


@pytest.fixture
def caller() -> Relative:
    """An actor of a family."""
    return Relatives().grown()


def test_the_interface_is_the_reference_one() -> None:
    """It is declared as `rpc.pact` of the published handler has it."""
    assert [each.text for each in RPC.signatures] == [
        "call(actor-id: string, function: string, params: value, options: value) -> value",
        "implements(actor-id: string, interface: string) -> value",
        "exports(actor-id: string) -> value",
    ]


def test_a_call_waits_for_the_other_actor_and_hands_over_what_it_answers(caller: Relative) -> None:
    """The other one is called when its turn comes; a call that fails is told as Theater displays its error."""
    family = caller.host.family
    assert isinstance(family, Relatives)
    other, answers = family.grown(), list[Value]()

    def call() -> None:
        input = Tuple((String(other.actor_id), String("my:calc.add"), Tuple((S32(1), S32(2))), NO_OPTIONS))
        answers.append(answer(caller.host, NAME, "call", input))

    for round in range(2):
        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        eventually(lambda: len(other.host.mailbox) == 1)
        made = other.next_call()
        assert (made.function, made.params) == ("my:calc.add", Tuple((S32(1), S32(2))))
        if round == 0:
            made.answer(S32(3))
        else:
            payload = encode_error("my:calc.add", "it trapped")
            made.fail(internal_error(Event(bytes(range(20)), bytes(range(1, 21)), "wasm", payload)))
        thread.join(20)
    shown = format_literal(decode(encode_error("my:calc.add", "it trapped")))
    assert answers == [
        wrapped("ok", S32(3)),
        refused(f"Call failed: Internal error: Event[0001020] (parent: 0102030...) wasm {shown}"),
    ]


def test_a_call_gives_up_after_its_time(caller: Relative) -> None:
    """The options may say how many milliseconds; what the other one does goes on."""
    family = caller.host.family
    assert isinstance(family, Relatives)
    other = family.grown()
    options = Option(
        types.record_named("call-options"),
        Record("call-options", (("timeout-ms", Option(types.U64, U64(1))),)),
    )
    input = Tuple((String(other.actor_id), String("f"), UNIT, options))
    assert answer(caller.host, NAME, "call", input) == refused("Call timed out")
    assert other.next_call().function == "f"


def test_what_an_actor_exports_can_be_asked(caller: Relative) -> None:
    """All of its interfaces, or whether one is among them."""
    family = caller.host.family
    assert isinstance(family, Relatives)
    other = String(family.grown(exported=("a:b/c", "d:e/f")).actor_id)
    names = List(types.STRING, (String("a:b/c"), String("d:e/f")))
    assert answer(caller.host, NAME, "exports", other) == wrapped("ok", names)
    assert answer(caller.host, NAME, "exports", Tuple((other,))) == wrapped("ok", names)
    for interface, exported in (("d:e/f", True), ("x:y/z", False)):
        asked = Tuple((other, String(interface)))
        assert answer(caller.host, NAME, "implements", asked) == wrapped("ok", Bool(exported))


@pytest.mark.parametrize(
    ("function", "input", "said"),
    [
        ("call", UNIT, "Invalid input: expected tuple of (actor-id, function, params, options)"),
        ("call", Tuple((UNIT, String("f"), UNIT)), "Invalid actor-id: expected string"),
        ("call", Tuple((String("x"), UNIT, UNIT)), "Invalid function: expected string"),
        ("call", Tuple((String("x"), String("f"), UNIT)), "Invalid actor ID: invalid character: found `x` at 0"),
        ("call", Tuple((String(NOBODY), String("f"), UNIT)), f"Actor not found: {NOBODY}"),
        ("implements", UNIT, "Invalid input: expected tuple of (actor-id, interface)"),
        ("implements", Tuple((UNIT, String("i"))), "Invalid actor-id: expected string"),
        ("implements", Tuple((String("x"), UNIT)), "Invalid interface: expected string"),
        ("implements", Tuple((String(NOBODY), String("i"))), f"Actor not found: {NOBODY}"),
        ("exports", UNIT, "Invalid input: expected actor-id string"),
        ("exports", Tuple((UNIT,)), "Invalid actor-id: expected string"),
        ("exports", String(NOBODY), f"Actor not found: {NOBODY}"),
    ],
)
def test_what_can_not_be_asked_is_refused_in_the_words_of_the_reference(
    caller: Relative, function: str, input: Value, said: str
) -> None:
    """Each refusal is an err inside of an ok."""
    assert answer(caller.host, NAME, function, input) == refused(said)
