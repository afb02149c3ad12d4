"""Text from data can't drive a terminal, and numbers of things read as people write them."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from chainview.system.wording import plural, visible, visible_json


def test_escapes_are_spelled_out() -> None:
    """Control characters, DEL, C1 controls and bidirectional overrides become their code points."""
    assert visible("a\x1b[2J\x7f\x9b\u202eb\n") == "a\\u{1b}[2J\\u{7f}\\u{9b}\\u{202e}b\\u{a}"


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    """No control character, surrogate or text direction mark is left, and visible characters stay as they are."""
    shown = visible(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in shown)
    assert not set(shown) & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    if text.isprintable():
        assert shown == text


def test_one_thing_is_not_several() -> None:
    """Only one thing is in the singular; long numbers have their thousands apart."""
    assert [plural(count, "more event") for count in (0, 1, 2, 2413)] == [
        "0 more events",
        "1 more event",
        "2 more events",
        "2,413 more events",
    ]


@given(st.text())
def test_json_made_visible_says_the_same(text: str) -> None:
    """JSON whose hidden characters are escaped holds no such character, and is read as what it was."""
    shown = visible_json(json.dumps(text, ensure_ascii=False))
    assert visible(shown) == shown
    assert json.loads(shown) == text


def test_what_shows_as_nothing_is_spelled() -> None:
    """Letters that only machines see (tags, soft hyphens, invisible operators) are told by their numbers."""
    text = "a\U000e0041\xad\u2062\u206f\ufffb\u180e"
    assert visible(text) == "a\\u{e0041}\\u{ad}\\u{2062}\\u{206f}\\u{fffb}\\u{180e}"
    assert visible_json('"\U000e0041"') == '"\\udb40\\udc41"'
