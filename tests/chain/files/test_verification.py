"""What checking a chain says of the many ways in which it can be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.chain.event import Event
from chainview.chain.files import verification
from chainview.chain.files.entries.entry import Checked, Note
from chainview.chain.files.native.layout import pack_header, pack_note
from chainview.chain.files.opened import Extent, OpenedChain, open_chain
from chainview.chain.files.verification import Problem, Verification, verify, verify_steps
from chainview.chain.soundness import HashState, LinkState, Soundness
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.core import serving
from tests.chain import samples
from tests.chain.files.theater.writings import as_text

EVENTS = samples.events(9)


def verdict_of(folder: Path, events: list[Event]) -> Verification:
    """The verdict on a native file of those events."""
    path = folder / "file"
    path.write_bytes(samples.native(events))
    with open_chain(path) as opened:
        return verify(opened)


def brief(verdict: Verification) -> list[tuple[int, str, str]]:
    """Where, what, and how far it was checked."""
    return [(problem.event, problem.kind, problem.checked) for problem in verdict.problems]


def with_event(index: int, event: Event) -> list[Event]:
    """The sample chain with one event replaced."""
    return [*EVENTS[:index], event, *EVENTS[index + 1 :]]


@pytest.mark.parametrize("index", [0, 3, 8])
def test_each_part_of_an_event_is_checked(tmp_path: Path, index: int) -> None:
    """A changed payload, type or hash is a wrong hash at that event alone, a changed parent a wrong link."""
    event = EVENTS[index]
    for changed in (
        replace(event, payload=event.payload[:-1] + b"\x07"),
        replace(event, event_type=event.event_type + "!"),
        replace(event, hash=bytes(20)),
    ):
        assert brief(verdict_of(tmp_path, with_event(index, changed))) == [(index + 1, "hash", "full")]
    changed = replace(event, parent=bytes(20))
    assert brief(verdict_of(tmp_path, with_event(index, changed))) == [(index + 1, "link", "full")]


def test_a_changed_parent_is_told_behind_a_changed_event_too(tmp_path: Path) -> None:
    """Two neighbours that were changed in other ways are told each by its own."""
    events = with_event(3, replace(EVENTS[3], payload=EVENTS[3].payload[:-1] + b"\x07"))
    events[4] = replace(EVENTS[4], parent=bytes(20))
    verdict = verdict_of(tmp_path, events)
    assert brief(verdict) == [(4, "hash", "full"), (5, "link", "full")]
    assert verdict.problems[1].message.endswith("the rest of it belongs after event 4 as recorded")


def test_what_follows_a_change_is_not_called_wrong(tmp_path: Path) -> None:
    """When an event was changed and hashed again, the break is told once, as a gap before the next event."""
    forged = next(linked([("wasm", b"forged")], EVENTS[3].hash))
    assert brief(verdict_of(tmp_path, with_event(4, forged))) == [(6, "gap", "full")]


def test_gaps_are_told_apart_from_corruption(tmp_path: Path) -> None:
    """Missing, repeated and swapped events and a late beginning are gaps: their own hashes are right."""
    for events, at in (
        (EVENTS[2:], [1]),
        (EVENTS[:3] + EVENTS[5:], [4]),
        ([*EVENTS[:3], EVENTS[2], *EVENTS[3:]], [4]),
        ([*EVENTS[:3], EVENTS[4], EVENTS[3], *EVENTS[5:]], [4, 5, 6]),
        (EVENTS + EVENTS, [10]),
    ):
        assert brief(verdict_of(tmp_path, events)) == [(number, "gap", "full") for number in at]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.integers(0, 8), st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_payload_byte_is_named(tmp_path: Path, index: int, at: int, change: int) -> None:
    """Any change to any byte of a payload is a wrong hash of that event and of no other."""
    payload = bytearray(EVENTS[index].payload)
    payload[at % len(payload)] ^= change
    changed = replace(EVENTS[index], payload=bytes(payload))
    assert brief(verdict_of(tmp_path, with_event(index, changed))) == [(index + 1, "hash", "full")]


def test_messages_say_what_is_missing(tmp_path: Path) -> None:
    """A gap says by which hashes events are missing, or that an event states no parent at all."""
    before, missing, after = EVENTS[1:4]
    (problem,) = verdict_of(tmp_path, [EVENTS[0], before, after]).problems
    short = [event.hash.hex()[:7] for event in (missing, before)]
    assert problem.message == f"events are missing before it: its parent is {short[0]}, event 2 is {short[1]}"
    (problem,) = verdict_of(tmp_path, EVENTS[2:]).problems
    assert problem.message == f"events before it are missing: its parent is {before.hash.hex()[:7]}"
    (problem,) = verdict_of(tmp_path, EVENTS + EVENTS).problems
    assert problem.message == "it states no parent, as the first event of a chain does, but follows event 9"


def test_messages_name_hashes_in_short(tmp_path: Path) -> None:
    """A problem says which hash was recorded and which came out."""
    changed = replace(EVENTS[2], payload=b"")
    (problem,) = verdict_of(tmp_path, with_event(2, changed)).problems
    assert isinstance(problem, Problem)
    assert EVENTS[2].hash.hex()[:7] in problem.message
    assert "recorded" in problem.message


@pytest.mark.parametrize("index", [0, 3, 7])
def test_what_can_not_be_read_is_told_by_its_bytes(tmp_path: Path, index: int) -> None:
    """A stretch that is no event is named by how many bytes it has, and where they are, the first one too."""
    texts = [as_text(event) for event in EVENTS]
    spoilt = texts[index].replace(b"\n%d\n" % len(EVENTS[index].payload), b"\nx\n", 1)
    data = b"".join([*texts[:index], spoilt, *texts[index + 1 :]])
    (tmp_path / "file").write_bytes(data)
    with open_chain(tmp_path / "file") as opened:
        problem = next(each for each in verify(opened).problems if each.event == index + 1)
    start, size = sum(map(len, texts[:index])), len(spoilt)
    assert problem.message == f"what stands here can't be read ({size:,} bytes from byte {start:,} of the file on)"


def test_checking_goes_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking a longer chain tells its progress on the way, and the verdict at the end."""
    monkeypatch.setenv(serving.VARIABLE, "off")
    path = tmp_path / "file"
    path.write_bytes(samples.native(samples.events(2000)))
    with open_chain(path) as opened:
        verdicts: list[Verification] = []

        def steps() -> Iterator[Extent]:
            verdicts.append((yield from verify_steps(opened)))

        told = list(steps())
    assert [verdict.sound for verdict in verdicts] == [True]
    checked = [progress.done_bytes for progress in told if progress.total_bytes == 2000]
    assert len(checked) > 5
    assert checked == [progress.events for progress in told if progress.total_bytes == 2000]
    assert checked == sorted(checked)


def test_an_empty_chain_is_sound(tmp_path: Path) -> None:
    """A chain without an event is sound and has no head."""
    verdict = verdict_of(tmp_path, [])
    assert (verdict.sound, verdict.events, verdict.head) == (True, 0, None)


def test_a_chain_of_notes_alone_says_so(tmp_path: Path) -> None:
    """A file of a header and notes is sound, and told as one that holds no event."""
    for notes, told in ((0, "not closed after event 0"), (2, "it holds no event, only 2 notes")):
        path = tmp_path / f"{notes}.chain"
        path.write_bytes(pack_header(samples.header()) + pack_note(Note("bookmark", {})) * notes)
        with open_chain(path) as opened:
            verdict = verify(opened)
        assert (verdict.sound, verdict.remarks[0]) == (True, told)


RUNS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                Soundness(HashState.NOT_HELD, LinkState.HOLDS, Checked.LINK),
                Soundness(HashState.UNKNOWN, LinkState.HOLDS, Checked.NONE),
                Soundness(HashState.NOT_HELD, LinkState.GAP, Checked.LINK),
                Soundness(HashState.UNKNOWN, LinkState.GAP, Checked.NONE),
            ]
        ),
        st.integers(1, 6),
    ),
    max_size=6,
)


@given(RUNS, st.integers(1, 12), st.booleans())
def test_events_in_a_row_are_told_of_as_each_by_itself(
    runs: list[tuple[Soundness, int]], most: int, holds_payloads: bool
) -> None:
    """However few problems are kept: the same ones are, and as many left out."""
    table = EventTable()
    for _ in range(sum(count for _, count in runs)):
        table.append(Event(b"", b"", "x", b""))
    opened = cast("OpenedChain", SimpleNamespace(table=table, holds_payloads=holds_payloads, damages=()))
    checker = verification._Checker(opened)
    at_once, alone, at = verification._Found(), verification._Found(), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verification, "_MOST_PROBLEMS", most)
        for soundness, count in runs:
            checker.tell_all(range(at, at + count), soundness, at_once)
            for index in range(at, at + count):
                checker.tell(index, soundness, alone)
            at += count
    assert list(at_once.problems()) == list(alone.problems())
    assert at_once.left_out == alone.left_out
