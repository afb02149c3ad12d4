"""Whether an event is sound, and that all who ask are told the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Event, Extras
from chainview.chain.files.entries.entry import Checked
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.files.verification import verify
from chainview.chain.hashing import event_hash
from chainview.chain.query.failures import FailureFinder
from chainview.chain.soundness import Evidence, HashState, Judge, LinkState, Soundness, judged, soundness
from chainview.chain.state_chain import first_unsound
from chainview.chain.table import EventTable
from chainview.chain.words.report import event_line, event_text
from tests.chain import samples
from tests.chain.test_reference_chains import COUNTS
from tests.chain.unsound import EVENTS, NOT_WRONG, WRONG, opened, wrong_number
from tests.reference import reference_file


def found_by_search(chain: OpenedChain) -> list[int]:
    """The numbers of the events that `e` finds."""
    finder = FailureFinder(chain.table)
    while not finder.count_step(300):
        pass
    return [index + 1 for index in range(len(chain.table)) if finder.ordinal(index) is not None]


def shown_wrong(chain: OpenedChain) -> list[int]:
    """The numbers of the events of which `show` says that something is wrong."""
    said = ["\n".join(event_text(chain.table, index)) for index in range(len(chain.table))]
    marks = ("wrong: what it holds", "damaged its entry", "not the event before", "  damaged  ")
    return [number for number, text in enumerate(said, 1) if any(mark in text for mark in marks)]


def marked_wrong(chain: OpenedChain) -> list[int]:
    """The numbers of the events whose lines are marked as wrong or damaged."""
    lines = [event_line(chain.table, index) for index in range(len(chain.table))]
    return [number for number, line in enumerate(lines, 1) if line.split()[-2] in "!⚠" or "✖" in line]


@pytest.mark.parametrize("name", NOT_WRONG)
def test_what_is_sound_is_called_sound_in_every_format(name: str, tmp_path: Path) -> None:
    """No event of a whole chain is called wrong by verifying, by `show` or by the search for errors."""
    with opened(tmp_path, NOT_WRONG[name]) as chain:
        assert found_by_search(chain) == []
        assert shown_wrong(chain) == []
        assert not any(soundness(chain.table, index).wrong for index in range(len(chain.table)))
        assert marked_wrong(chain) == []
        assert {problem.kind for problem in verify(chain).problems} <= {"payload"}
        assert len(chain.table) == len(EVENTS)


@pytest.mark.parametrize("name", COUNTS)
def test_what_theater_recorded_is_called_sound(name: str) -> None:
    """No event of the chains that Theater recorded is called wrong by anybody."""
    with open_chain(reference_file(f"chains/{name}.json")) as chain:
        chain.load()
        assert shown_wrong(chain) == []
        assert not any(soundness(chain.table, index).wrong for index in range(len(chain.table)))
        assert verify(chain).sound


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_by_everybody(name: str, tmp_path: Path) -> None:
    """Verifying, the search for errors and the marks of rows name the one event that is wrong; `show` tells of it."""
    number = wrong_number(name)
    with opened(tmp_path, WRONG[name]) as chain:
        assert [problem.event for problem in verify(chain).problems] == [number]
        assert found_by_search(chain) == [number]
        assert number in shown_wrong(chain)
        assert marked_wrong(chain) == [number]
    with opened(tmp_path, WRONG[name]) as chain:
        assert found_by_search(chain) == [number]
        assert [problem.event for problem in verify(chain).problems] == [number]


def test_a_search_for_errors_steps_both_ways(tmp_path: Path) -> None:
    """An event that is not sound is the next error from above and the previous one from below."""
    with opened(tmp_path, WRONG["another payload"]) as chain:
        finder = FailureFinder(chain.table)
        assert finder.seek(-1).run() == 4
        assert finder.seek(4).run() is None
        assert finder.seek(len(chain.table), -1).run() == 4


def test_right_hashes_are_remembered(tmp_path: Path) -> None:
    """Who asks after an event was checked is told the same without hashing it again."""
    with opened(tmp_path, samples.native(EVENTS)) as chain:
        table = chain.table
        assert table.checked(3) is Checked.FULL
        first = soundness(table, 3)
        assert table.checked(3) is Checked.PROVED
        again = soundness(table, 3)
        assert (again.hash, again.link, again.computed) == (first.hash, first.link, first.computed)
        assert table.unproved(0, 5) == bytes((1, 1, 1, 0, 1))


def test_what_can_not_be_checked_is_not_wrong() -> None:
    """Without the payload that was hashed, or without a hash, nothing is claimed."""
    event = EVENTS[0]
    for checked, state in ((Checked.LINK, HashState.NOT_HELD), (Checked.NONE, HashState.UNKNOWN)):
        found = judged(Evidence(replace(event, payload=b""), True, checked))
        assert (found.hash, found.computed, found.wrong) == (state, None, False)
    assert judged(Evidence(replace(event, hash=b""), True)).hash is HashState.UNKNOWN


def test_a_link_to_what_the_event_before_hashes_to_holds() -> None:
    """When a recorded hash was changed, that event alone is wrong, and not the one that follows it."""
    before = replace(EVENTS[2], hash=bytes(20))
    found = judged(Evidence(EVENTS[3], links_on=False, before=before))
    assert found == Soundness(HashState.RIGHT, LinkState.TO_COMPUTED, Checked.FULL, False, EVENTS[3].hash)
    assert not found.wrong


@given(
    st.integers(0, 10), st.sampled_from(["hash", "parent", "event_type", "payload"]), st.binary(min_size=1, max_size=9)
)
def test_any_change_is_the_first_unsound_event(index: int, part: str, change: bytes) -> None:
    """Whatever is changed of an event, it is the first that is not sound."""
    event = EVENTS[index]
    changed: Event = {
        "hash": replace(event, hash=change),
        "parent": replace(event, parent=change),
        "event_type": replace(event, event_type=event.event_type + change.hex()),
        "payload": replace(event, payload=event.payload + change),
    }[part]
    assert first_unsound([*EVENTS[:index], changed, *EVENTS[index + 1 :]]) == index + 1


Row = tuple[Event, Checked, bool] | None
"""An event, how far it can be checked, and whether its entry is damaged; None for a stretch that is no event."""


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """The rows of a table in which anything may be wrong, and much is right."""
    found, parent = list[Row](), None
    for _ in range(draw(st.integers(0, 8))):
        if draw(st.integers(0, 9)) == 0:
            found.append(None)
            continue
        stated = draw(st.sampled_from([parent, parent, parent, parent, None, b"", bytes(20)]))
        event_type, payload = draw(st.sampled_from(["x", "wasm"])), draw(st.sampled_from([b"", b"ab", bytes(70)]))
        right = event_hash(draw(st.sampled_from([stated, stated, parent])), event_type, payload)
        hash_ = draw(st.sampled_from([right, right, right, right, bytes(20), b""]))
        checked = draw(st.sampled_from([*Checked, Checked.FULL, Checked.FULL]))
        row = Event(hash_, stated, event_type, payload), checked, draw(st.integers(0, 9)) == 0
        found.extend([row] * draw(st.sampled_from([1, 1, 1, 1, 1, 17, 40])))
        parent = draw(st.sampled_from([hash_ or None, hash_ or None, right]))
    return found


@given(rows(), st.data())
def test_judging_goes_to_an_event_in_steps(rows: list[Row], data: st.DataObject) -> None:
    """Whatever step it lies in, an event that was gone to is marked as it is by itself, and so is all before it."""
    table, alone = table_of_rows(rows), table_of_rows(rows)
    if not rows:
        return
    first = data.draw(st.integers(0, len(rows) - 1))
    index = data.draw(st.integers(first, len(rows) - 1))
    Judge(table, first).go_to(index)
    for each in range(first, index + 1):
        soundness(alone, each)
        assert table.any_unsound(each, each + 1) is alone.any_unsound(each, each + 1)


def table_of_rows(rows: list[Row]) -> EventTable:
    """A table that holds them."""
    table = EventTable()
    for row in rows:
        if row is None:
            table.append_damage(b"?", 0, "event")
        else:
            table.append(row[0], Extras(damaged=row[2]), row[1])
    return table


@given(rows(), st.data())
def test_events_judged_in_a_row_are_judged_as_each_by_itself(rows: list[Row], data: st.DataObject) -> None:
    """Those that are left out are right and link on, and the table remembers the same of all of them."""
    table, alone = table_of_rows(rows), table_of_rows(rows)
    found, told = [soundness(alone, index) for index in range(len(alone))], dict[int, Soundness]()
    first = data.draw(st.integers(0, len(table)))
    found_before = [soundness(table, index) for index in range(first)]
    assert found_before == found[:first]
    judge, at = Judge(table, first), first
    while at < len(table):
        at = data.draw(st.integers(at + 1, len(table)))
        told.update({index: each for indices, each in judge.judge(at) for index in indices})
    assert [told.get(index) for index in range(len(table)) if index in told] == [found[index] for index in told]
    for index, each in enumerate(found):
        right = each.hash is HashState.RIGHT and each.link is LinkState.HOLDS and not each.entry_damaged
        assert (index in told) is (index >= first and not right)
        assert table.checked(index) is alone.checked(index)
        assert table.any_unsound(index, index + 1) is alone.any_unsound(index, index + 1)
