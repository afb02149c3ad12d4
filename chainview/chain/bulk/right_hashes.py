"""Whether many events hash to what they say, asked of the core."""

from __future__ import annotations

from typing import Final

from chainview.chain.table import EventTable
from chainview.core import serving
from chainview.core.events import MOST_BYTES, MOST_EVENTS

_MANY: Final = 64
"""Events from which hashing them at once pays for asking."""


def right_at_once(table: EventTable, start: int, stop: int) -> bool:
    """Whether the core finds the hashes of events right that hang on those alone; False also where it can't tell."""
    if not serving.pays(table.raw_start(len(table))) or (stop - start < _MANY and not serving.is_always()):
        return False
    core = serving.event_core()
    region = table.region(start, stop, MOST_BYTES)
    if core is None or region is None or stop - start > MOST_EVENTS:
        return False
    if not core.learn(table, len(table.type_names), table.type_texts):
        return False
    hashes = table.hash_bytes(start, stop)
    return core.hashes(region, table.hash(start - 1), hashes) == hashes
