"""A session: an actor on a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.exports import CallRefused
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import find_target
from chainview.actor.returned import CallOutcome
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.actor.session.status import Phase
from chainview.chain.event import Event
from chainview.chain.files.entries.entry import End, ReadEvent
from chainview.chain.files.native.reader import read_entries
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import Call, CallError, CallResult, read_payload
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, UNIT, Option, Result, String, Tuple, Value, types
from tests.actor.guests import ECHO, Guest
from tests.actor.running import INIT, sample
from tests.waiting import eventually

TICK = "theater:simple/timer.handle-tick"
OK = Result(types.STRING, types.STRING, True, Tuple((String("state"), UNIT)))


@contextmanager
def session(
    path: Path,
    folder: Path,
    *,
    calls: tuple[str, ...] = (),
    limits: Limits = DEFAULT_LIMITS,
    stop_on_error: bool = False,
) -> Iterator[tuple[Session, list[CallOutcome]]]:
    """A started session that writes `s.chain`; closed at the end."""
    outcomes: list[CallOutcome] = []
    options = Options(
        find_target(str(path)), output=folder / "s.chain", calls=calls, limits=limits, stop_on_error=stop_on_error
    )
    made = Session(options, outcomes.append)
    made.start()
    try:
        yield made, outcomes
    finally:
        made.close()


def events(folder: Path) -> list[Event]:
    """The events in the session's file."""
    return [entry.event for entry in read_entries((folder / "s.chain").read_bytes()) if isinstance(entry, ReadEvent)]


def test_queued_calls_run_in_order_and_the_file_is_closed(tmp_path: Path) -> None:
    """init comes first, then the calls; the file ends in `shutdown` and an end entry with the head."""
    with session(sample("counter"), tmp_path, calls=("increment(5s32)", "get-count()")) as (
        running,
        outcomes,
    ):
        assert running.wait_quiet(20)
        running.call("increment(2s32)")
        eventually(lambda: running.status().calls == 4)
    assert [outcome.function.rpartition(".")[2] for outcome in outcomes] == [
        "init",
        "increment",
        "get-count",
        "increment",
    ]
    assert running.status().phase is Phase.ENDED
    recorded = events(tmp_path)
    assert recorded[-1].event_type == "shutdown"
    assert running.chain.head == recorded[-1].hash
    last = list(read_entries((tmp_path / "s.chain").read_bytes()))[-1]
    assert last == End(len(recorded), recorded[-1].hash)


def test_a_call_that_does_not_fit_is_refused_before_anything_is_recorded(tmp_path: Path) -> None:
    """A wrong argument on the command line keeps the session from starting and leaves no file."""
    with session(sample("counter"), tmp_path, calls=("increment(5u32)",)) as (running, _):
        assert running.wait_quiet(20)
    assert isinstance(running.failure, CallRefused)
    assert running.chain.count == 0
    assert not (tmp_path / "s.chain").exists()


def test_a_typed_call_is_checked_while_the_actor_lives(tmp_path: Path) -> None:
    """check tells why a call does not fit, and an ended actor refuses every call."""
    with session(sample("counter"), tmp_path) as (running, _):
        assert running.wait_quiet(20)
        assert running.check("increment(1s32)") is None
        refused = running.check("increment(1u8)")
        assert refused is not None
        assert ("expected s32" in refused.reason, refused.at) == (True, 10)
    with pytest.raises(CallRefused, match="has ended"):
        running.call("increment(1s32)")


def test_timers_tick_until_the_session_stops(tmp_path: Path) -> None:
    """An actor that starts a timer gets ticks by name, one after the other."""
    beat = encode(Tuple((String("beat"), U64(5))))
    guest = Guest().ignoring(INIT, "theater:simple/timer", "set-interval", beat, encode(OK)).returning(TICK, OK)
    with session(guest.written(tmp_path), tmp_path) as (running, outcomes):
        eventually(lambda: len(outcomes) >= 4)
        assert running.status().timers == ("beat",)
    calls = [read_payload(event.payload) for event in events(tmp_path) if event.event_type == "wasm"]
    assert calls[2] == Call(TICK, String("beat"))


def test_a_failed_tick_removes_its_timer(tmp_path: Path) -> None:
    """A tick that fails is the last one of its timer."""
    beat = encode(Tuple((String("beat"), U64(5))))
    guest = Guest().ignoring(INIT, "theater:simple/timer", "set-interval", beat, encode(OK)).body(TICK, "unreachable")
    with session(guest.written(tmp_path), tmp_path) as (running, outcomes):
        assert running.wait_quiet(20)
        assert running.status().timers == ()
    assert [outcome.ok for outcome in outcomes] == [True, False]


def test_a_paused_actor_begins_no_call(tmp_path: Path) -> None:
    """While paused calls wait, and they run once it is resumed."""
    with session(sample("counter"), tmp_path) as (running, outcomes):
        assert running.wait_quiet(20)
        running.pause()
        running.call("increment(1s32)")
        eventually(lambda: running.status().phase is Phase.PAUSED)
        time.sleep(0.1)
        assert running.status().waiting == 1
        running.resume()
        eventually(lambda: len(outcomes) == 2)


def test_stop_on_error_ends_as_theater_does(tmp_path: Path) -> None:
    """A failed call is followed by `shutdown`, and later calls are not made."""
    calls = ("increment(0s32)", "increment(1s32)")
    with session(sample("counter"), tmp_path, calls=calls, stop_on_error=True) as (running, outcomes):
        assert running.wait_quiet(20)
        eventually(lambda: running.status().phase is Phase.ENDED)
    assert [outcome.ok for outcome in outcomes] == [True, False]
    recorded = events(tmp_path)
    assert isinstance(read_payload(recorded[-2].payload), CallError)
    assert recorded[-1].event_type == "shutdown"


def test_an_actor_that_shuts_itself_down_leaves_no_shutdown_event(tmp_path: Path) -> None:
    """The call that asks to end is completed, and nothing follows it."""
    none = encode(Option(types.list_of(types.U8), None))
    guest = Guest().ignoring(INIT, "theater:simple/runtime", "shutdown", none, encode(OK))
    with session(guest.written(tmp_path), tmp_path) as (running, _):
        assert running.wait_quiet(20)
        eventually(lambda: running.status().phase is Phase.ENDED)
    assert running.status().message == "the actor shut itself down"
    assert [event.event_type for event in events(tmp_path)] == [
        "wasm",
        "theater:simple/runtime/shutdown",
        "wasm",
    ]


def test_closing_ends_a_call_that_never_would(tmp_path: Path) -> None:
    """Closing interrupts an endless loop, and the chain is whole."""
    with session(sample("faulty"), tmp_path, calls=("endless-loop()",), limits=Limits(timeout=600)) as (
        running,
        outcomes,
    ):
        eventually(lambda: running.status().function == "sample:faulty/faulty.endless-loop")
        running.close(grace=0.1)
        assert (outcomes[-1].error or "").endswith("interrupted by the user")
    assert events(tmp_path)[-1].event_type == "shutdown"


def test_a_file_that_can_not_be_written_on_stops_the_actor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the session fails with one sentence, and what was written opens."""
    import errno
    import os

    written = os.write

    def full(descriptor: int, data: bytes) -> int:
        if (tmp_path / "s.chain").exists() and (tmp_path / "s.chain").stat().st_size > 1500:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(descriptor, data)

    with session(sample("counter"), tmp_path) as (running, _):
        assert running.wait_quiet(20)
        monkeypatch.setattr(os, "write", full)
        for _ in range(20):
            if running.status().phase is not Phase.FAILED:
                try:
                    running.call("increment(1s32)")
                except CallRefused:
                    break
                time.sleep(0.01)
        eventually(lambda: running.status().phase is Phase.FAILED)
    assert running.failure is not None
    assert "no space left" in running.failure.sentence
    recorded = events(tmp_path)
    assert len(recorded) == running.chain.count > 2


def test_get_chain_is_answered_from_the_chain_so_far(tmp_path: Path) -> None:
    """An actor that imports get-chain can read its own events, the running call among them."""
    guest = Guest().calling("f", "theater:simple/runtime", "get-chain", encode(UNIT))
    with session(guest.written(tmp_path), tmp_path, calls=("f()",)) as (running, outcomes):
        assert running.wait_quiet(20)
    response: Value | None = outcomes[0].response
    assert isinstance(response, Tuple)
    assert len(response.items) == 1


def test_another_build_goes_on_from_the_state_and_with_the_timers(tmp_path: Path) -> None:
    """An adopted module gets the running one's state and ticks, in the same chain."""
    beat = encode(Tuple((String("beat"), U64(5))))
    guest = Guest().ignoring(INIT, "theater:simple/timer", "set-interval", beat, encode(OK)).returning(TICK, OK)
    other = Guest().returning(INIT, OK).body(TICK, ECHO)
    with session(guest.written(tmp_path), tmp_path) as (running, outcomes):
        eventually(lambda: len(outcomes) >= 2)
        loaded = load_module(other.written(tmp_path, "other.wat"))
        eventually(lambda: running.hold("test"))
        running.adopt(loaded, running.state)
        running.release("test")
        made = len(outcomes)
        eventually(lambda: len(outcomes) >= made + 3)
        assert [each.name for each in running.exports()] == ["init", "handle-tick"]
    assert all(outcome.ok for outcome in outcomes)
    states = [read_payload(event.payload) for event in events(tmp_path) if event.event_type == "wasm"]
    assert CallResult(TICK, Tuple((String("state"), String("beat"))), None) in [
        CallResult(each.function, each.state, None) for each in states if isinstance(each, CallResult)
    ]


def test_a_build_that_does_not_start_leaves_the_running_one(tmp_path: Path) -> None:
    """It is told as a warning, and the actor answers as before."""
    other = Guest().returning(INIT, OK)
    other.extra = "(func $start unreachable) (start $start)"
    with session(sample("counter"), tmp_path) as (running, outcomes):
        assert running.wait_quiet(20)
        running.adopt(load_module(other.written(tmp_path, "other.wat")), running.state)
        eventually(lambda: bool(running.warnings))
        running.call("get-count()")
        eventually(lambda: len(outcomes) == 2)
    assert "the running build goes on: " in running.warnings[0]
    assert outcomes[-1].ok
    assert running.status().message == "stopped"


def test_a_package_waits_for_its_first_call(tmp_path: Path) -> None:
    """A package has no init; once it is loaded it is idle, and can be paused."""
    with session(Guest().body("f", ECHO).written(tmp_path), tmp_path) as (running, outcomes):
        assert running.wait_quiet(20)
        assert running.status().phase is Phase.IDLE
        running.pause()
        assert running.status().phase is Phase.PAUSED
    assert outcomes == []


def test_a_held_session_stands_still(tmp_path: Path) -> None:
    """While held no call begins, and the chain does not grow; released it goes on."""
    with session(sample("counter"), tmp_path) as (running, outcomes):
        assert running.wait_quiet(20)
        assert running.hold("test")
        running.call("increment(1s32)")
        count = running.chain.count
        time.sleep(0.1)
        assert running.chain.count == count
        running.release("test")
        eventually(lambda: len(outcomes) == 2)


def test_what_keeps_an_actor_from_starting_is_told(tmp_path: Path) -> None:
    """wait_started gives the reason for a module that can't be run, and nothing for one that can."""
    broken = tmp_path / "broken.wat"
    broken.write_text("(module")
    with session(broken, tmp_path) as (running, _):
        refused = running.wait_started()
        assert refused is not None
        assert "no valid WebAssembly text" in refused.sentence
    with session(sample("counter"), tmp_path) as (running, _):
        assert running.wait_started() is None


@pytest.mark.once
def test_a_session_that_is_stopped_while_its_module_is_loaded_never_begins(tmp_path: Path) -> None:
    """Nobody waits for a start function that does not end; the calls that were given are left, and no file is made."""
    guest = Guest().returning("f", UNIT)
    guest.extra = "(func $start (loop br 0)) (start $start)"
    for calls in ((), ("f()",)):
        target = find_target(str(guest.written(tmp_path)))
        session = Session(Options(target, output=tmp_path / "c.chain", calls=calls, limits=Limits(timeout=2.0)))
        session.start()
        session.stop()
        refused = session.wait_started()
        assert refused is not None
        assert refused.sentence == "the actor was stopped before it began"
        session.close()
        assert session.unfinished is bool(calls)
        assert session.wait_quiet(60)
    assert not (tmp_path / "c.chain").exists()


@pytest.mark.parametrize("name", ["n" * 300, "日本" * 90])
def test_a_name_that_is_too_long_for_a_file_is_cut(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An actor of any name has its chain among the kept ones, under as much of the name as a file can have."""
    monkeypatch.setattr("chainview.actor.session.places.chains_folder", lambda: tmp_path)
    running = Session(Options(replace(find_target(str(sample("counter"))), name=name)))
    running.start()
    assert running.wait_quiet(20)
    running.close()
    assert running.failure is None
    assert running.chain_path is not None
    with open_chain(running.chain_path) as opened:
        header = opened.load().header
    assert header is not None
    assert header.actor_name == name
    assert name.startswith(running.chain_path.name.partition("-")[0])
