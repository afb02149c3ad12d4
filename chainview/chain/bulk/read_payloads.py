"""The payloads of many events at once, found by the core."""

from __future__ import annotations

from typing import Final

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.core import serving
from chainview.core.events import MOST_BYTES, MOST_EVENTS

_MANY: Final = 64
"""Events from which reading them at once pays for asking."""


def payloads_at_once(table: EventTable, start: int, stop: int) -> list[bytes]:
    """The payloads of the events from `start` up to `stop`, which the core finds in a file where they are many."""
    found = None
    if serving.pays(table.raw_start(len(table))) and (stop - start >= _MANY or serving.is_always()):
        found = _found(table, start, stop)
    return table.payloads(start, stop) if found is None else found


def _found(table: EventTable, start: int, stop: int) -> list[bytes] | None:
    """The same, by the core; None where it can't tell, or there is nothing to be found."""
    if stop - start > MOST_EVENTS or table.kinds.find(Kind.DAMAGED, start, stop) >= 0:
        return None
    core, region = serving.event_core(), table.region(start, stop, MOST_BYTES)
    if core is None or region is None or not region.in_entries:
        return None
    if not core.learn(table, len(table.type_names), table.type_texts):
        return None
    return core.payloads(region)
