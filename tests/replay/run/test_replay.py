"""Replaying a recording: equal when nothing changed, closed always, and every kind of end found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.actor.actor import NO_STATE
from chainview.actor.hosts import provided
from chainview.actor.hosts.interface import Interface
from chainview.actor.limits import Limits
from chainview.chain.event import MODULE_EVENT, Event, Kind
from chainview.chain.files.entries.header import Header
from chainview.chain.payload import encode_error, encode_host_call
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.core.serving import VARIABLE
from chainview.pack.values import S32, U32, U64, UNIT, Result, String, Tuple, Value, types
from chainview.replay.run.build_notes import RecordedBuild
from chainview.replay.run.recording import Recording, Unreplayable, require_replayable
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from chainview.system.errors import ChainviewError
from tests.actor.guests import ECHO, TRAP, Guest
from tests.actor.running import INIT, running, sample
from tests.replay.recorded import compiled, packed, recording_from, recording_of, replay_of

INCREMENT = "sample:counter/counter.increment"
CALLS = ((INCREMENT, Tuple((S32(5),))), (INCREMENT, Tuple((S32(0),))), (INCREMENT, Tuple((S32(2),))))
HOST = "test:x/host"


def events_of(recording: Recording) -> list[Event]:
    """The recorded events."""
    return [recording.table.event(index) for index in range(len(recording))]


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.BYTES])
def test_an_unchanged_actor_replays_identically(mode: Mode, schema: Schema) -> None:
    """Host calls, a returned error and the final shutdown keep the recorded hashes, in each mode and schema."""
    recording = recording_of(sample("counter"), *CALLS, schema=schema)
    replay = replay_of(recording, sample("counter"), mode)
    assert replay.first_mismatch is None
    assert replay.finished
    assert replay.chain.head == recording.table.hash(len(recording) - 1)
    assert recording.table.kinds[-1] == Kind.SHUTDOWN
    assert replay.live_host_calls == 0


def test_a_recorded_trap_that_happens_again_is_a_match_whatever_its_addresses() -> None:
    """A trap recorded with another engine's backtrace is the same as long as its reason is."""
    trap = "sample:faulty/faulty.trap"
    recording = recording_of(sample("faulty"), (trap, UNIT), ("sample:faulty/faulty.fine", UNIT))
    parts = [(event.event_type, event.payload) for event in events_of(recording)]
    place = next(i for i, kind in enumerate(recording.table.kinds) if kind == Kind.ERROR)
    message = (
        f"Failed to call function '{trap}' with input: (Faulty{{fine: 0u32}}): "
        "error while executing at wasm backtrace:\\n"
        "    0:   0x1234 - faulty.wasm!trap\\n\\nCaused by:\\n    wasm trap: wasm `unreachable` instruction executed"
    ).replace("\\n", "\n")
    parts[place] = (MODULE_EVENT, encode_error(trap, message))
    replay = replay_of(recording_from(tuple(linked(parts))), sample("faulty"))
    assert replay.first_mismatch is None
    parts[place] = (MODULE_EVENT, encode_error(trap, message.replace("unreachable", "other")))
    assert replay_of(recording_from(tuple(linked(parts))), sample("faulty")).first_mismatch == place


def asking(folder: Path, name: str, *inputs: Value) -> Path:
    """A package whose export `f` asks the host with these inputs and returns the last answer."""
    guest = Guest()
    for index, input in enumerate(inputs):
        guest.calling(f"part{index}", HOST, "ask", packed(input))
    body = "(drop)".join(guest.bodies.pop(f"part{index}") for index in range(len(inputs)))
    return guest.body("f", body).written(folder, name)


def test_a_changed_argument_is_found_where_it_is_asked(tmp_path: Path) -> None:
    """The first mismatch is the host call with the other input, and the guest's stack there is kept."""
    then = asking(tmp_path, "then.wat", U32(1), U32(2))
    now = asking(tmp_path, "now.wat", U32(1), U32(3))
    recording = recording_of(then, ("f", UNIT), answers={(HOST, "ask"): [U32(10), U32(20)]})
    replay = replay_of(recording, now)
    assert replay.first_mismatch == 2
    assert replay.stack
    assert replay.chain.count == len(recording)


def test_strict_stops_at_the_first_mismatch(tmp_path: Path) -> None:
    """A strict replay makes nothing after the event that differs."""
    then = asking(tmp_path, "then.wat", U32(1), U32(2), U32(3))
    now = asking(tmp_path, "now.wat", U32(1), U32(9), U32(3))
    recording = recording_of(then, ("f", UNIT), ("f", UNIT), answers={(HOST, "ask"): [UNIT]})
    replay = replay_of(recording, now, Mode.STRICT)
    assert (replay.first_mismatch, replay.chain.count, replay.finished) == (2, 3, False)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_call_without_a_record_is_unanswerable(tmp_path: Path, mode: Mode) -> None:
    """One ask too many ends its call in every mode, is noted with its input, and reaches nothing real."""
    then, now = asking(tmp_path, "then.wat", U32(1)), asking(tmp_path, "now.wat", U32(1), U32(2))
    recording = recording_of(then, ("f", UNIT), answers={(HOST, "ask"): [U32(10)]})
    replay = replay_of(recording, now, mode)
    assert [(ask.interface, ask.function, ask.input, ask.after) for ask in replay.asks] == [(HOST, "ask", U32(2), 2)]
    assert replay.first_mismatch == 2
    assert replay.live_host_calls == 0


def test_probe_serves_the_same_input_first_then_the_next_unused(tmp_path: Path) -> None:
    """Swapped asks get each its own answer; an unknown input gets the next record that is left."""
    then = asking(tmp_path, "then.wat", U32(1), U32(2), U32(3))
    recording = recording_of(then, ("f", UNIT), answers={(HOST, "ask"): [U64(10), U64(20), U64(30)]})
    swapped = replay_of(recording, asking(tmp_path, "swapped.wat", U32(2), U32(1), U32(3)))
    assert swapped.outcomes[0].response == U64(30)
    again = replay_of(recording, asking(tmp_path, "again.wat", U32(2), U32(1), U32(2)))
    assert again.outcomes[0].response == U64(30)
    unknown = replay_of(recording, asking(tmp_path, "unknown.wat", U32(3), U32(7)))
    assert unknown.outcomes[0].response == U64(10)


def test_probe_stays_inside_the_matching_call_and_goes_on_after_it(tmp_path: Path) -> None:
    """A call that asks too much does not take the next call's record, and the next call replays as recorded."""
    then, now = asking(tmp_path, "then.wat", U32(1)), asking(tmp_path, "now.wat", U32(1), U32(1))
    recording = recording_of(then, ("f", UNIT), ("f", UNIT), answers={(HOST, "ask"): [U32(10), U32(20)]})
    replay = replay_of(recording, now)
    assert [ask.call for ask in replay.asks] == [0, 1]
    reference = replay_of(recording, now, Mode.REFERENCE)
    assert [ask.call for ask in reference.asks] == [1]


def leaving(folder: Path, name: str, ask: bytes | None = None) -> Path:
    """An actor whose `f` leaves the state 2, after an ask where one is given, and whose `g` leaves what it is given."""
    one, two = (packed(Result(types.STRING, types.STRING, True, Tuple((U32(state), UNIT)))) for state in (1, 2))
    guest = Guest().constant(INIT, one).body("g", ECHO)
    guest = guest.constant("f", two) if ask is None else guest.ignoring("f", HOST, "ask", ask, two)
    return guest.written(folder, name)


@pytest.mark.parametrize(("mode", "same"), [(Mode.PROBE, True), (Mode.REFERENCE, False)])
def test_what_follows_a_call_that_could_not_be_answered_is_given_the_recorded_state(
    tmp_path: Path, mode: Mode, same: bool
) -> None:
    """A call that its ask ends leaves no state: the next has the recorded one, but by the reference's rule."""
    recording = recording_of(leaving(tmp_path, "then.wat"), ("f", UNIT), ("g", UNIT), ("f", UNIT), ("g", UNIT))
    replay = replay_of(recording, leaving(tmp_path, "now.wat", packed(U32(1))), mode)
    assert [ask.call for ask in replay.asks] == [1, 3]
    assert [outcome.ok for outcome in replay.outcomes] == [True, False, True, False, True]
    for call in (2, 4):
        end = recording.call(call).stop - 1
        assert (replay.now.payload(end) == recording.table.payload(end)) is same


def test_a_build_begins_with_an_instance_of_its_own(tmp_path: Path) -> None:
    """What the one before kept outside of its state is not there any more, as it was not when it was recorded."""
    guest = Guest().returning("f", UNIT)
    trap = f"(if (i32.load8_u (i32.const 70000)) (then {TRAP})) (i32.store8 (i32.const 70000) (i32.const 1))"
    guest.bodies["f"] = trap + guest.bodies["f"]
    path = guest.written(tmp_path)
    once = [(event.event_type, event.payload) for event in events_of(recording_of(path, ("f", UNIT)))]
    recording = recording_from(tuple(linked([*once, *once])))
    assert replay_of(recording, path).first_mismatch == 3
    recording.builds = [RecordedBuild(2, "", None)]
    assert replay_of(recording, path).first_mismatch is None


def test_missing_events_are_found_at_the_end(tmp_path: Path) -> None:
    """A recording that goes on where the module has nothing more to do differs at its first missing event."""
    path = asking(tmp_path, "m.wat", U32(1))
    recording = recording_of(path, ("f", UNIT), answers={(HOST, "ask"): [UNIT]})
    parts = [(event.event_type, event.payload) for event in events_of(recording)]
    parts.append((f"{HOST}/late", encode_host_call(HOST, "late", UNIT, UNIT)))
    replay = replay_of(recording_from(tuple(linked(parts))), path)
    assert (replay.finished, replay.first_mismatch) == (True, 3)


def test_what_a_call_does_beyond_its_record_is_left_out(tmp_path: Path) -> None:
    """A recording that breaks off inside a call is replayed up to there, whatever the module would do next."""
    path = asking(tmp_path, "m.wat", U32(1), U32(2))
    recording = recording_of(path, ("f", UNIT), answers={(HOST, "ask"): [UNIT]})
    cut = recording_from(tuple(events_of(recording)[:3]))
    replay = replay_of(cut, path)
    assert (replay.first_mismatch, replay.chain.count, replay.asks) == (None, 3, [])


def test_the_initial_state_comes_from_the_chain(tmp_path: Path) -> None:
    """The first call is given the state that the header holds."""
    path = Guest().body(INIT, ECHO).written(tmp_path)
    with running(path) as run:
        run.actor.initialize(String("seed"))
        recording = recording_from(run.chain.events, state=packed(String("seed")))
    assert isinstance(recording.header, Header)
    assert replay_of(recording, path).first_mismatch is None


@pytest.mark.parametrize("first", [INIT, "f"])
@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.BYTES])
def test_a_chain_that_does_not_hold_its_first_state_begins_with_what_its_release_handed_over(
    tmp_path: Path, schema: Schema, first: str
) -> None:
    """An actor that leaves what it is given makes the same chain again, also one that begins behind its `init`."""
    path = Guest().body(INIT, ECHO).body("f", ECHO).written(tmp_path)
    with running(path, schema=schema) as run:
        if first == INIT:
            run.actor.initialize(None)
        else:
            run.actor.state = NO_STATE
        run.actor.call("f", UNIT)
        recording = recording_from(run.chain.events, schema)
    assert recording.initial_state is None
    assert replay_of(recording, path).first_mismatch is None


def test_the_generation_without_what_a_replay_needs_is_refused() -> None:
    """A chain of JSON payloads is refused with the reason."""
    recording = recording_of(sample("counter"))
    recording.schema = Schema.JSON
    with pytest.raises(Unreplayable, match="not replayed"):
        require_replayable(recording)


@cache
def counted_events() -> list[Event]:
    """The events of the counter's recording."""
    return events_of(recording_of(sample("counter"), *CALLS))


@settings(max_examples=40)
@given(data=st.data())
def test_a_replay_never_reaches_a_host(data: st.DataObject) -> None:
    """Whatever the chain says, no host interface is called: each is made to count, and the count stays at zero."""
    parts = [(event.event_type, event.payload) for event in counted_events()]
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(parts) - 1))
        change = data.draw(st.sampled_from(["drop", "swap", "flip", "double"]))
        if change == "drop":
            del parts[place]
        elif change == "double":
            parts.insert(place, parts[place])
        elif change == "swap":
            parts[place], parts[0] = parts[0], parts[place]
        else:
            raw = bytearray(parts[place][1])
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
            parts[place] = (parts[place][0], bytes(raw))
    if not parts:
        return
    reached: list[str] = []

    def counted(input: Value) -> Value:
        reached.append(str(input))
        return UNIT

    def counting(each: Interface) -> Interface:
        return replace(each, provide=lambda host: dict.fromkeys(each.functions(), counted))

    with pytest.MonkeyPatch.context() as patch:
        functions = {(each.name, name): counting(each) for each in provided.INTERFACES for name in each.functions()}
        patch.setattr(provided, "_FUNCTIONS", functions)
        patch.setenv(VARIABLE, data.draw(st.sampled_from(("off", "always"))))
        try:
            replay = replay_of(
                recording_from(tuple(linked(parts))),
                sample("counter"),
                data.draw(st.sampled_from(list(Mode))),
                5.0,
            )
        except ChainviewError:
            return
    assert reached == []
    assert replay.live_host_calls == 0


@pytest.mark.parametrize("mode", [Mode.STRICT, Mode.PROBE])
@pytest.mark.parametrize(
    "reason",
    [
        "interrupted by the user",
        "stopped after 30 s without a result",
        f"peer.txt has no answer left for {HOST}.ask",
        f"the answer of {HOST}.ask can't be handed over: it is too deep",
        f"the call of {HOST}.ask can't be recorded: it is too large",
    ],
)
def test_a_call_that_was_stopped_is_stopped_where_it_was(tmp_path: Path, mode: Mode, reason: str) -> None:
    """Where a recorded call was ended, or nobody could answer it, what asks more there is no mismatch."""
    asks = asking(tmp_path, "then.wat", U32(1), U32(2), U32(3))
    recording = recording_of(asks, ("f", UNIT), ("f", UNIT), answers={(HOST, "ask"): [U32(10)]})
    parts = [(event.event_type, event.payload) for event in events_of(recording)]
    stopped = (
        MODULE_EVENT,
        encode_error("f", f"Failed to call function 'f' with input: (): WASM execution error: {reason}"),
    )
    again = recording_from(tuple(linked([*parts[:2], stopped, *parts[5:]])))
    replay = replay_of(again, asks, mode)
    assert replay.first_mismatch is None
    assert replay.chain.count == len(again)
    assert replay.asks == []
    fewer = asking(tmp_path, "fewer.wat", U32(1))
    assert replay_of(again, fewer, mode).first_mismatch == 2


@pytest.mark.parametrize("mode", [Mode.STRICT, Mode.PROBE])
def test_a_call_that_ran_out_of_time_between_two_host_calls_is_no_difference(tmp_path: Path, mode: Mode) -> None:
    """What is recorded of it is replayed by its module as what is recorded of a loop that took too long."""
    asks = asking(tmp_path, "asks.wat", U32(1), U32(2), U32(3))
    recording = recording_of(asks, ("f", UNIT), answers={(HOST, "ask"): [U32(10)]}, limits=Limits(timeout=1e-9))
    assert len(recording) == 2
    replay = replay_of(recording, asks, mode)
    assert replay.first_mismatch is None
    assert replay.finished


def test_a_call_that_is_not_over_is_made_only_to_the_end() -> None:
    """In a chain that still grows the last call waits until its end is recorded, and is made then."""
    whole = recording_of(sample("counter"), *CALLS)
    events = events_of(whole)
    open_at = whole.starts[-1] + 1
    growing = recording_from(tuple(events[:open_at]), state=packed(NO_STATE))
    replay = Replay(growing, compiled(sample("counter")))
    assert list(replay.complete_calls())[-1] == 3
    assert replay.chain.count == whole.starts[-1]
    for event in events[open_at:]:
        growing.table.append(event)
    growing.grow()
    assert list(replay.complete_calls()) == [4]
    replay.finish()
    assert (replay.first_mismatch, replay.chain.head) == (None, events[-1].hash)
    assert len(replay.now) == len(events)
    replay.close()
