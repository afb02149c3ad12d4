"""Texts that are cut to a width, counted in the cells of a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.words.spans import cells, end_cut, middle_cut, path_cut, start_cut


@pytest.mark.parametrize(
    ("text", "longest", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcd…g"),
        ("日本", 4, "日本"),
        ("日本語", 6, "日本語"),
        ("日本語文", 6, "日本…"),
        ("é" * 6, 6, "é" * 6),
    ],
)
def test_a_text_is_cut_by_its_cells(text: str, longest: int, cut: str) -> None:
    """What fits stands whole; of what does not the middle is left out, wide letters counting twice."""
    assert middle_cut(text, longest) == cut
    assert cells(cut) <= longest


@pytest.mark.parametrize(
    ("name", "longest", "cut"),
    [
        ("chat::post", 10, "chat::post"),
        ("chat::post", 9, "post"),
        ("a::b::Room::post", 10, "Room::post"),
        ("<chat::Room as desk::Post>::post", 12, "post"),
        ("desk::Shelf<a::B>::put", 18, "Shelf<a::B>::put"),
        ("chat::{closure#0}::post_all", 8, "post_all"),
        ("a_function_of_its_own", 9, "a_fun…own"),
        ("f(x) -> a::b", 5, "b"),
    ],
)
def test_the_modules_of_a_function_go_before_its_name(name: str, longest: int, cut: str) -> None:
    """A path loses parts at its beginning, each with its brackets, and only a last part is cut itself."""
    assert path_cut(name, longest) == cut


def test_a_text_is_cut_at_its_end() -> None:
    """What fits stands whole; else the last letter there is room for is an ellipsis."""
    assert [end_cut("abc", room) for room in (3, 2, 1, 0)] == ["abc", "a…", "…", "…"]


@given(st.text(), st.integers(1, 12))
def test_a_text_is_cut_at_its_beginning(text: str, longest: int) -> None:
    """What fits stands whole; else an ellipsis stands before as much of its end as there is room for."""
    cut = start_cut(text, longest)
    assert cells(cut) <= longest
    if cells(text) <= longest:
        assert cut == text
    else:
        assert cut[0] == "…"
        assert text.endswith(cut[1:])
