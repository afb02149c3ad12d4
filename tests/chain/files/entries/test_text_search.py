"""Expressions searched for a window at a time."""

from __future__ import annotations

import re
from typing import Any, SupportsIndex

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.files.entries.text_search import Searcher

LINE = re.compile(rb"^ab+\n", re.MULTILINE)
LONGEST = 6


@given(
    st.lists(st.sampled_from([b"a", b"b", b"ab\n", b"\nabb\n", b"\n", b"xx"]), max_size=40).map(b"".join),
    st.integers(1, 20),
)
def test_windows_find_what_the_whole_text_holds(text: bytes, window: int) -> None:
    """Every match is found where it lies, whatever the windows cut, and nothing else is."""
    text = re.sub(rb"b{4,}", b"bbb", text)
    at, found, searcher = 0, [], Searcher(text, window)
    while (match := searcher.search(LINE, at, LONGEST)) is not None:
        found.append((match.start, match.end))
        at = match.end
        assert searcher.between(match.start, at) == text[match.start : at]
    assert found == [each.span() for each in LINE.finditer(text)]


@given(
    st.lists(st.sampled_from([b"a", b"b", b"ab\n", b"\nabb\n", b"\n", b"xx"]), max_size=40).map(b"".join),
    st.integers(1, 20),
    st.data(),
)
def test_a_match_at_a_place_is_that_of_the_whole_text(text: bytes, window: int, data: st.DataObject) -> None:
    """Whatever was held before; where a window may have cut it, it is not known."""
    searcher = Searcher(text, window)
    for _ in range(5):
        at = data.draw(st.integers(0, len(text)))
        whole, found = LINE.match(text, at), searcher.match(LINE, at)
        if found is not None:
            assert whole is not None
            assert (found.start, found.end) == whole.span()
        elif whole is not None:
            assert whole.end() - at >= window - 1


class _Counted(bytes):
    """Bytes that count how often they are read."""

    reads = 0

    def __getitem__(self, at: SupportsIndex | slice) -> Any:
        self.reads += 1
        return super().__getitem__(at)


def test_a_place_where_nothing_matches_is_not_read_anew() -> None:
    """Where enough was seen of the text behind it, as between very many pieces of no format."""
    data = _Counted(b"x\n" * (1 << 18))
    searcher = Searcher(data)
    for at in range(2, 20_000, 2):
        assert searcher.match(re.compile(rb"EVENT [0-9a-f]{40}\n"), at) is None
    assert data.reads < 5
