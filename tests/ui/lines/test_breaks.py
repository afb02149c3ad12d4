"""Where long texts are broken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chainview.ui.lines.breaks import breaks


def lines(text: str, room: int) -> list[str]:
    """The lines of a text."""
    starts = list(breaks(text, room))
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def test_words_stay_whole_where_they_are_short() -> None:
    """A line ends between words; a word longer than a line is broken at its width."""
    assert lines("the quick brown fox", 10) == ["the quick ", "brown fox"]
    assert lines("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_wide_letters_fill_the_line() -> None:
    """Letters of two cells use all the room there is, and marks stay with the letter they belong to."""
    assert lines("漢字" * 10, 20) == ["漢字" * 5] * 2
    assert lines("ab漢字" * 4, 12) == ["ab漢字" * 2] * 2
    assert lines("e\u0301" * 6, 3) == ["e\u0301" * 3] * 2


@given(st.text(st.sampled_from("ab \u6f22\u0301é🙂"), max_size=200), st.integers(2, 40))
def test_every_letter_is_in_a_line_that_fits(text: str, room: int) -> None:
    """The lines put together are the text, and each has room, but for blanks at its end."""
    broken = lines(text, room)
    assert "".join(broken) == text
    assert all(cell_len(line.rstrip()) <= room for line in broken)
