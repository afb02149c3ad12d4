"""Rows as text, and the rows that notes and events share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chainview.chain.event import Event
from chainview.chain.table import EventTable
from chainview.chain.words.brief import Role, Span
from chainview.ui.tree.row_text import Columns, divider, fitted, fold_mark, highlighted, row
from chainview.ui.tree.shown_rows import TreeRows
from tests.ui import samples

_SPANS = st.lists(st.tuples(st.text(alphabet="ab 世🌍é", max_size=6), st.sampled_from(Role)), max_size=6)


def _text(spans: list[Span]) -> str:
    return "".join([text for text, _ in spans])


def _row(table: EventTable, index: int, width: int = 60, *, open_: bool = True) -> str:
    columns = Columns.fitting(width, len(table))
    mark = fold_mark(table, index, open_=open_)
    return _text(row(table, index, columns, mark, folded=not open_))


@given(_SPANS, st.integers(0, 40))
def test_spans_fit_exactly(spans: list[Span], cells: int) -> None:
    """Padded or cut, the spans take exactly the cells they are given, also with wide characters at the cut."""
    kept = fitted(spans, cells)
    assert cell_len(_text(kept)) == cells
    if cells and cell_len(_text(spans)) > cells:
        assert _text(kept).endswith("…")


@given(_SPANS, st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=3))
def test_highlights_split_without_loss(spans: list[Span], found: list[tuple[int, int]]) -> None:
    """Marking hits changes no character, and marks those inside hits and no others."""
    hits = [(start, start + size) for start, size in found]
    pieces = highlighted(spans, hits)
    marked = [inside for text, _, inside in pieces for _ in text]
    assert "".join([text for text, _, _ in pieces]) == _text(spans)
    assert marked == [any(start <= at < end for start, end in hits) for at in range(len(marked))]


@given(st.integers(20, 200))
def test_a_row_is_as_wide_as_the_tree(width: int) -> None:
    """At any width every row leaves just the gutter's cell."""
    table = samples.table_of(samples.shop())
    assert {cell_len(_row(table, index, width)) for index in range(len(table))} == {width - 1}


def test_the_columns_of_a_row() -> None:
    """Number, fold mark, what happened, flag and the hash's first letters stand in their columns."""
    table = samples.table_of(samples.counting(1))
    hashes = [(table.hash(index) or b"").hex()[:7] for index in range(5)]
    assert [_row(table, index) for index in range(5)] == [
        f"   1 ▼ increment(1s32)                             {hashes[0]} ",
        f'   2 │ → runtime.log "count is 1"                  {hashes[1]} ',
        f"   3 │ → timer.now = 1723…551                      {hashes[2]} ",
        f'   4 │ → store.put "counter" 1 = ok(())            {hashes[3]} ',
        f'   5 └ ok 1   state {{count: 1, name: "counter"}}    {hashes[4]} ',
    ]


def test_flags() -> None:
    """Failures have a `!`, also the folded call they end; an event that does not link on has a `⚠`."""
    table = samples.table_of([samples.call("f"), samples.error("f", "no"), samples.log("x")])
    event_type, payload = samples.log("y")
    table.append(Event(b"h" * 20, b"p" * 20, event_type, payload))
    assert [_row(table, index)[-10] for index in range(4)] == [" ", "!", " ", "⚠"]
    assert _row(table, 0, open_=False)[-10] == "!"


def test_a_narrow_row_has_no_hash() -> None:
    """Where there is little room the hash goes first."""
    table = samples.table_of(samples.counting(1))
    assert _row(table, 3, 44).rstrip().endswith("= ok(())")


def test_a_divider_spans_the_tree() -> None:
    """A note is a line across the tree, cut with the tree."""
    assert _text(divider("build 2", 20)) == "── build 2 ─────────"
    assert cell_len(_text(fitted(divider("build 2", 6), 6))) == 6


def test_notes_stand_between_events() -> None:
    """A note keeps its place while calls fold, is out of the way under a filter, and goes with what it stood behind."""
    table = samples.table_of(samples.counting(3))
    rows = TreeRows(table)
    rows.add_note("two", 10)
    rows.add_note("one", 5)
    shown = [rows.at(at) for at in range(len(rows))]
    assert shown == [0, 1, 2, 3, 4, "one", 5, 6, 7, 8, 9, "two", 10, 11, 12, 13, 14]
    rows.fold.set_open(0, False)
    rows.fold.set_open(5, False)
    assert [rows.at(at) for at in range(len(rows))] == [0, "one", 5, "two", 10, 11, 12, 13, 14]
    assert [rows.row_of(index) for index in (0, 3, 5, 8, 10)] == [0, 0, 2, 2, 4]
    assert [rows.event_near(1, step) for step in (1, -1)] == [5, 0]
    table.drop_oldest(10)
    rows.drop()
    assert [rows.at(at) for at in range(len(rows))] == ["one", 0, "two", 5, 6, 7, 8, 9]
    table.drop_oldest(5)
    rows.drop()
    assert [rows.at(at) for at in range(len(rows))] == ["two", 0, 1, 2, 3, 4]
