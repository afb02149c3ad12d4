"""Theater's JSON arrays: what else may stand in an object."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainview.chain.files.entries.entry import Damage, ReadEvent
from chainview.chain.files.theater.json_array import read_json
from tests.chain import samples
from tests.chain.files.theater.writings import as_json, as_of_2025, opened

EVENTS = samples.events(3)
_MOST = (1 << 64) - 1


@pytest.mark.parametrize(
    ("timestamp", "time_ns"),
    [
        (1_750_000_000, 1_750_000_000_000_000_000),
        (1_750_000_000_123, 1_750_000_000_123_000_000),
        (1_750_000_000_123_456, 1_750_000_000_123_456_000),
        (1_750_000_000_123_456_789, 1_750_000_000_123_456_789),
        (1, 1_000_000_000),
        (_MOST, _MOST),
        (_MOST + 1, _MOST),
        (1 << 65, _MOST),
        (10**40, _MOST),
        (0, 0),
        (-5, 0),
        (True, 0),
        (1.5, 0),
        ("noon", 0),
        (None, 0),
    ],
)
def test_a_time_is_read_in_the_unit_of_its_size(tmp_path: Path, timestamp: object, time_ns: int) -> None:
    """A timestamp counts seconds or parts of them, by its size; one that no clock gives is the last or none."""
    stored = as_of_2025(EVENTS)
    stored[1]["timestamp"] = timestamp
    with opened(tmp_path, json.dumps(stored).encode()) as chain:
        assert len(chain.table) == 3
        assert chain.table.extras(1).time_ns == time_ns


@pytest.mark.parametrize("key", ["hash", "parent_hash", "event_type", "data"])
@pytest.mark.parametrize("odd", [5, 1.5, True, "text", [256], [-1], ["a"], [1.5], {}, "missing"], ids=repr)
def test_an_object_with_a_part_of_another_type_is_damage(key: str, odd: object) -> None:
    """An object in which a part of an event is missing or of another type is damage, and those around it are read."""
    changed = {**as_json(EVENTS[1]), key: odd}
    if odd == "missing":
        del changed[key]
    if (key, odd) == ("event_type", "text") or (key, odd) == ("parent_hash", "missing"):
        return
    array = [as_json(EVENTS[0]), changed, as_json(EVENTS[2])]
    for data in (json.dumps(array), "\n".join(map(json.dumps, array))):
        first, second, third = read_json(data.encode())
        assert isinstance(second, Damage)
        assert [entry.event for entry in (first, third) if isinstance(entry, ReadEvent)] == [EVENTS[0], EVENTS[2]]
