"""JSON objects one after the other, past what is none."""

from __future__ import annotations

import pytest

from chainview.chain.files.entries.entry import Cut, Damage
from chainview.chain.files.theater.json_values import JsonObject, ObjectScanner

FIRST, LAST = b'{"a": 1}', b'{"c": "\xe2\x86\x92"}'


@pytest.mark.parametrize("broken", [b'{"b": x}', b'{"b" 1}', b'{"b": "\xe2\x86\x92"', b"5", b'"text"', b"[]"])
@pytest.mark.parametrize("in_array", [False, True])
def test_what_is_no_object_is_damage_up_to_the_next_one(broken: bytes, in_array: bool) -> None:
    """Only what is broken is lost, in an array and in lines; the objects behind it are read where they are."""
    data = FIRST + b", " + broken + b", " + LAST + b", " + LAST
    start, end, last = len(FIRST) + 2, len(data) - 2 * len(LAST) - 2, len(data) - len(LAST)
    assert list(ObjectScanner(data, 0, in_array=in_array)) == [
        JsonObject({"a": 1}, 0, len(FIRST)),
        Damage(start, end, "event"),
        JsonObject({"c": "\u2192"}, end, end + len(LAST)),
        JsonObject({"c": "\u2192"}, last, len(data)),
        *([Cut(len(data))] if in_array else []),
    ]


def test_damage_at_the_end_goes_to_the_end() -> None:
    """Where no object follows, what is broken reaches to the end of the array, or of the file."""
    data = FIRST + b", 5"
    assert list(ObjectScanner(data, 0, in_array=False)) == [
        JsonObject({"a": 1}, 0, len(FIRST)),
        Damage(len(FIRST) + 2, len(data), "event"),
    ]
