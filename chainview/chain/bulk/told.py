"""What many events say, asked of the core."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.core import serving
from chainview.core.events import MOST_BYTES, MOST_EVENTS, Region

_MANY: Final = 64
"""Events from which asking for all at once pays."""
_TIMES: Final = 16
"""How many times as long telling a byte takes as indexing it."""

_NOT_BY_PAYLOAD: Final = (Kind.SHUTDOWN, Kind.DAMAGED)
"""What is told of these hangs on their kind, whatever their bytes say."""


def told_at_once(
    table: EventTable, start: int, payloads: Sequence[bytes], room: int, *, literals: bool
) -> list[str] | None:
    """The line of each event from `start` on that has these payloads, in about `room` characters, as it is alone.

    With `literals` its names and its values as literals stand behind it, with NULs between them. Nothing stands where
    it has to be made. None where the core can't tell.
    """
    count = len(payloads)
    if not serving.pays(_TIMES * table.raw_start(len(table))) or (count < _MANY and not serving.is_always()):
        return None
    if (literals and table.shown) or not 0 < count <= MOST_EVENTS or sum(map(len, payloads)) > MOST_BYTES:
        return None
    core = serving.event_core()
    if core is None:
        return None
    starts = struct.pack(f"={count}Q", *list(accumulate(map(len, payloads), initial=0))[:-1])
    region = Region(b"".join(payloads), starts, 0, bytes(4 * count), in_entries=False)
    kinds = bytes(table.kinds[start : start + count])
    told = core.tell(region, kinds, room, literals=literals, shown=bool(table.shown))
    if told is None or not any(kind in kinds for kind in _NOT_BY_PAYLOAD):
        return told
    return ["" if kind in _NOT_BY_PAYLOAD else text for kind, text in zip(kinds, told, strict=True)]
