"""Expressions searched for a window at a time."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.files.theater.text_search import search

LINE = re.compile(rb"^ab+\n", re.MULTILINE)
LONGEST = 6


@given(
    st.lists(st.sampled_from([b"a", b"b", b"ab\n", b"\nabb\n", b"\n", b"xx"]), max_size=40).map(b"".join),
    st.integers(1, 20),
)
def test_windows_find_what_the_whole_text_holds(text: bytes, window: int) -> None:
    """Every match is found where it lies, whatever the windows cut, and nothing else is."""
    text = re.sub(rb"b{4,}", b"bbb", text)
    at, found = 0, []
    while (match := search(LINE, text, at, LONGEST, window)) is not None:
        found.append((match.start, match.end))
        at = match.end
    assert found == [each.span() for each in LINE.finditer(text)]
