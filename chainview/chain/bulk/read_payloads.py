"""The payloads of many events at once, one behind the other, as a table holds them."""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.core import serving
from chainview.core.events import MOST_BYTES, MOST_EVENTS

_MANY: Final = 64
"""Events from which reading them at once pays for asking."""


def payloads_in_a_row(table: EventTable, start: int, stop: int, first: int) -> tuple[bytes, bytes]:
    """The payloads of the events from `start` up to `stop`, one behind the other, and where each begins.

    Those are u64s of an array, of which the first is `first`. The core finds the payloads in a file where they are
    many.
    """
    found = None
    if serving.pays(table.raw_start(len(table))) and (stop - start >= _MANY or serving.is_always()):
        found = _found(table, start, stop, first)
    if found is not None:
        return found
    payloads = table.payloads(start, stop)
    starts = array("Q", accumulate(map(len, payloads), initial=first))
    return b"".join(payloads), starts[:-1].tobytes()


def _found(table: EventTable, start: int, stop: int, first: int) -> tuple[bytes, bytes] | None:
    """The same, by the core; None where it can't tell, or there is nothing to be found."""
    if stop - start > MOST_EVENTS or table.kinds.find(Kind.DAMAGED, start, stop) >= 0:
        return None
    region = table.region(start, stop, MOST_BYTES)
    if region is None:
        return None
    if not region.in_entries and region.base == first:
        return region.data, region.starts
    core = serving.event_core()
    if core is None or not core.learn(table, len(table.type_names), table.type_texts):
        return None
    return core.close_up(region, first)
