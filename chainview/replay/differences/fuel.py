"""Work that leaves no event: the fuel that calls used, recorded and now."""

from __future__ import annotations

from chainview.chain.event import Kind
from chainview.chain.payload import Call, read_payload
from chainview.chain.table import EventTable

_LEAST_CHANGE = 0.01
_MOST_EVENTS = 200_000


def other_work(recorded: EventTable, now: EventTable, stop: int | None = None) -> str | None:
    """The call whose work changed most, in words; None where fuel was not measured on both sides or is alike.

    Only calls that end before the index `stop` count, up to which both tables must hold the same events.
    """
    stop = min(len(recorded), len(now)) if stop is None else stop
    if stop > _MOST_EVENTS:
        return None
    largest, work = _LEAST_CHANGE, None
    for index in range(stop):
        if recorded.kinds[index] != Kind.CALL or index + recorded.steps(index) >= stop:
            continue
        one, other = _fuel(recorded, index), _fuel(now, index)
        if not one or other is None:
            continue
        change = other / one - 1
        if abs(change) >= largest:
            largest, payload = abs(change), read_payload(recorded.payload(index))
            function = payload.function if isinstance(payload, Call) else "a call"
            more = "more" if change > 0 else "less"
            work = f"{function} at event {index + 1:,} did {abs(change):.0%} {more} work, by the fuel that it used"
    return work


def _fuel(table: EventTable, call: int) -> int | None:
    """The fuel that a call used, where its end carries it."""
    end = call + table.steps(call)
    if end == call or table.noted(end).fuel is None:
        return None
    return sum([table.noted(index).fuel or 0 for index in range(call + 1, end + 1)])
