"""Host calls that are answered in wasm, held to what Python answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_other
from pathlib import Path

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.actor.engine.between.passing import compiled_once, passing_text
from chainview.actor.engine.between.served import Served, serving_text
from chainview.actor.engine.stacks import SERVED_MODULE
from chainview.chain.state_chain import linked
from chainview.core.serving import VARIABLE
from chainview.pack.cgrf import encode
from chainview.pack.values import U8, U32, U64, UNIT, Option, String, Tuple, Value, bytes_value, types
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from chainview.system.errors import ChainviewError
from tests.actor.guests import Guest
from tests.actor.running import sample
from tests.replay.recorded import recording_from, recording_of, replay_of

HOST = "test:x/host"
ANSWERS = st.sampled_from(
    (
        UNIT,
        U64(7),
        String("answered"),
        bytes_value(b"x" * 40_000),
        bytes_value(b"y" * 100_000),
        Tuple((U8(1), String("two"))),
        Option(types.U32, None),
    )
)
INPUTS = st.sampled_from((UNIT, String(""), String("asked"), String("askee"), Tuple((U32(1), U32(2))), U64(9)))
ASKED = st.lists(st.tuples(st.sampled_from("ab"), INPUTS, ANSWERS), min_size=1, max_size=8)


def visible(replay: Replay) -> tuple[object, ...]:
    """All that a replay tells, but times."""
    now = replay.now
    events = [now.event(index) for index in range(len(now))]
    outcomes = [with_other(each, event=None) for each in replay.outcomes]
    each = range(len(now))
    columns = (
        bytes(now.kinds),
        [(now.call_of(at), now.noted(at).stack, now.checked(at), now.links_on(at)) for at in each],
    )
    calls = [now.steps(at) for at in each if now.call_of(at) == at], now.type_names, now.going
    told = replay.first_mismatch, replay.calls_made, replay.finished, replay.live_host_calls, replay.stack
    return (
        *told,
        replay.asks,
        outcomes,
        replay.not_asked(),
        replay.chain.head,
        replay.chain.count,
        events,
        columns,
        calls,
    )


def both(recording: Recording, path: Path, mode: Mode) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """What a replay tells that Python serves, and one that wasm does."""
    told = []
    for word in ("off", "always"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, word)
            told.append(visible(replay_of(recording, path, mode)))
    return told[0], told[1]


def guest(folder: Path, asked: Sequence[tuple[str, Value, Value]]) -> Path:
    """A package whose export `f` asks all of that in turn, and returns what it was answered last."""
    made = Guest()
    bodies = []
    for at, (function, input, _) in enumerate(asked):
        made = made.calling(f"f{at}", HOST, function, encode(input))
        bodies.append(made.bodies.pop(f"f{at}"))
    return made.body("f", "".join([f"(drop {body})" for body in bodies[:-1]]) + bodies[-1]).written(folder)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_wasm_serves_what_python_serves(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever was asked and answered, and whatever a build asks instead, all that is told is the same."""
    folder = tmp_path_factory.mktemp("served")
    then = data.draw(ASKED)
    answers: dict[tuple[str, str], list[Value]] = {}
    for function, _, answer in then:
        answers.setdefault((HOST, function), []).append(answer)
    recorded = recording_of(guest(folder, then), ("f", Tuple(())), ("f", Tuple(())), answers=answers)
    now = data.draw(st.just(then) | ASKED)
    other = folder / "now"
    other.mkdir()
    one, two = both(recorded, guest(other, now), data.draw(st.sampled_from((Mode.PROBE, Mode.STRICT))))
    assert one == two


@pytest.mark.parametrize("size", [0, 8, 16, 300])
def test_a_call_of_many_host_calls_is_served_by_wasm(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is recorded of it is served there, more than lies there at once, and told as ever."""
    taken = list[tuple[int, int]]()
    plain = Served.taken

    def noted(served: Served) -> tuple[int, int]:
        taken.append(plain(served))
        return taken[-1]

    monkeypatch.setattr(Served, "taken", noted)
    recorded = recording_of(sample("chatter"), ("sample:chatter/chatter.chat", Tuple((U32(9000), U32(size)))))
    one, two = both(recorded, sample("chatter"), Mode.PROBE)
    assert one == two
    assert sum(count for _, count in taken) >= 8990


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_chain_with_an_event_changed_is_told_the_same(data: st.DataObject) -> None:
    """Wherever a recorded host call says something else, is missing, or stands twice, both find the same."""
    recorded = recording_of(sample("chatter"), *[("sample:chatter/chatter.chat", Tuple((U32(20), U32(9))))] * 2)
    events = [recorded.table.event(at) for at in range(len(recorded.table))]
    at = data.draw(st.integers(3, len(events) - 1))
    change = data.draw(st.sampled_from(("drop", "double", "flip")))
    parts = [(each.event_type, each.payload) for each in events]
    if change == "drop":
        del parts[at]
    elif change == "double":
        parts.insert(at, parts[at])
    else:
        raw = bytearray(parts[at][1])
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        parts[at] = parts[at][0], bytes(raw)
    try:
        one, two = both(recording_from(tuple(linked(parts))), sample("chatter"), Mode.PROBE)
    except ChainviewError:
        return
    assert one == two


@pytest.mark.parametrize("count", [1, 7])
def test_what_stands_between_reaches_for_nothing_else(count: int) -> None:
    """The modules that are made import the guest's memory and the replay's own functions, and nothing of a host."""
    engine = wasmtime.Engine()
    first, second = [compiled_once(engine, text(count)) for text in (passing_text, serving_text)]
    assert list(first.imports) == []
    imported = [(each.module, each.name) for each in second.imports]
    assert imported == [("guest", "memory"), *[("host", str(at)) for at in range(count)]]


def test_a_stack_tells_of_the_guest_alone(tmp_path: Path) -> None:
    """The stack at the first mismatch has no frame of what stands between the guest and Python."""
    then, now = [("a", String("one"), UNIT)] * 4, [("a", String("one"), UNIT)] * 3 + [("a", String("two"), UNIT)]
    (tmp_path / "now").mkdir()
    recorded = recording_of(guest(tmp_path, then), ("f", Tuple(())), answers={(HOST, "a"): [UNIT]})
    one, two = both(recorded, guest(tmp_path / "now", now), Mode.PROBE)
    assert one == two
    assert one[4]
    assert SERVED_MODULE not in str(two)
