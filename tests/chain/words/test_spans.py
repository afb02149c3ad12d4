"""Texts that are cut to a width, counted in the cells of a terminal."""

from __future__ import annotations

import pytest

from chainview.chain.words.spans import cells, middle_cut


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
