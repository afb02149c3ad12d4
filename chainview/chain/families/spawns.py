"""Which actors an actor spawned, as its chain tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chainview.chain.payload import HostCall, read_payload
from chainview.chain.table import EventTable
from chainview.pack.values import Option, Result, String, Tuple, Value, Variant, none, types

SPAWN: Final = "theater:simple/supervisor/spawn"
"""The event type of a call that spawns a child and answers with its id."""
RESUME: Final = "theater:simple/supervisor/resume"
"""The same of one that begins a child without its init."""
_NO_STATE: Final = none(types.list_of(types.U8))


@dataclass(frozen=True, slots=True)
class Spawn:
    """A child that was spawned: by the event at an index, from a manifest, and with which initial state."""

    index: int
    manifest: str
    state: Value | None
    """None where it was given none, so that its manifest tells; that does not of a child that is resumed."""
    child: str
    """Its id."""


def spawns_in(table: EventTable) -> Iterator[Spawn]:
    """The spawns that succeeded, in order."""
    wanted = {number for number, name in enumerate(table.type_names) if name in (SPAWN, RESUME)}
    if not wanted:
        return
    marks = table.of_types(wanted, 0, len(table))
    index = marks.find(1)
    while index >= 0:
        found = _spawn(table, index)
        if found is not None:
            yield found
        index = marks.find(1, index + 1)


def _spawn(table: EventTable, index: int) -> Spawn | None:
    payload = read_payload(table.payload(index))
    if not isinstance(payload, HostCall):
        return None
    resumed = table.event_type(index) == RESUME
    match payload.input, answered(payload.output):
        case Tuple((String(manifest), *_)), String(child) if resumed:
            return Spawn(index, manifest, _NO_STATE, child)
        case Tuple((String(manifest), Option() as state, *_)), String(child):
            return Spawn(index, manifest, state.value, child)
    return None


def answered(output: Value | None) -> Value | None:
    """What a host call answered that succeeded; None for one that did not."""
    match output:
        case Result(_, _, True, value):
            return value
        case Variant(_, "ok", _, (value,)):
            return value
    return None
