"""JSON objects one after the other, past what is none."""

from __future__ import annotations

import pytest

from chainview.chain.files.entries.entry import Cut, Damage
from chainview.chain.files.theater.json_values import ObjectScanner


def scanned(data: bytes, *, in_array: bool) -> list[object]:
    """What is found in bytes; what stands under "b" is not looked for."""
    return list(
        ObjectScanner(data, 0, in_array=in_array, read=lambda found, end: None if "b" in found else (found, end))
    )


FIRST, LAST = b'{"a": 1}', b'{"c": "\xe2\x86\x92"}'


@pytest.mark.parametrize("broken", [b'{"b": x}', b'{"b" 1}', b'{"b": "\xe2\x86\x92"', b"5", b'"text"', b"[]"])
@pytest.mark.parametrize("in_array", [False, True])
def test_what_is_no_object_is_damage_up_to_the_next_one(broken: bytes, in_array: bool) -> None:
    """Only what is broken is lost, in an array and in lines; the objects behind it are read where they are."""
    data = FIRST + b", " + broken + b", " + LAST + b", " + LAST
    start, end = len(FIRST) + 2, len(data) - 2 * len(LAST) - 2
    assert scanned(data, in_array=in_array) == [
        ({"a": 1}, len(FIRST)),
        Damage(start, end, "event"),
        ({"c": "\u2192"}, end + len(LAST)),
        ({"c": "\u2192"}, len(data)),
        *([Cut(len(data))] if in_array else []),
    ]


def test_damage_at_the_end_goes_to_the_end() -> None:
    """Where no object follows, what is broken reaches to the end of the array, or of the file."""
    data = FIRST + b", 5"
    assert scanned(data, in_array=False) == [
        ({"a": 1}, len(FIRST)),
        Damage(len(FIRST) + 2, len(data), "event"),
    ]


def test_what_is_not_looked_for_is_told_apart_at_first_and_then_in_one() -> None:
    """Of objects that are not looked for a hundred are each a damage; those behind them are one, up to the next."""
    data = FIRST + b'{"b": {}}' * 5000 + b'{"hash": [1], "c": 2}'
    found = scanned(data, in_array=False)
    assert len(found) == 103
    assert found[101] == Damage(len(FIRST) + 100 * 9, len(FIRST) + 5000 * 9, "event")


EVENT = b'{"hash":[1,2],"parent_hash":null,"event_type":"a","data":[]}'


@pytest.mark.parametrize("half", [b'{"hash":[1,2,', b'{"a":[', b'{"a":{"b":[{', b'{"hash":"'])
def test_events_behind_halves_of_others_are_found(half: bytes) -> None:
    """However many halves stand between them, which hold all that follows them as far as JSON can tell."""
    found = scanned((EVENT + half) * 3000 + EVENT, in_array=False)
    assert sum(isinstance(each, tuple) for each in found) == 3001


def test_looking_for_what_is_wrong_does_not_look_at_all_before_it() -> None:
    """A decoder that fails counts the lines before it: it is given little, so that many failures stay cheap."""
    scanner = ObjectScanner(b'{"a" ' * 200_000, 0, in_array=False, read=lambda found, end: found)
    longest = 0
    for _ in scanner:
        longest = max(longest, len(scanner._text))
    assert longest <= 1 << 14
