"""Recording actors whose state is inside the module."""

from __future__ import annotations

from pathlib import Path

from chainview.actor.manifest import find_target
from chainview.actor.session.direct import load_actor
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.files.opened import open_chain
from chainview.chain.lifecycle import SPAWNED, STOPPED, Lifecycle, Turn, completed, failed
from chainview.chain.payload import Call, CallError, CallResult, HostCall, read_payload
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import version_of
from chainview.pack.values import S32, UNIT, Option, Result, String, Tuple, bytes_value, types
from tests.actor.guests import INIT, SELF, TRAP, UNIT_TYPE, Guest, inner_counter
from tests.actor.running import running

NOTHING = Option(types.list_of(types.U8), None)
ADDED = HostCall(SELF, "log", String("added"), UNIT)


def n(number: int) -> Tuple:
    """The params of a call with a number."""
    return Tuple((S32(number),))


def test_a_call_is_handed_its_arguments_alone(tmp_path: Path) -> None:
    """What stood in the brackets is the whole input; the response is what the export returned, and no state is told."""
    with running(inner_counter().written(tmp_path), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(None)
        assert run.actor.call("increment", n(2)).response == S32(2)
        assert run.actor.call("increment", n(3)).response == S32(5)
        run.actor.shut_down()
        assert run.payloads() == [
            Call(INIT, Tuple((NOTHING,))),
            CallResult(INIT, None, UNIT),
            SPAWNED,
            Call("increment", n(2)),
            ADDED,
            CallResult("increment", None, S32(2)),
            Call("increment", n(3)),
            ADDED,
            CallResult("increment", None, S32(5)),
            STOPPED,
        ]
        assert run.types()[2::7] == ["spawned", "terminated"]
        assert {version_of(event.payload) for event in run.chain.events} == {3}


def test_init_takes_the_configuration_or_nothing(tmp_path: Path) -> None:
    """A configuration stands alone in the brackets; an init that takes none is given nothing."""
    with running(inner_counter().written(tmp_path), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(String("seed"))
        assert run.payloads()[0] == Call(INIT, Tuple((String("seed"),)))
    with running(inner_counter(configured=False).written(tmp_path, "none.wat"), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(None)
        assert run.payloads()[0] == Call(INIT, UNIT)


def test_an_init_that_fails_spawns_nobody(tmp_path: Path) -> None:
    """An init that answers an err is recorded as failed, and no `spawned` follows."""
    guest = Guest(version=3).returning(INIT, Result(UNIT_TYPE, types.STRING, False, String("no")))
    with running(guest.written(tmp_path), schema=Schema.LIFECYCLE) as run:
        assert run.actor.initialize(None).error == "Function returned error: no"
        assert run.types() == ["wasm", "wasm"]


def test_an_error_that_is_returned_leaves_the_instance_as_it_is(tmp_path: Path) -> None:
    """What a call changed before it answered an err stays changed: nobody can take it back."""
    with running(inner_counter().written(tmp_path), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(None)
        assert run.actor.call("refuse", n(4)).error == "Function returned error: no"
        assert run.payloads()[-1] == CallError("refuse", "Function returned error: no")
        assert run.actor.call("increment", n(1)).response == S32(5)


def test_callbacks_are_recorded_bare_and_handed_over_in_a_tuple(tmp_path: Path) -> None:
    """A timer's name is recorded as it is, and stands in a tuple for the guest."""
    tick = "theater:simple/timer.handle-tick"
    guest = inner_counter().body(tick, TRAP)
    with running(guest.written(tmp_path), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(None)
        failed_call = run.actor.call(tick, String("beat"))
        assert failed_call.error is not None
        assert 'with input: ("beat"): WASM execution error: ' in failed_call.error
        assert run.payloads()[3] == Call(tick, String("beat"))


def test_the_schema_is_that_of_the_modules_generation(tmp_path: Path) -> None:
    """A program that names no schema gets the one that the module was built for, and the end that it came to."""
    with load_actor(inner_counter().written(tmp_path), state='"seed"', stub=True) as actor:
        assert actor.chain.schema is Schema.LIFECYCLE
        assert actor.call("increment(2s32)").response == S32(2)
    assert read_payload(actor.chain.events[-1].payload) == STOPPED


def ending_of(guest: Guest, folder: Path, call: str) -> Lifecycle:
    """The turn that ends a session in which a call is made at last."""
    folder.mkdir()
    target, chain = find_target(str(guest.written(folder))), folder / "a.chain"
    session = Session(Options(target, calls=(call,), stub=True, stop_on_error=True, output=chain))
    session.start()
    session.wait_quiet()
    session.close()
    assert session.failure is None
    with open_chain(chain) as opened:
        last = read_payload(list(opened)[-1].payload)
    assert isinstance(last, Lifecycle)
    assert last.turn is Turn.TERMINATED
    return last


def test_the_chain_ends_with_why_the_actor_ended(tmp_path: Path) -> None:
    """Stopped from outside, by itself with bytes, or by a failed call: the last event says which."""
    assert ending_of(inner_counter(), tmp_path / "stopped", "increment(1s32)") == STOPPED
    refused = ending_of(inner_counter(), tmp_path / "failed", "refuse(1s32)")
    assert refused == failed("Function returned error: no")
    bye = encode(Option(types.list_of(types.U8), bytes_value(b"bye")), 3)
    leaving = inner_counter().calling("leave", SELF, "shutdown", bye)
    assert ending_of(leaving, tmp_path / "completed", "leave()") == completed(b"bye")
