"""Recording actors whose state is inside the module."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.actor import Actor
from chainview.actor.engine.loading import load_module
from chainview.actor.inner_state import LARGEST_ASKED
from chainview.actor.interceptors import RecordingInterceptor
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import find_target
from chainview.actor.session.direct import load_actor
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.event import Kind, StateGap
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.opened import open_chain
from chainview.chain.lifecycle import SPAWNED, STOPPED, Lifecycle, Turn, completed, failed
from chainview.chain.payload import Call, CallError, CallResult, HostCall, read_payload
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.cgrf import decode, encode
from chainview.pack.cgrf.glance import version_of
from chainview.pack.values import S32, UNIT, Option, Result, String, Tuple, Value, bytes_value, types
from tests.actor.guests import INIT, SELF, SPIN, TRAP, UNIT_TYPE, Guest, inner_counter
from tests.actor.running import Run, running

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
        assert actor.state == S32(2)
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


def shown(run: Run) -> list[Value | StateGap | None]:
    """What stands beside each end of a call."""
    table = EventTable()
    for item in run.seen.take(1000):
        if not isinstance(item, Note):
            table.append(*item)
    found: list[Value | StateGap | None] = []
    for index, kind in enumerate(table.kinds):
        if kind in (Kind.RESULT, Kind.ERROR):
            held = table.extras(index).state
            found.append(decode(held) if isinstance(held, bytes) else held)
    return found


def test_the_state_stands_beside_the_events_that_changed_it(tmp_path: Path) -> None:
    """After each call, also one that was refused, the module is asked; what it showed before is not kept again."""
    with running(inner_counter().written(tmp_path), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(None)
        for function, number in [("increment", 2), ("increment", 0), ("refuse", 3), ("boom", 4), ("increment", 1)]:
            run.actor.call(function, n(number))
        assert shown(run) == [S32(0), S32(2), None, S32(5), None, S32(6)]


def test_asking_changes_no_hash(tmp_path: Path) -> None:
    """The chain has the same head whether the module is asked or not, also where fuel is measured."""
    path = inner_counter().written(tmp_path)
    heads, fuel = set(), list[list[int | None]]()
    for asked in (True, False):
        with running(path, schema=Schema.LIFECYCLE, ask_state=asked, limits=Limits(fuel=True)) as run:
            run.actor.initialize(None)
            run.actor.call("increment", n(2))
            run.actor.call("increment", n(2))
            heads.add(run.chain.head)
            fuel.append([item[1].fuel for item in run.seen.take(100) if not isinstance(item, Note)])
    assert len(heads) == 1
    assert fuel[0] == fuel[1]


def test_a_call_that_traps_is_undone_by_a_closed_replay(tmp_path: Path) -> None:
    """The next call goes on from what the calls before led to, none of which reaches a host again; a note tells it."""
    asked = list[Value]()

    def counted(input: Value) -> Value:
        asked.append(input)
        return UNIT

    with running(inner_counter().written(tmp_path), schema=Schema.LIFECYCLE, handlers={(SELF, "log"): counted}) as run:
        run.actor.initialize(None)
        run.actor.call("increment", n(2))
        run.actor.call("refuse", n(3))
        run.actor.call("boom", n(100))
        assert run.actor.call("increment", n(1)).response == S32(6)
        assert len(asked) == 2
        notes = [item for item in run.seen.take(1000) if isinstance(item, Note)]
        assert [note.data["text"] for note in notes] == ["the instance was made again by a closed replay of 3 calls"]


GET_STATES = {
    "traps": (TRAP, [StateGap.UNKNOWN, None]),
    "refuses": ("(i32.store (local.get $outlen) (i32.const 0)) (i32.const -1)", [StateGap.UNKNOWN, None]),
    "is no value": ("(i32.store (local.get $outlen) (i32.const 4)) (i32.const 0)", [StateGap.UNKNOWN, None]),
    "is outside of the memory": (
        "(i32.store (local.get $outlen) (i32.const -1)) (i32.const 0)",
        [StateGap.LARGE, None],
    ),
    "is large": ("(i32.store (local.get $outlen) (i32.const 1048577)) (i32.const 0)", [StateGap.LARGE, None]),
    "calls the host": (
        "(drop (call $import0 (local.get $in) (local.get $len) (local.get $out) (local.get $outlen))) (i32.const 0)",
        [StateGap.UNKNOWN, None],
    ),
}


@pytest.mark.parametrize("case", GET_STATES)
def test_a_state_that_is_not_shown_is_unknown(case: str, tmp_path: Path) -> None:
    """Whatever asking comes to, the calls go on from where they were, and the host is not called."""
    body, gaps = GET_STATES[case]
    with running(inner_counter(shown=body).written(tmp_path), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(None)
        for number in range(1, 6):
            assert run.actor.call("increment", n(1)).response == S32(number)
        assert shown(run) == [*gaps, None, None, None, None]
        assert run.types().count(f"{SELF}/log") == 5


def test_a_state_that_is_never_shown_in_time_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A get-state that spins is ended, and asked no more once it has cost three instances."""
    monkeypatch.setattr(Actor.show_state, "__defaults__", (LARGEST_ASKED, 0.01))
    with running(inner_counter(shown=SPIN).written(tmp_path), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(None)
        for number in range(1, 5):
            assert run.actor.call("increment", n(1)).response == S32(number)
        notes = [item for item in run.seen.take(1000) if isinstance(item, Note)]
        assert len(notes) == 3


def test_a_call_that_its_record_can_not_answer_is_left_out(tmp_path: Path) -> None:
    """Another build that goes on is led through what it can answer, and the note says what was left out."""
    guest = inner_counter()
    with running(guest.written(tmp_path), schema=Schema.LIFECYCLE) as run:
        run.actor.initialize(None)
        run.actor.call("increment", n(2))
        run.actor.call("refuse", n(3))
        asking = inner_counter()
        asking.bodies["refuse"] = asking.bodies["ask"]
        other = Actor(
            load_module(asking.written(tmp_path, "other.wat")),
            run.chain,
            RecordingInterceptor(run.chain),
            {(SELF, "log"): lambda input: UNIT, ("test:x/host", "ask"): lambda input: UNIT},
            DEFAULT_LIMITS,
            goes_on=True,
        )
        assert other.call("increment", n(1)).response == S32(3)
        other.close()
        notes = [item for item in run.seen.take(1000) if isinstance(item, Note)]
        assert notes[0].data["text"] == (
            "the instance was made again by a closed replay of 3 calls; 1 could not be made again and was left out"
        )
