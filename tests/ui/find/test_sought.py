"""What is searched for and filtered by, in one line."""

from __future__ import annotations

import pytest

from chainview.ui.find.sought import Sought, beside
from chainview.ui.lines.line import plain

BOTH = Sought("log", "3/211", "2,537", "kind:host !store", "21 of 253 shown")
WHERE = "event 12 of 253 "


@pytest.mark.parametrize("width", [80, 120, 200])
def test_two_counts_never_touch(width: int) -> None:
    """Each says what it counts, at any width; where the cursor is goes first, where there is no room for it."""
    text = plain(beside(BOTH, WHERE, width))
    assert "/ log  3/211 here, 2,537 in all actors   & kind:host !store  21 of 253 shown" in text
    assert len(text.rstrip()) <= width
    assert text.endswith(WHERE) == (width > 80)


def test_long_patterns_are_cut_and_counts_stay() -> None:
    """The shorter one keeps what it needs."""
    long = Sought("an expression of many words", "no hit", "7+", "kind:host " * 5, "off", filtering=False)
    text = plain(beside(long, WHERE, 80))
    assert "no hit here, 7+ in all actors   & " in text
    assert text.rstrip().endswith("  off")
    assert len(text.rstrip()) <= 80
    assert plain(Sought("pattern", "2 hits", "", "kind:host " * 9, "off").line(60)).startswith(
        "/ pattern  2 hits   & kin"
    )


def test_nothing_sought_leaves_the_line_to_the_cursor() -> None:
    """And a search alone says nothing of a filter."""
    assert plain(beside(Sought(), WHERE, 40)) == " " * 24 + WHERE
    assert plain(Sought("log", "2 hits").line(40)) == "/ log  2 hits   "
