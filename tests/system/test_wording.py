"""Text from data can't drive a terminal, and numbers of things read as people write them."""

from __future__ import annotations

import json
import unicodedata

import pytest
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
    if all(character.isalnum() and character < "\u034f" for character in text):
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
    text = "a\U000e0041\xad\u2062\u206f\ufffb\u180e\u034f\u3164\uffa0\u115f"
    spelled = "a\\u{e0041}\\u{ad}\\u{2062}\\u{206f}\\u{fffb}\\u{180e}\\u{34f}\\u{3164}\\u{ffa0}\\u{115f}"
    assert visible(text) == spelled
    assert visible_json('"\U000e0041"') == '"\\udb40\\udc41"'


@pytest.mark.parametrize(
    "text", ["\u2764\ufe0f\u200d\U0001f525", "1\ufe0f\u20e3", "\xa9\ufe0f", "\u0645\u06cc\u200c\u062e"]
)
def test_what_joins_pictures_and_letters_stays(text: str) -> None:
    """A heart on fire, a key, a sign of copyright and a Persian word are written as they were."""
    assert visible(text) == text
    assert visible_json(json.dumps(text, ensure_ascii=False)) == json.dumps(text, ensure_ascii=False)


def test_what_joins_nothing_is_spelled() -> None:
    """Between letters that are never joined a joiner only makes a name look like another."""
    assert visible("in\u200dit \u200c\ufe0fa\ufe00 1\u200d\n\u200d") == (
        "in\\u{200d}it \\u{200c}\\u{fe0f}a\\u{fe00} 1\\u{200d}\\u{a}\\u{200d}"
    )
