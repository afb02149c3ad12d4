"""Pieces of a line put into a number of cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chainview.ui.lines.line import Line, in_cells, plain, wrapped

SPANS = st.lists(st.tuples(st.text("ab 漢é", max_size=6), st.sampled_from(["text", "dim"])), max_size=5)


@given(SPANS, st.integers(0, 24))
def test_a_line_takes_exactly_its_cells(spans: list[tuple[str, str]], cells: int) -> None:
    """Whatever is put into it, and wherever a wide character falls, a line fills its cells and no more."""
    assert cell_len(plain(in_cells(spans, cells, "dim"))) == cells


@given(SPANS, st.integers(1, 24))
def test_a_cut_says_so_and_blanks_are_no_cut(spans: list[tuple[str, str]], cells: int) -> None:
    """There is an ellipsis exactly where something other than blanks at the end had no room."""
    fits = cell_len(plain(spans).rstrip()) <= cells
    line = plain(in_cells(spans, cells, "dim"))
    assert ("…" in line) is not fits
    if fits:
        assert line.rstrip() == plain(spans).rstrip()


def test_what_was_cut_already_is_cut_with_one_mark() -> None:
    """A text that ends with an ellipsis where it is cut has no second one beside it."""
    assert plain(in_cells([("abc…", "text"), ("defgh", "dim")], 5, "dim")) == "abc… "
    assert plain(in_cells([("abc…", "text"), ("defgh", "dim")], 4, "dim")) == "abc…"


def test_a_path_is_broken_between_its_names() -> None:
    """Where a path has no room on a line it goes on behind a slash, and no name is torn that a line has room for."""
    told: Line = [("C1 is accepted: /home/ada/projects/pricing/recordings/workloads/short.chain.rules", "text")]
    lines = [plain(each) for each in wrapped(told, 40, words=True)]
    assert "".join(lines).replace(" ", "") == plain(told).replace(" ", "")
    assert all(line.rstrip().endswith(("/", ":", "rules")) for line in lines)
    assert all(cell_len(line) <= 40 for line in lines)
