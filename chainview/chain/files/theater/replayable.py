"""How far Theater's own replay gets with a chain: what it takes to its end, and what it stops at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.files.entries.header import Header
from chainview.chain.payload import INIT, Call, read_payload
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.cgrf import decode_stored
from chainview.pack.cgrf.glance import is_cgrf, version_of
from chainview.pack.cgrf.limits import OLDEST
from chainview.pack.literal import format_literal
from chainview.pack.values import UNIT, Option, String
from chainview.system.errors import ChainviewError

_OTHER_SCHEMAS: Final = {
    Schema.JSON: "its payloads are JSON, which no Theater replays any more",
    Schema.LIFECYCLE: "its actor keeps the state inside, which no published Theater runs",
}


@dataclass(frozen=True, slots=True)
class Replayable:
    """The first `count` events of a chain are those that Theater's replay takes to its end; `remarks` tell the rest."""

    count: int
    remarks: tuple[str, ...]


def replayable(table: EventTable, schema: Schema, header: Header | None, builds: Sequence[int]) -> Replayable:
    """What Theater's replay takes of a chain that is sound; `builds` are where it went on with another module.

    The replay makes each recorded call again with one module, and compares every event. It stops at a call that fails,
    and makes a call of the `shutdown` that stands for a stop. Raises ChainviewError where it takes nothing.
    """
    _refuse(table, schema, header)
    stops = sorted(_stops(table, builds), key=lambda stop: stop[0])
    count, why = stops[0] if stops else (len(table), "")
    remarks = [] if count == len(table) else [_left_out(table, count, why)]
    if count == 0:
        raise ChainviewError(f"there is nothing for Theater's replay: {remarks[0]}")
    if schema is Schema.BYTES:
        remarks.append("the payloads are those of Theater up to 0.3.9: only its replay takes them")
    return Replayable(count, (*remarks, *_remarks_of_start(header)))


def _refuse(table: EventTable, schema: Schema, header: Header | None) -> None:
    """Raises ChainviewError for a chain of which Theater's replay takes nothing."""
    if schema in _OTHER_SCHEMAS:
        raise ChainviewError(f"Theater's replay takes nothing of this chain: {_OTHER_SCHEMAS[schema]}")
    if len(table) == 0:
        raise ChainviewError("the chain has no event, so there is nothing for Theater's replay")
    if table.parent(0) is not None:
        raise ChainviewError("Theater's replay takes nothing of this chain: it does not begin with its first event")
    first = table.payload(0)
    if is_cgrf(first) and version_of(first) != OLDEST:
        raise ChainviewError(
            "Theater's replay takes nothing of this chain: it is in CGRF 3, which none reads that is published"
        )
    call = read_payload(first)
    if header is not None and header.module_sha256 and not (isinstance(call, Call) and call.function == INIT):
        raise ChainviewError("Theater's replay takes nothing of this chain: it is that of a package, not of an actor")


def _stops(table: EventTable, builds: Sequence[int]) -> Iterator[tuple[int, str]]:
    """How many events stand before each first thing that the replay does not take, and what that is."""
    for kind, what in (
        (Kind.SHUTDOWN, "Theater's replay would make a call of the shutdown at event {0:,}"),
        (Kind.OTHER, "event {0:,} comes of no call"),
        (Kind.DAMAGED, "event {0:,} is damaged"),
    ):
        at = table.kinds.find(kind)
        if at >= 0:
            yield at, what.format(at + 1)
    at = table.kinds.find(Kind.ERROR)
    if at >= 0:
        call = table.call_of(at)
        yield at if call is None else call, f"the call fails at event {at + 1:,}, where Theater's replay stops"
    if builds:
        yield builds[0], "another build of the module goes on from there"
    last = table.kinds.rfind(Kind.CALL)
    if last >= 0 and table.call_open(last):
        yield last, "the call did not end"


def _left_out(table: EventTable, count: int, why: str) -> str:
    if count == len(table) - 1:
        return f"event {count + 1:,} is left out: {why}"
    return f"events {count + 1:,} to {len(table):,} are left out: {why}"


def _remarks_of_start(header: Header | None) -> Iterator[str]:
    """What a manifest for the replay has to say, and what the replay depends on."""
    if header is None:
        yield "the chain does not hold the initial state: the manifest of the replay must give the one it began with"
        return
    try:
        state = decode_stored(header.initial_state) if header.initial_state else UNIT
    except ChainviewError:
        yield "the initial state in its header can't be decoded: the manifest of the replay must give the one it had"
        return
    if isinstance(state, String):
        yield f"the manifest of the replay must give the initial state: initial_state = {format_literal(state)}"
    elif state != UNIT and not (isinstance(state, Option) and state.value is None):
        yield f"no manifest can give the initial state {format_literal(state)}: Theater's hold texts alone"
    if header.settings.get("nan-canonicalization") is True:
        yield "it was recorded with --canonical-nan: what holds a NaN has other bits in Theater"
