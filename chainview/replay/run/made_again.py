"""Recorded host calls that were made again just so, taken over into the table of what a replay made."""

from __future__ import annotations

from array import array
from itertools import accumulate

from chainview.chain.event_flags import CHECKED_FLAGS
from chainview.chain.files.entries.entry import Checked
from chainview.chain.table import NO_CALL, EventTable
from chainview.core.events import Columns, Going


def can_be_added(made: EventTable, recorded: EventTable, start: int, stop: int) -> bool:
    """Whether the recorded events link on to those made so far, in a call that has begun, each by its hash."""
    going, hashes = made.going, recorded.hashes(start - 1, stop)
    return going.open_call != NO_CALL and None not in hashes and going.last == hashes[0]


def add_made_again(made: EventTable, recorded: EventTable, start: int, stop: int, time_ns: int) -> None:
    """Adds recorded host calls, each as `append` would with no more than a time beside it."""
    count, going, payloads = stop - start, made.going, recorded.payloads(start, stop)
    types = recorded.type_ids(start, stop)
    ids = {each: made.type_id_of(recorded.type_names[each]) for each in dict.fromkeys(types)}
    starts = accumulate(map(len, payloads), initial=made.raw_start(len(made)))
    columns = Columns(
        count=count,
        taken=0,
        is_short=False,
        going=Going(going.number + count, going.open_call, recorded.hash(stop - 1)),
        steps=going.number + count - 1 - going.open_call,
        starts=array("Q", starts)[:count].tobytes(),
        times=(array("Q", (time_ns,)) * count).tobytes(),
        durations=bytes(4 * count),
        links=(array("I", (going.open_call,)) * count).tobytes(),
        types=array("I", map(ids.__getitem__, types)).tobytes(),
        hashes=recorded.hash_bytes(start, stop),
        flags=bytes((CHECKED_FLAGS[Checked.FULL],)) * count,
        kinds=bytes(recorded.kinds[start:stop]),
        odd=(),
    )
    made.extend(columns, {}, {}, b"".join(payloads))
