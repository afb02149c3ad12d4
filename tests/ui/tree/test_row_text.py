"""Rows as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chainview.chain.event import Event, Kind
from chainview.chain.query.search import Finder
from chainview.chain.table import EventTable
from chainview.chain.words.spans import Role, Span
from chainview.pack.values import UNIT
from chainview.ui.tree.painter import hits_in
from chainview.ui.tree.row_text import Columns, divider, fitted, fold_mark, highlighted, row
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
    """Padded or cut, the spans take exactly the cells they are given, and more than blanks is never cut in silence."""
    kept = fitted(spans, cells)
    assert cell_len(_text(kept)) == cells
    if cells and cell_len(_text(spans).rstrip()) > cells:
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
    assert _text(divider(("build 2",), 20, selected=False)) == "── build 2 ─────────"
    assert cell_len(_text(fitted(divider(("build 2",), 6, selected=False), 6))) == 6


def _by_cell(spans: list[Span]) -> list[tuple[str, Role]]:
    return [(char, role) for text, role in spans for char in text]


@given(_SPANS, st.integers(0, 40))
def test_what_fits_is_kept_as_it_is(spans: list[Span], cells: int) -> None:
    """Cut or not, each character stays in its place and role, up to the one that the `…` or the padding stands for."""
    chars, kept = _by_cell(spans), _by_cell(fitted(spans, cells))
    said = len(_text(spans).rstrip())
    if cell_len(_text(spans).rstrip()) <= cells:
        assert kept[:said] == chars[:said]
        assert not "".join([char for char, _ in kept[said:]]).strip()
        return
    whole = 0
    while cell_len("".join([char for char, _ in chars[: whole + 1]])) < cells:
        whole += 1
    assert kept[:whole] == chars[:whole]
    rest = "".join([char for char, _ in kept[whole:]])
    assert rest == ("" if not cells else " " * (len(rest) - 1) + "…")


@given(st.integers(24, 120), st.integers(1, 12_345), st.booleans())
def test_the_parts_of_a_row_stand_in_its_columns(width: int, last: int, open_: bool) -> None:
    """Number, mark, summary, flag and hash are where Columns says, behind the gutter's cell, at any width."""
    table = samples.table_of(samples.counting(1))
    columns = Columns.fitting(width, last)
    assert columns.number == max(4, len(str(last)) + 1)
    assert (columns.hash > 0) == (width >= 56)
    mark = fold_mark(table, 0, open_=open_)
    text = " " + _text(row(table, 0, columns, mark, folded=not open_))
    assert text[: columns.mark].strip() == "1"
    assert text[columns.mark - 2] == "1"
    assert text[columns.mark - 1 : columns.text] == f" {mark} "
    assert text[columns.text :].startswith("increment"[: columns.room])
    if columns.hash:
        assert text[-8:-1] == (table.hash(0) or b"").hex()[:7]
    assert columns.text + columns.room + 2 + (columns.hash + 1 if columns.hash else 0) + 1 == width


def test_the_marks_of_a_call() -> None:
    """A call is open or folded; in an open one the end has a mark of its own; outside there is none."""
    table = samples.table_of(
        [*samples.counting(1), samples.call("f"), samples.error("f", "no"), ("replay-summary", b"")]
    )
    assert [fold_mark(table, index, open_=True) for index in range(7)] == ["▼", "│", "│", "│", "└", "▼", "└"]
    assert [fold_mark(table, index, open_=False) for index in (0, 2, 4, 5, 7)] == ["▶", " ", " ", "▶", " "]


_LETTERS = {
    "c": samples.call("f"),
    "h": samples.log("x"),
    "r": samples.result("f", UNIT),
    "e": samples.error("f", "no"),
}


@given(st.lists(st.tuples(st.sampled_from("cchhhred"), st.booleans()), min_size=1, max_size=10), st.booleans())
def test_a_row_is_flagged_for_what_it_stands_for(events: list[tuple[str, bool]], folded: bool) -> None:
    """`!` for failure, damage or a call broken off, else `⚠` for a broken link; a folded call stands for its steps."""
    table = EventTable()
    gaps = []
    for letter, broken in events:
        gaps.append(broken)
        if letter == "d":
            table.append_damage(b"?", 0, "damaged")
            gaps[-1] = len(table) > 1 and table.hash(len(table) - 2) is not None
            continue
        event_type, payload = _LETTERS[letter]
        parent = b"p" * 20 if broken else table.hash(len(table) - 1)
        table.append(Event(len(table).to_bytes(20, "big"), parent, event_type, payload))
    for index in range(len(table)):
        is_folded = folded and table.kinds[index] == Kind.CALL
        last = index + table.steps(index) if is_folded else index
        broken_off = is_folded and table.call_open(index) and last + 1 < len(table)
        flag = _row(table, index, open_=not folded)[-10]
        if broken_off or table.kinds[last] in (Kind.ERROR, Kind.DAMAGED):
            assert flag == "!"
        else:
            assert flag == ("⚠" if any(gaps[index : last + 1]) else " ")


def test_a_hit_is_where_the_summary_says_it() -> None:
    """What matches in the number or the hash is no place of a hit; where no place is left the number is marked."""
    table = samples.table_of([samples.call("f"), samples.log("222")])
    columns = Columns.fitting(60, 2)
    spans = row(table, 1, columns, "│", folded=False)
    text = _text(spans)
    start = text.index("222")
    assert hits_in(spans, columns, Finder(table, "222")) == [(start, start + 3)]
    assert hits_in(spans, columns, Finder(table, "2")) == [(at, at + 1) for at in range(start, start + 3)]
    assert hits_in(spans, columns, Finder(table, "^ +2")) == [(columns.number - 1, columns.number)]
    assert hits_in(spans, columns, Finder(table, f"{text.rstrip()[-3:]}")) == [(columns.number - 1, columns.number)]
