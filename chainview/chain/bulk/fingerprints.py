"""Fingerprints of the payloads of a table, asked of the core."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from itertools import accumulate

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.core import serving
from chainview.core.events import MOST_BYTES, MOST_EVENTS, EventCore, Region
from chainview.system.long_work import go_on


def fingerprints(table: EventTable, start: int, key: bytes) -> array[int] | None:
    """A number for the payload of each event from `start` on; None where the core does not serve.

    Those that are made with one secret key are the same for the same bytes alone.
    """
    core = serving.event_core() if serving.pays(table.raw_start(len(table)) - table.raw_start(start)) else None
    if core is None:
        return None
    found, at = array("Q"), start
    while at < len(table):
        go_on()
        stop = min(at + MOST_EVENTS, len(table))
        if table.raw_start(stop) - table.raw_start(at) > MOST_BYTES:
            stop = max(at + 1, table.index_at(table.raw_start(at) + MOST_BYTES))
        found.frombytes(_of_entries(core, table, at, stop, key) or _of_payloads(core, table.payloads(at, stop), key))
        at = stop
    return found


def _of_entries(core: EventCore, table: EventTable, start: int, stop: int, key: bytes) -> bytes | None:
    """The fingerprints of events where they lie; None where only reading their payloads tells them."""
    if table.kinds.find(Kind.DAMAGED, start, stop) >= 0:
        return None
    region = table.region(start, stop, MOST_BYTES)
    if region is None or not core.learn(table, len(table.type_names), table.type_texts):
        return None
    return core.prints(region, key)


def _of_payloads(core: EventCore, payloads: Sequence[bytes], key: bytes) -> bytes:
    """The fingerprints of payloads; that of one which the core does not take at once is made of those of its pieces."""
    if sum(map(len, payloads)) > MOST_BYTES:
        if len(payloads) == 1:
            pieces = [payloads[0][at : at + MOST_BYTES] for at in range(0, len(payloads[0]), MOST_BYTES)]
            return _of_payloads(core, [b"".join([_of_payloads(core, [piece], key) for piece in pieces])], key)
        middle = len(payloads) // 2
        return _of_payloads(core, payloads[:middle], key) + _of_payloads(core, payloads[middle:], key)
    starts = list(accumulate(map(len, payloads), initial=0))[:-1]
    packed = struct.pack(f"={len(starts)}Q", *starts)
    found = core.prints(Region(b"".join(payloads), packed, 0, bytes(4 * len(starts)), in_entries=False), key)
    assert found is not None, "bare payloads are laid out in no other way"
    return found
