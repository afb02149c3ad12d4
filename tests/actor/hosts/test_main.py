"""The host interfaces that only the main branch has: answers, annotations and what a module of it declares."""

from __future__ import annotations

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.hosts.answers import err, inferred, ok
from chainview.actor.hosts.provided import missing_imports, theater_warnings
from chainview.actor.session.host import SessionHost
from chainview.chain.state_chain import StateChain
from chainview.pack.values import UNIT, Option, Result, String, Value, bytes_value, types
from tests.actor.hosts.answering import answer
from tests.reference import reference_file

SELF = "theater:simple/self"
UNIT_TYPE = types.tuple_of(())


def test_an_actor_logs_and_knows_its_id() -> None:
    """`log` answers the unit whatever it is given, and `self` the same id each time."""
    host = SessionHost(StateChain())
    assert answer(host, SELF, "log", String("hello")) == answer(host, SELF, "log", UNIT) == UNIT
    assert answer(host, SELF, "self", UNIT) == answer(host, SELF, "self", UNIT) == String(host.actor_id)


def test_shutdown_answers_ok_of_units_and_ends_after_the_call() -> None:
    """`shutdown` answers an ok whose two types are the unit, and leaves the wish to end with the host."""
    host = SessionHost(StateChain())
    data = Option(types.list_of(types.U8), bytes_value(b"bye"))
    assert answer(host, SELF, "shutdown", data) == Result(UNIT_TYPE, UNIT_TYPE, True, UNIT)
    assert host.ending


@pytest.mark.parametrize(
    ("given", "annotated"),
    [
        (ok(UNIT), Result(UNIT_TYPE, UNIT_TYPE, True, UNIT)),
        (ok(String("x")), Result(types.STRING, UNIT_TYPE, True, String("x"))),
        (err("x"), Result(UNIT_TYPE, types.STRING, False, String("x"))),
        (String("x"), String("x")),
    ],
)
def test_an_answer_is_annotated_by_what_is_there(given: Value, annotated: Value) -> None:
    """The main branch infers the type of the branch that is there; that of the other one is the unit."""
    assert inferred(given) == annotated


def test_the_reference_module_declares_this_interface() -> None:
    """A module that packr-guest 0.24.1 built finds all that it imports, under the hash that it declares."""
    loaded = load_module(reference_file("lab/modules/ims-0.24.1.wasm"))
    assert missing_imports(loaded) == ()
    assert theater_warnings(loaded) == []
