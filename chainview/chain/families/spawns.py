"""Which actors an actor spawned, as its chain tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.payload import HostCall, read_payload
from chainview.chain.table import EventTable
from chainview.pack.values import Option, Result, String, Tuple, Value, Variant, none, types

SPAWN: Final = "theater:simple/supervisor/spawn"
"""The event type of a call that spawns a child and answers with its id."""
RESUME: Final = "theater:simple/supervisor/resume"
"""The same of one that begins a child without its init."""
_DIGITS: Final = 7
_NAMED_EVENT: Final = re.compile(rf"\bEvent\[([0-9a-f]{{{_DIGITS}}})\]")
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
    for index, said in _calls_in(table, SPAWN, RESUME):
        match said.input, answered(said.output):
            case Tuple((String(manifest), *_)), String(child) if table.event_type(index) == RESUME:
                yield Spawn(index, manifest, _NO_STATE, child)
            case Tuple((String(manifest), Option() as state, *_)), String(child):
                yield Spawn(index, manifest, state.value, child)


def refused_in(table: EventTable) -> Iterator[tuple[str, Spawn]]:
    """The spawns of children whose init failed, each with the first digits of the hash of the event that tells of it.

    Theater's answer names that event, and not the child.
    """
    for index, said in _calls_in(table, SPAWN):
        match said.input, said.output:
            case Tuple((String(manifest), Option() as state, *_)), Result(_, _, False, String(reason)):
                for found in _NAMED_EVENT.findall(reason):
                    yield found, Spawn(index, manifest, state.value, "")


def failed_init(table: EventTable) -> str:
    """The first digits of the hash of the event that tells why the init failed; empty where none does."""
    end = table.steps(0) if len(table) and table.kinds[0] == Kind.CALL else 0
    hash_ = table.hash(end) if end and table.kinds[end] == Kind.ERROR else None
    return "" if hash_ is None else hash_.hex()[:_DIGITS]


def _calls_in(table: EventTable, *event_types: str) -> Iterator[tuple[int, HostCall]]:
    """The host calls of these types, in order, each with its index."""
    wanted = {number for number, name in enumerate(table.type_names) if name in event_types}
    marks = table.of_types(wanted, 0, len(table)) if wanted else b""
    index = marks.find(1)
    while index >= 0:
        said = read_payload(table.payload(index))
        if isinstance(said, HostCall):
            yield index, said
        index = marks.find(1, index + 1)


def answered(output: Value | None) -> Value | None:
    """What a host call answered that succeeded; None for one that did not."""
    match output:
        case Result(_, _, True, value):
            return value
        case Variant(_, "ok", _, (value,)):
            return value
    return None
