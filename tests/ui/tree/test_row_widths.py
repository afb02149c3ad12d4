"""Rows of texts that terminals give different widths."""

from __future__ import annotations

from unicodedata import category, combining

import pytest
from rich.cells import cell_len

from chainview.chain.words.spans import Role
from chainview.ui.lines.line import plain, steady, wrapped
from chainview.ui.tree.row_text import HASH_LETTERS, Columns, row
from tests.ui import samples

TEXTS = (
    "plain", "👩‍👩‍👧 family", "e\u0301 combining", "🇦🇹 flag", "❤️ selector", "👍🏽 tone", "각 syllable", "日本語" * 20,
    "☎️ 1️⃣ keycap", "नमस्ते" * 30, "ก็", "🏳️‍🌈" * 20, "👨🏽‍💻" * 30, "❤️" * 50, "क्षि" * 40, "မြန်" * 30, "ខ្មែរ" * 30, "நி" * 60,
)  # fmt: skip
WIDTH = 100


def widest(text: str) -> int:
    """The cells that a terminal gives a text that knows nothing but single letters."""
    return sum(
        1 if category(letter) == "Mc" else 0 if combining(letter) or category(letter) == "Mn" else cell_len(letter)
        for letter in text
    )


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_pushes_the_hash_out_of_its_row(text: str) -> None:
    """Counted as chainview does and as the widest of terminals do, the text ends before the hash begins."""
    table = samples.table_of([samples.call("init"), samples.log(text)])
    spans = row(table, 1, Columns.fitting(WIDTH, 2), "│", folded=False)
    assert cell_len(plain(spans)) == WIDTH - 1
    at = next(place for place, (_, role) in enumerate(spans) if role is Role.HASH)
    assert len(spans[at][0].strip()) == HASH_LETTERS
    said = plain(spans[:at]).rstrip()
    assert widest(said) <= cell_len(plain(spans[:at]))


def test_what_joins_pictures_is_left_out_and_letters_stay() -> None:
    """A family is its people, a picture loses its tone; what is written with letters, marks and plain text stays."""
    assert steady("👩‍👩‍👧 👍🏽 ❤️") == "👩👩👧 👍 ❤"
    for text in ("नमस्ते", "e\u0301", "각", "🇦🇹", "plain", "🏽"):
        assert steady(text) == text
    assert [plain(line) for line in wrapped([("👩‍👩‍👧" * 3, "text")], 12)] == ["👩👩👧👩👩👧", "👩👩👧"]
