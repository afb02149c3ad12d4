"""The rows that notes and events share, against a list of both."""

from __future__ import annotations

from array import array

from hypothesis import example, given
from hypothesis import strategies as st

from chainview.chain.files.entries.entry import Note
from chainview.chain.table import EventTable
from chainview.ui.tree.shown_rows import Divider, TreeRows
from tests.ui import samples

_CALLS = st.lists(st.integers(0, 3), max_size=6)
"""A call for each number, of so many steps, the result among them."""
_NOTES = st.lists(st.integers(0, 20), max_size=4)
_NUMBERS = st.frozensets(st.integers(0, 20))


def _table(calls: list[int]) -> EventTable:
    parts: list[samples.Part] = []
    for steps in calls:
        parts.append(samples.call("f"))
        parts += [samples.log("x")] * (steps - 1)
        parts += [samples.result("f", samples.counter(1))] * min(steps, 1)
        parts += [("replay-summary", b"")] * (not steps)
    return samples.table_of(parts)


def _rows(table: EventTable, notes: list[int], folded: frozenset[int]) -> TreeRows[EventTable]:
    rows = TreeRows(table)
    for at, after in enumerate(notes):
        rows.add_divider(_divider(f"note {at}", after))
    for call in folded:
        if call < len(table) and table.call_of(call) == call:
            rows.fold.set_open(call, False)
    return rows


def _divider(text: str, after: int) -> Divider:
    return Divider(Note("build", {"text": text}, after), (text,))


def _at(rows: TreeRows[EventTable], row: int) -> int | str:
    item = rows.at(row)
    return item.forms[0] if isinstance(item, Divider) else item


def _listed(rows: TreeRows[EventTable], notes: list[int]) -> list[int | str]:
    """The same rows, put together one by one."""
    gone = rows.table.dropped
    waiting = sorted((after - gone, at) for at, after in enumerate(notes) if after >= gone)
    listed: list[int | str] = []
    for event in range(len(rows.table)):
        if rows.fold.shows(event):
            while waiting and waiting[0][0] <= event:
                listed.append(f"note {waiting.pop(0)[1]}")
            listed.append(event)
    return listed + [f"note {at}" for _, at in waiting]


@example([2, 0, 1], [0, 4, 4, 9], frozenset({0}), None)
@example([2, 2, 2], [4, 7], frozenset({0}), 5)
@given(_CALLS, _NOTES, _NUMBERS, st.none() | st.integers(1, 12))
def test_rows_are_events_and_notes_in_order(
    calls: list[int], notes: list[int], folded: frozenset[int], keep: int | None
) -> None:
    """Each note stands before the first event shown that came after it, and every event is found in its row.

    A note goes when the event that it stood before has gone; one that stands before the oldest event stays.
    """
    table = _table(calls)
    rows = _rows(table, notes, folded)
    if keep is not None:
        table.drop_oldest(keep)
        rows.drop()
    listed = _listed(rows, notes)
    assert [_at(rows, row) for row in range(len(rows))] == listed
    events = [item for item in listed if isinstance(item, int)]
    for index in range(len(table)):
        above = [event for event in events if event <= index]
        assert rows.row_of(index) == listed.index(above[-1] if above else events[0])


@given(_CALLS, _NOTES, _NUMBERS, st.integers(-2, 24))
def test_the_event_near_a_row(calls: list[int], notes: list[int], folded: frozenset[int], row: int) -> None:
    """It is the row's own, else the next in the direction asked, else the next in the other; and all that is below."""
    table = _table(calls)
    rows = _rows(table, notes, folded)
    listed = _listed(rows, notes)
    within = max(0, min(row, len(listed) - 1))
    below = [item for item in listed[within:] if isinstance(item, int)]
    above = [item for item in listed[: within + 1][::-1] if isinstance(item, int)]
    assert rows.event_near(row, 1) == next(iter(below + above), None)
    assert rows.event_near(row, -1) == next(iter(above + below), None)
    if row >= 0:
        from_here = [item for item in listed[row:] if isinstance(item, int)]
        assert rows.first_from(row) == next(iter(from_here), len(table))


@given(_CALLS, _NUMBERS)
def test_the_calls_beside_an_event(calls: list[int], folded: frozenset[int]) -> None:
    """The next call begins behind the end of this one; the one before is this one's first row, or the one before it."""
    table = _table(calls)
    rows = _rows(table, [], folded)
    shown = [event for event in range(len(table)) if rows.fold.shows(event)]
    heads = [event for event in shown if table.call_of(event) in (event, None)]
    for index in shown:
        assert rows.next_call(index) == next((head for head in heads if head > index), None)
        assert rows.previous_call(index) == next((head for head in reversed(heads) if head < index), None)


@given(_CALLS, _NUMBERS, st.integers(0, 20))
def test_any_event_can_be_given_a_row(calls: list[int], folded: frozenset[int], index: int) -> None:
    """Revealing opens the event's call and no other."""
    table = _table(calls)
    rows = _rows(table, [], folded)
    if index < len(table):
        before = {event for event in range(len(table)) if rows.fold.shows(event)}
        rows.reveal(index)
        assert rows.fold.shows(index)
        opened = {event for event in range(len(table)) if rows.fold.shows(event)} - before
        assert {table.call_of(event) for event in opened} <= {table.call_of(index)}


def test_a_filter_hides_notes_and_keeps_what_it_hides() -> None:
    """Under a filter there are no notes, and revealing an event outside calls changes nothing."""
    table = _table([0, 2])
    rows = _rows(table, [1], frozenset())
    rows.fold.set_matches(array("I", [0]))
    assert [_at(rows, row) for row in range(len(rows))] == [0]
    rows.reveal(1)
    assert [_at(rows, row) for row in range(len(rows))] == [0]
    rows.reveal(3)
    assert [_at(rows, row) for row in range(len(rows))] == [0, 2, 3, 4]


def test_notes_stand_between_events() -> None:
    """A note keeps its place while calls fold, is out of the way under a filter, and goes with what it stood behind."""
    table = samples.table_of(samples.counting(3))
    rows = TreeRows(table)
    rows.add_divider(_divider("two", 10))
    rows.add_divider(_divider("one", 5))
    shown = [_at(rows, at) for at in range(len(rows))]
    assert shown == [0, 1, 2, 3, 4, "one", 5, 6, 7, 8, 9, "two", 10, 11, 12, 13, 14]
    rows.fold.set_open(0, False)
    rows.fold.set_open(5, False)
    assert [_at(rows, at) for at in range(len(rows))] == [0, "one", 5, "two", 10, 11, 12, 13, 14]
    assert [rows.row_of(index) for index in (0, 3, 5, 8, 10)] == [0, 0, 2, 2, 4]
    assert [rows.event_near(1, step) for step in (1, -1)] == [5, 0]
    table.drop_oldest(10)
    rows.drop()
    assert [_at(rows, at) for at in range(len(rows))] == ["one", 0, "two", 5, 6, 7, 8, 9]
    table.drop_oldest(5)
    rows.drop()
    assert [_at(rows, at) for at in range(len(rows))] == ["two", 0, 1, 2, 3, 4]
