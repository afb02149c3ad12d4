"""Whatever a guest asks and whatever a recording holds, a replay of it is explained, in one piece."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.actor.engine.loading import compile_module, read_module
from chainview.actor.limits import Limits
from chainview.chain.state_chain import linked
from chainview.pack.values import S32, U32, UNIT, String, Tuple, Value
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.json_report import report_object
from chainview.replay.explain.text_report import LINES, WIDTH, report_text
from chainview.replay.judge.causes import Label
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from chainview.system.errors import ChainviewError
from tests.actor.guests import Guest
from tests.actor.running import sample
from tests.replay.recorded import compiled, packed, recording_from, recording_of

pytestmark = pytest.mark.once

HOST = "test:x/host"
ASKS = st.lists(
    st.tuples(
        st.sampled_from(["log", "ask", "put"]), st.one_of(st.integers(0, 2).map(U32), st.sampled_from("ab").map(String))
    ),
    min_size=1,
    max_size=6,
)
ANSWERS: dict[tuple[str, str], list[Value]] = {(HOST, "ask"): [U32(1), U32(2), U32(3)], (HOST, "put"): [String("ok")]}
COUNTED = [("sample:counter/counter.increment", Tuple((S32(number),))) for number in (5, 0, 2)]


def asking(path: Path, asks: list[tuple[str, Value]]) -> Path:
    """A package whose export `f` makes these host calls."""
    guest = Guest()
    for index, (function, input) in enumerate(asks):
        guest.calling(f"part{index}", HOST, function, packed(input))
    body = "(drop)".join(guest.bodies.pop(f"part{index}") for index in range(len(asks)))
    return guest.body("f", body).written(path.parent, path.name)


def check(explanation: Explanation, replay: Replay) -> None:
    """The first cause stands at the first mismatch, every row has a label that fits, the reports can be made."""
    text = report_text(explanation).split("\n")
    assert len(text) <= LINES + 2 * max(0, len(explanation.causes) - 1)
    assert all(len(line) <= WIDTH for line in text)
    assert report_object(explanation)["verdict"] == explanation.verdict
    assert explanation.live_host_calls == 0
    first = replay.first_mismatch
    if first is None:
        assert explanation.verdict == "identical"
        return
    assert explanation.first_mismatch is not None
    assert explanation.first_mismatch.event == first + 1
    assert all(isinstance(cause.code, Code) and cause.rows for cause in explanation.causes)
    assert len(explanation.rows) == len(explanation.labels)
    assert [item for item in explanation.rows.recorded if item >= 0] == list(range(len(replay.recording)))
    assert [item for item in explanation.rows.now if item >= 0] == list(range(len(replay.now)))
    for row in range(first, len(explanation.rows)):
        assert (explanation.label(row) in (Label.LINK, Label.SHIFT)) == (
            row not in explanation.rows.differing
        ) or explanation.label(row) is Label.UNREACHED


@settings(max_examples=30)
@given(ASKS, ASKS, st.sampled_from(list(Mode)))
def test_any_two_guests_are_explained(
    tmp_path_factory: pytest.TempPathFactory, then: list[tuple[str, Value]], now: list[tuple[str, Value]], mode: Mode
) -> None:
    """A guest that asks anything, replayed against the recording of one that asked something else."""
    folder = tmp_path_factory.mktemp("guests")
    recording = recording_of(asking(folder / "then.wat", then), ("f", UNIT), ("f", UNIT), answers=ANSWERS)
    loaded = compile_module(read_module(asking(folder / "now.wat", now)))
    replay = Replay(recording, loaded, mode, Limits(timeout=5.0)).run()
    check(explain(replay), replay)


@settings(max_examples=40)
@given(st.data())
def test_any_changed_recording_is_explained(data: st.DataObject) -> None:
    """A recording with events dropped, doubled, swapped and flipped, hashed again, replayed by the sample counter."""
    recording = recording_of(sample("counter"), *COUNTED)
    parts = [(event.event_type, event.payload) for event in map(recording.table.event, range(len(recording)))]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(parts) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "swap", "flip", "type"]))
        if change == "drop" and len(parts) > 1:
            del parts[place]
        elif change == "double":
            parts.insert(place, parts[place])
        elif change == "swap":
            parts[place], parts[0] = parts[0], parts[place]
        elif change == "type":
            parts[place] = (data.draw(st.sampled_from(["wasm", "shutdown", "a:b/c/d", "note"])), parts[place][1])
        else:
            raw = bytearray(parts[place][1])
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
            parts[place] = (parts[place][0], bytes(raw))
    try:
        replay = Replay(
            recording_from(tuple(linked(parts))),
            compiled(sample("counter")),
            data.draw(st.sampled_from(list(Mode))),
            Limits(timeout=5.0),
        ).run()
    except ChainviewError:
        return
    check(explain(replay), replay)
