"""Values in the few characters of a line, and bytes that are texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.words.brief import bytes_as_text
from chainview.chain.words.spans import cells

LONGEST = 4 * 64
"""The most bytes of a text that are looked at whole."""


@given(st.text(alphabet="aé日𝄞\n", max_size=400), st.integers(0, 3))
def test_bytes_are_a_text_whatever_their_length(text: str, shift: int) -> None:
    """A short text in bytes is that text; of a long one half of the most that is shown stands from each end."""
    text = "x" * shift + text
    data, found = text.encode(), bytes_as_text(text.encode())
    assert found is not None
    if len(data) <= LONGEST:
        assert found == text
    else:
        half = LONGEST // 2
        head, tail = data[:half].decode("utf-8", "ignore"), data[-half:].decode("utf-8", "ignore")
        assert found.startswith(head)
        assert found.endswith(tail)
        assert len(found) - len(head) - len(tail) in (0, 1)


@pytest.mark.parametrize("size", [3, LONGEST, LONGEST + 10, 10_000])
def test_bytes_that_are_no_text_at_their_ends_are_none(size: int) -> None:
    """Control characters and what is no UTF-8 make bytes no text, long ones where they stand at an end."""
    for odd in (b"\x00", b"\x1b", b"\xff"):
        for at in (0, size - 1):
            data = b"a" * at + odd + b"a" * (size - 1 - at)
            assert bytes_as_text(data) is None
        middle = bytes_as_text(b"a" * (size // 2) + odd + b"a" * (size - 1 - size // 2))
        assert (middle is None) == (size <= LONGEST)
        assert bytes_as_text(odd * size) is None
    assert bytes_as_text(b"\x80" * size) is None
    assert bytes_as_text(b"a\t" * (size // 2) + b"\r\n") is not None


@pytest.mark.parametrize(("text", "taken"), [("", 0), ("abc", 3), ("é", 1), ("日本", 4), ("a日", 3), ("Ａ", 2)])
def test_wide_letters_take_two_cells(text: str, taken: int) -> None:
    """A letter that terminals draw over two cells counts as two."""
    assert cells(text) == taken
