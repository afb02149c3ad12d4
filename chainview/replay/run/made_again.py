"""Recorded events that were made again just so, taken over into the table of what a replay made."""

from __future__ import annotations

from array import array

from chainview.chain.bulk.read_payloads import payloads_in_a_row
from chainview.chain.event import Kind
from chainview.chain.event_flags import CHECKED_FLAGS
from chainview.chain.files.entries.beside import Beside
from chainview.chain.files.entries.entry import Checked
from chainview.chain.table import NO_CALL, EventTable
from chainview.core.events import Columns, Going


def can_be_added(made: EventTable, recorded: EventTable, start: int, stop: int) -> bool:
    """Whether the recorded events link on to those made so far, as many as those before them, each by its hash."""
    is_next = len(made) == start and made.dropped == recorded.dropped == 0
    return is_next and recorded.have_hashes(max(start - 1, 0), stop) and made.going.last == recorded.hash(start - 1)


def add_made_again(made: EventTable, recorded: EventTable, start: int, stop: int, time_ns: int) -> None:
    """Adds recorded calls and host calls, each as `append` would with no more than a time beside it."""
    count, going = stop - start, made.going
    payloads, starts = payloads_in_a_row(recorded, start, stop, made.raw_start(len(made)))
    types = recorded.type_ids(start, stop)
    ids = {each: made.type_id_of(recorded.type_names[each]) for each in dict.fromkeys(types)}
    are_alike = all(one == other for one, other in ids.items())
    links, open_call = recorded.links(start, stop), _running(recorded, stop)
    if open_call is not None and open_call >= start:
        links[open_call - start] = stop - 1 - open_call
    steps = 0 if going.open_call == NO_CALL else min(recorded.steps(going.open_call - 1), stop - going.open_call)
    columns = Columns(
        count=count,
        taken=0,
        is_short=False,
        going=Going(going.number + count, NO_CALL if open_call is None else open_call + 1, recorded.hash(stop - 1)),
        steps=steps,
        starts=starts,
        times=(array("Q", (time_ns,)) * count).tobytes(),
        durations=bytes(4 * count),
        links=links.tobytes(),
        types=types.tobytes() if are_alike else array("I", map(ids.__getitem__, types)).tobytes(),
        hashes=recorded.hash_bytes(start, stop),
        flags=bytes((CHECKED_FLAGS[Checked.FULL],)) * count,
        kinds=bytes(recorded.kinds[start:stop]),
        odd=(),
    )
    made.extend(columns, Beside(), payloads)


def _running(recorded: EventTable, stop: int) -> int | None:
    """The index of the call that has begun before an index and has not ended there."""
    has_ended = recorded.kinds[stop - 1] in (Kind.RESULT, Kind.ERROR)
    return None if has_ended else recorded.call_of(stop - 1)
