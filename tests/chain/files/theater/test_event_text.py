"""EVENT text whose parts are not as they say."""

from __future__ import annotations

import pytest

from chainview.chain.files.entries.entry import Damage, ReadEvent
from chainview.chain.files.theater.event_text import read_event_text
from tests.chain.files.theater.writings import EVENTS, as_text

TEXTS = [as_text(event) for event in EVENTS[:3]]


def sized(text: bytes, change: int) -> bytes:
    """An event that says that it has so many bytes more than it has."""
    size = text.split(b"\n")[3]
    return text.replace(b"\n%b\n" % size, b"\n%d\n" % (int(size) + change), 1)


@pytest.mark.parametrize("change", [-5, -1, 1, 5])
def test_an_event_of_another_size_than_it_says_is_one_damage(change: int) -> None:
    """It takes nothing from its neighbours, and the next event is read where it begins."""
    one, two, three = TEXTS
    read = list(read_event_text(one + sized(two, change) + three))
    start, end = len(one), len(one) + len(sized(two, change))
    assert read[1] == Damage(start, end, "event")
    assert [entry.event for entry in read if isinstance(entry, ReadEvent)] == [EVENTS[0], EVENTS[2]]
