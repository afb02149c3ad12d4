"""Two values that print the same are told with what differs: code points, bits, tags, bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.values import F32, F64, S32, S64, U8, Char, Record, String, Tuple, Value, Variant, bytes_value
from chainview.replay.changes.apart import bytes_apart, look_alike, texts_apart
from chainview.replay.changes.leaves import leaves


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (String("caf\u00e9"), String("cafe\u0301"), ('"caf\u00e9" (U+00E9)', '"cafe\u0301" (U+0065 U+0301)')),
        (String("pay"), String("p\u0430y"), ('"pay" (U+0061)', '"p\u0430y" (U+0430)')),
        (String("ab"), String("a\u00adb"), ('"ab"', '"a\u00adb" (U+00AD)')),
        (String("a b"), String("a\u00a0b"), ('"a b" (U+0020)', '"a\u00a0b" (U+00A0)')),
        (String("a-b"), String("a\u2011b"), ('"a-b" (U+002D)', '"a\u2011b" (U+2011)')),
        (Char("a"), Char("\u0430"), ("'a' (U+0061)", "'\u0430' (U+0430)")),
        (bytes_value(b"\xc3\xa9 o"), bytes_value("e\u0301 o".encode()), None),
        (F32(0x7FC00000), F32(0xFFC00000), ("NaNf32 (0x7fc00000)", "NaNf32 (0xffc00000)")),
        (F64(0x7FF8 << 48), F64(0x7FF8 << 48 | 1), None),
        (Variant("t", "A", 0, ()), Variant("t", "A", 1, ()), ("t::A (tag 0)", "t::A (tag 1)")),
        (Record("t", (("a", U8(1)),)), Record("t\u200b", (("a", U8(1)),)), None),
        (S32(5), S64(5), ("5s32", "5s64")),
        (String("tea"), String("rum"), ('"tea"', '"rum"')),
    ],
)
def test_what_differs_is_printed(one: Value, other: Value, told: tuple[str, str] | None) -> None:
    """Behind the literals where those look alike; nothing more where they do not."""
    [leaf] = leaves("x", Tuple((one,)), Tuple((other,)))
    assert leaf.literals[0] != leaf.literals[1]
    if told is None:
        assert "(" in str(leaf.literals[1])
    else:
        assert leaf.literals == told


@given(st.text(max_size=30), st.text(max_size=30))
def test_two_texts_never_come_out_the_same(one: str, other: str) -> None:
    """Whatever their characters: what is told differs, also for who can't tell look-alikes apart."""
    said, said_other = texts_apart(one, other)
    assert (said == said_other) == (one == other)
    if one != other and look_alike(one, other):
        assert (said + said_other).count("(U+") >= 1


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_bytes_are_told_where_they_differ(one: bytes, other: bytes) -> None:
    """The first byte that differs is among those told, or that there is none any more."""
    if one != other:
        said, said_other = bytes_apart(one, other)
        assert said != said_other
