"""Recordings that were changed by hand and replayed by the build that made them, or compared with the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from chainview.chain.event import Event, Kind
from chainview.chain.files.entries.entry import End
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.kinds import kind_of
from chainview.chain.payload import HostCall, encode_host_call, read_payload
from chainview.pack.values import U64, UNIT, String, Value
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from tests.corpus.faults import LIMITS, chains, module, recording
from tests.replay.chains import PART, from_parts

pytestmark = pytest.mark.once

LOG = "theater:simple/runtime/log"
CHAINS = ("short", "errors", "session")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed copy of a chain that is sound again, the index of the first event that differs, and its classes."""

    name: str
    parts: list[PART]
    first: int
    classes: tuple[str, ...]
    """The codes of a comparison with the original that name it rightly."""


def parts_of(source: Recording) -> list[PART]:
    """The types and payloads of a recording."""
    return [(source.table.event_type(index), source.table.payload(index)) for index in range(len(source))]


def host_calls(parts: Sequence[PART], event_type: str = LOG) -> list[int]:
    """Where host calls of a type stand."""
    return [index for index, (each, _) in enumerate(parts) if each == event_type]


def said(part: PART, *, input: Value | None = None, output: Value | None = None) -> PART:
    """A host call with another input or output."""
    payload = read_payload(part[1])
    assert isinstance(payload, HostCall)
    asked, answered = input or payload.input or UNIT, output or payload.output or UNIT
    return part[0], encode_host_call(payload.interface, payload.function, asked, answered)


def mutations(source: Recording) -> list[Mutation]:
    """Every way to change a chain, in the middle of it."""
    parts = parts_of(source)
    logs = host_calls(parts)
    at = next(index for index in logs[len(logs) // 2 :] if index + 1 < len(parts) and index + 1 not in logs[-1:])
    now = host_calls(parts, "theater:simple/timer/now")[-1]
    pair = next(i for i in range(at, len(parts) - 1) if _are_host(parts[i : i + 2]) and parts[i] != parts[i + 1])
    ended = next(index for index in range(at, len(parts)) if kind_of(*parts[index]) is Kind.CALL)
    found = [
        Mutation("drop", [*parts[:at], *parts[at + 1 :]], at, ("C4", "C5")),
        Mutation("insert", [*parts[:at], said(parts[at], input=String("zzz")), *parts[at:]], at, ("C3",)),
        Mutation("change", _put(parts, at, said(parts[at], input=String("something else"))), at, ("C1",)),
        Mutation("answer", _put(parts, now, said(parts[now], output=U64(7))), now, ("D1",)),
        Mutation("type", _put(parts, at, said(parts[at], input=U64(7))), at, ("C1",)),
        Mutation("cut", parts[:ended], ended, ("C11",)),
    ]
    swapped = [*parts[:pair], parts[pair + 1], parts[pair], *parts[pair + 2 :]]
    return [*found, Mutation("swap", swapped, pair, ("C2",))]


def _are_host(parts: Sequence[PART]) -> bool:
    return all("/" in event_type for event_type, _ in parts)


def _put(parts: list[PART], index: int, part: PART) -> list[PART]:
    return [*parts[:index], part, *parts[index + 1 :]]


def rebuilt(source: Recording, parts: Sequence[PART]) -> Recording:
    """A sound recording of these events with the header of the original."""
    made = from_parts(parts, source.schema)
    return Recording(made.table, source.schema, source.header)


@cache
def compared() -> list[tuple[str, Mutation, Explanation]]:
    """The original next to each mutation, as two recordings."""
    return [
        (chain, each, diff_recordings(recording(chain), rebuilt(recording(chain), each.parts)))
        for chain in CHAINS
        for each in mutations(recording(chain))
    ]


def test_a_changed_copy_differs_at_its_first_change_for_what_was_done_to_it() -> None:
    """Dropped, inserted, changed, answered otherwise, cut and swapped events: place, class, and one cause each."""
    lines = [f"{'chain':<10}{'mutation':<10}{'event':>6} {'code':<5}{'causes':>6}"]
    wrong = []
    for chain, each, explanation in compared():
        first = explanation.first_mismatch
        assert first is not None
        lines.append(f"{chain:<10}{each.name:<10}{first.event:>6} {first.code:<5}{len(explanation.causes):>6}")
        if (first.event, len(explanation.causes)) != (each.first + 1, 1) or first.code not in each.classes:
            wrong.append((chain, each.name, first.event, each.first + 1, first.code, len(explanation.causes)))
    print("\n" + "\n".join(lines))
    assert wrong == []


def test_comparing_the_other_way_round_finds_the_same_place() -> None:
    """Which chain counts as recorded changes what is said, not where."""
    for chain, each, explanation in compared():
        other = diff_recordings(rebuilt(recording(chain), each.parts), recording(chain))
        assert other.same == explanation.same == each.first


@pytest.mark.parametrize("chain", CHAINS)
def test_the_build_is_not_blamed_for_a_changed_recording(chain: str) -> None:
    """Replayed by the very build that made the original, a changed copy is said not to be reproducible: class B."""
    for each in mutations(recording(chain)):
        replay = Replay(rebuilt(recording(chain), each.parts), module("pricing"), limits=LIMITS).run()
        if replay.first_mismatch is None:
            # Another answer that nothing else shows is as good an answer as the recorded one.
            assert each.name in ("answer", "cut")
            continue
        explanation = explain(replay, control_experiment(replay, RecordedModules(module("pricing"))))
        assert [cause.code[0] for cause in explanation.causes] == ["B"], each.name
        assert explanation.control == "diverged"
        assert "not to blame" in explanation.sentence


def stored(events: Sequence[Event], header: Header) -> bytes:
    """A native chain file."""
    last = pack_end(End(len(events), events[-1].hash))
    return b"".join([pack_header(header), *map(pack_event, events), last])


@pytest.mark.parametrize("change", ["flip", "truncate", "reorder", "rehash one"])
def test_a_damaged_recording_is_replayed_up_to_its_damage(change: str, tmp_path: Path) -> None:
    """A chain whose hashes do not hold is replayed as far as they do, and where it is broken is named."""
    source = recording("short")
    events = [source.table.event(index) for index in range(len(source))]
    at = next(index for index in range(20, len(events)) if source.table.kinds[index] == Kind.HOST)
    if change == "flip":
        payload = bytearray(events[at].payload)
        payload[-1] ^= 1
        events[at] = replace(events[at], payload=bytes(payload))
    elif change == "reorder":
        events[at], events[at + 1] = events[at + 1], events[at]
    elif change == "rehash one":
        events[at] = replace(events[at], hash=bytes(20))
    data = stored(events, source.header or Header())
    path = tmp_path / "broken.chain"
    path.write_bytes(data[:-200] if change == "truncate" else data)
    with open_chain(path) as opened:
        soundness = verify(opened)
        held = Recording.of(opened).as_far_as(soundness.completeness)
        explanation = explain(Replay(held, module("pricing"), limits=LIMITS).run())
    assert not soundness.sound
    assert (explanation.verdict, explanation.causes[0].code) == ("unusable", "A1")
    assert f"identical up to event {held.completeness.until} of" in explanation.sentence
    if change != "truncate":
        assert explanation.causes[0].event == at + 1


def test_every_chain_equals_itself() -> None:
    """A recording next to a copy of itself is identical."""
    for chain in chains():
        source = recording(chain)
        assert diff_recordings(source, rebuilt(source, parts_of(source))).verdict == "identical"
