"""An event that stands in a chain again and again, added to its table all at once."""

from __future__ import annotations

from array import array

from chainview.chain.event import Event, Kind
from chainview.chain.event_flags import CHECKED_FLAGS, FLAGS_WITHOUT_HASH, OTHER_PARENT
from chainview.chain.files.entries.beside import Beside
from chainview.chain.files.entries.entry import Checked
from chainview.chain.hashing import HASH_SIZE
from chainview.chain.table import NO_CALL, EventTable
from chainview.core.events import Columns, Going


def append_again(table: EventTable, event: Event, checked: Checked, count: int) -> None:
    """Adds what are the last two events of a table so many times more, as `append` would one by one.

    The table holds all that was ever added to it, payloads too.
    """
    if len(event.hash) not in (HASH_SIZE, 0):
        for _ in range(count):
            table.append(event, checked=checked)
        return
    last = len(table) - 1
    kind, call, going, size = table.kind(last), table.call_of(last), table.going, len(event.payload)
    steps, link, open_call = 0, NO_CALL, going.open_call
    if kind is Kind.CALL:
        link, open_call = 0, last + 1 + count
    elif call is not None:
        link, steps = call + 1, last + count - call
    flags = CHECKED_FLAGS[checked] if event.hash else FLAGS_WITHOUT_HASH[checked]
    links_on = table.links_on(last)
    start = table.raw_start(last) + size
    columns = Columns(
        count=count,
        taken=0,
        is_short=False,
        going=Going(going.number + count, open_call, going.last),
        steps=steps,
        starts=array("Q", range(start, start + count * size, size) if size else [start] * count).tobytes(),
        times=bytes(8 * count),
        durations=bytes(4 * count),
        links=(array("I", [link]) * count).tobytes(),
        types=(array("I", [table.type_id(last)]) * count).tobytes(),
        hashes=(event.hash or bytes(HASH_SIZE)) * count,
        flags=bytes([flags if links_on else flags | OTHER_PARENT]) * count,
        kinds=bytes([kind]) * count,
        odd=(),
    )
    elsewhere = {} if links_on else dict.fromkeys(range(count), event.parent)
    table.extend(columns, Beside(elsewhere), event.payload * count)
