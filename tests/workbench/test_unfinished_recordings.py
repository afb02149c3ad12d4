"""Recordings that end inside a call, are cut, damaged, or have a hole: replayed as far as they are sound."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from chainview.chain.event import Event
from chainview.chain.files.completeness import first_events
from chainview.chain.files.exporters import WRITERS, Losses, all_of
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.state_chain import linked
from chainview.pack.values import S32, UNIT, Tuple
from chainview.replay.explain.explain import explain
from chainview.replay.explain.json_report import report_object
from chainview.replay.explain.text_report import report_text
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from chainview.workbench.chain_diff import diff_chains
from chainview.workbench.programs import record_actor, replay_chain
from tests.actor.guests import Guest
from tests.actor.running import INIT, sample
from tests.chain.files.theater.writings import as_json, as_jsonl
from tests.replay.recorded import compiled, packed, recording_from, recording_of

CALLS = ["increment(5s32)", "increment(2s32)"]
HOST = "test:x/host"
FORMATS = ("msgpack", *(pytest.param(name, marks=pytest.mark.once) for name in ("json", "event", "blocks", "jsonl")))
MODES = (Mode.STRICT, *(pytest.param(mode, marks=pytest.mark.once) for mode in Mode if mode is not Mode.STRICT))


@cache
def counted(folder: Path) -> Path:
    """The chain of the sample counter: init and two calls of three events each, and a shutdown."""
    record_actor(sample("counter"), folder / "whole.chain", CALLS)
    return folder / "whole.chain"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That chain, once for all tests here."""
    return counted(tmp_path_factory.mktemp("counter"))


def events_of(chain: Path) -> list[Event]:
    """All events of a chain."""
    with open_chain(chain) as opened:
        return list(opened)


def written(chain: Path, format: str, count: int) -> bytes:
    """The first events of a chain in a format, as a whole file."""
    if format == "jsonl":
        return "".join(map(as_jsonl, events_of(chain)[:count])).encode()
    with open_chain(chain) as opened:
        excerpt = all_of(opened.load())
        parts = WRITERS[format](type(excerpt)(excerpt.table, range(1, count + 1), excerpt.header), Losses())
        return b"".join(parts)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_the_first_events_of_a_chain_are_identical_so_far(
    whole: Path, tmp_path: Path, count: int, format: str, mode: Mode
) -> None:
    """Wherever a recorder was killed, in whatever format: it is sound, identical, and says whether a call was open."""
    path = tmp_path / "c"
    path.write_bytes(written(whole, format, count))
    explanation = replay_chain(sample("counter"), path, mode=mode)
    state = "whole" if count % 3 == 0 else "in-call"
    assert (explanation.verdict, explanation.passes, explanation.live_host_calls) == ("identical", True, 0)
    assert report_object(explanation)["recording"] == {"state": state, "until": count}
    with open_chain(path) as opened:
        found = verify(opened)
    assert (found.sound, found.completeness.state, found.completeness.until) == (True, state, count)
    says = "identical so far, the last call was not recorded to its end" in report_text(explanation)
    assert says == ("the last call was not recorded to its end" in found.remarks) == (state == "in-call")


@pytest.mark.parametrize("format", ["msgpack", "json", "event", "blocks", "jsonl"])
@pytest.mark.parametrize("how", ["cut", "damaged"])
def test_a_file_that_is_not_sound_is_identical_up_to_there(whole: Path, tmp_path: Path, format: str, how: str) -> None:
    """A cut in the sixth event, or one byte changed in it: five events are replayed, and A1 says what is damaged."""
    short, long, path = written(whole, format, 5), written(whole, format, 6), tmp_path / "c"
    at = len(short) + (len(long) - len(short)) * 3 // 4
    data = written(whole, format, 10)
    if how == "damaged":
        # In a text a digit, so that it is read all the same.
        at = next((place for place in range(at, len(long)) if data[place : place + 1].isdigit()), at)
    path.write_bytes(data[:at] if how == "cut" else data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
    explanation = replay_chain(sample("counter"), path)
    assert (explanation.verdict, explanation.passes) == ("unusable", False)
    assert report_object(explanation)["recording"] == {"state": how, "until": 5}
    assert [cause.code for cause in explanation.causes] == ["A1"]
    assert report_text(explanation).startswith("identical up to event 5 of ")


@pytest.mark.parametrize("hole", [1, 4, 9])
def test_a_store_that_lacks_an_event_is_replayed_up_to_it(whole: Path, tmp_path: Path, hole: int) -> None:
    """What stands before a hole in a content store is found among its events, and replayed."""
    events = events_of(whole)
    for name in ("events", "chains"):
        (tmp_path / name).mkdir()
    for event in [*events[:hole], *events[hole + 1 :]]:
        (tmp_path / "events" / event.hash.hex()).write_text(json.dumps(as_json(event)))
    (tmp_path / "chains" / "a").write_text(json.dumps(events[-1].hash.hex()))
    explanation = replay_chain(sample("counter"), tmp_path)
    assert (explanation.recording.state, explanation.same) == ("damaged", hole)
    assert f"identical up to event {hole} of {len(events)}" in explanation.sentence


def test_a_file_that_differs_before_it_is_damaged_says_both(whole: Path, tmp_path: Path) -> None:
    """The verdict is about the build, and the damage stands behind its causes."""
    data = bytearray(whole.read_bytes())
    data[data.index(b"5 -> 7")] ^= 1
    (tmp_path / "c.chain").write_bytes(data)
    guest = Guest().returning(INIT, S32(1)).returning("sample:counter/counter.increment", S32(1))
    explanation = replay_chain(guest.written(tmp_path, "other.wat"), tmp_path / "c.chain")
    assert (explanation.verdict, explanation.recording.until) == ("diverged", 7)
    assert explanation.causes[0].event < 8
    assert (explanation.causes[-1].code, explanation.causes[-1].event) == ("A1", 8)


def test_a_file_that_is_damaged_before_its_first_call_is_unusable(whole: Path, tmp_path: Path) -> None:
    """Where no call is sound there is nothing to replay: that is said, and nothing of the actor."""
    path = tmp_path / "c.chain"
    path.write_bytes(whole.read_bytes()[:420])
    explanation = replay_chain(sample("counter"), path)
    assert (explanation.verdict, explanation.recording.until) == ("unusable", 0)
    assert report_text(explanation).startswith("UNUSABLE")


def test_two_chains_are_compared_as_far_as_both_are_sound(whole: Path, tmp_path: Path) -> None:
    """One that ends in a call is identical so far, one that is damaged up to there; and so on either side."""
    open_, damaged = tmp_path / "open.chain", tmp_path / "damaged.chain"
    open_.write_bytes(written(whole, "json", 5))
    damaged.write_bytes(whole.read_bytes().replace(b"5 -> 7", b"5 -> 8"))
    for one, other in ((open_, whole), (whole, open_)):
        explanation = diff_chains(one, other)
        assert (explanation.verdict, explanation.same) == ("identical", 5)
        assert explanation.sentence == "identical so far, the last call was not recorded to its end: 5 events"
    for one, other in ((damaged, whole), (whole, damaged)):
        explanation = diff_chains(one, other)
        assert (explanation.verdict, [cause.code for cause in explanation.causes]) == ("unusable", ["A1"])
        assert "identical up to event 7 of 10" in explanation.sentence
        assert str(damaged) in explanation.causes[0].sentence


def asking(folder: Path, name: str, asks: Sequence[str], *, fails: bool = False) -> Path:
    """A package whose export `f` logs these lines, and then returns or traps."""
    guest = Guest()
    for index, line in enumerate(asks):
        guest.calling(f"part{index}", HOST, line, packed(UNIT))
    body = "(drop)".join(guest.bodies.pop(f"part{index}") for index in range(len(asks)))
    return guest.body("f", f"{body} (drop) (unreachable)" if fails else body).written(folder, name)


def explained(folder: Path, then: Sequence[str], now: Sequence[str], *, fails: bool = False) -> list[tuple[str, int]]:
    """The causes where a recording that was cut off behind `then` is replayed by a build that does `now`."""
    name = f"{''.join(now)}{fails}.wat"
    source = recording_of(asking(folder, f"then-{name}", [*then, "last"]), ("f", UNIT))
    recording = recording_from(tuple([source.table.event(index) for index in range(1 + len(then))]))
    replay = Replay(recording, compiled(asking(folder, name, now, fails=fails))).run()
    return [(cause.code.value, cause.event) for cause in explain(replay).causes]


def test_what_comes_behind_the_end_of_an_open_call_is_no_difference(tmp_path: Path) -> None:
    """More host calls, a result, a trap: nothing is known of what was done then."""
    assert explained(tmp_path, ["a", "b"], ["a", "b", "c", "d"]) == []
    assert explained(tmp_path, ["a", "b"], ["a", "b"]) == []
    assert explained(tmp_path, ["a", "b"], ["a", "b"], fails=True) == []


def test_what_was_recorded_of_an_open_call_has_to_be_made(tmp_path: Path) -> None:
    """Another host call, one that is gone, a trap before it, or another order are told as in any call."""
    assert explained(tmp_path, ["a", "b"], ["a", "c", "b"]) == [("C2", 3)]
    assert explained(tmp_path, ["a", "b"], ["a"]) == [("C4", 3)]
    assert explained(tmp_path, ["a", "b"], ["a"], fails=True) == [("C8", 3)]
    assert explained(tmp_path, ["a", "b"], ["b", "a", "c"]) == [("C2", 2)]


@pytest.mark.parametrize("name", ["larder", "courier", "faulty"])
def test_every_beginning_of_a_chain_of_any_generation_is_identical_so_far(name: str, tmp_path: Path) -> None:
    """State inside, host calls that are waited for, calls that trap: wherever the recording ends."""
    calls = {
        "larder": ['put("tea", 3u32)', 'take("tea", 4u32)', "stock()"],
        "courier": ['deliver(["a", "b"])', "echo(1u32)"],
        "faulty": ["fine()", "trap()", "returned-error()", "fine()"],
    }[name]
    record_actor(sample(name), tmp_path / "c.chain", calls, state="()" if name == "larder" else None)
    loaded = compiled(Path(sample(name)))
    with open_chain(tmp_path / "c.chain") as opened:
        opened.load()
        for count in range(1, len(opened.table) + 1):
            recording = Recording(first_events(opened.table, count), opened.schema, opened.header)
            if recording.starts:
                explanation = explain(Replay(recording, loaded).run())
                assert (count, explanation.verdict, explanation.now_events) == (count, "identical", count)


def test_a_call_that_was_left_open_in_the_middle_does_not_hide_the_next_one(tmp_path: Path) -> None:
    """A call without an end, before another one: the next is replayed and compared."""
    source = recording_of(asking(tmp_path, "then.wat", ["a", "b"]), ("f", UNIT), ("f", Tuple((S32(1),))))
    events = [source.table.event(index) for index in range(len(source))]
    parts = [(event.event_type, event.payload) for event in [*events[:2], *events[4:]]]
    recording = recording_from(tuple(linked(parts)))
    replay = Replay(recording, compiled(tmp_path / "then.wat")).run()
    assert (replay.first_mismatch, replay.chain.count) == (None, len(parts))
