"""What the details need to know of one event, gathered quickly, and worked out wherever there is time for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chainview.chain.delta import Change, changes
from chainview.chain.event import Event, Extras, Kind, StateGap
from chainview.chain.payload import INIT, Call, Payload, read_payload
from chainview.chain.soundness import Evidence, HashState, LinkState, Soundness, evidence, judged
from chainview.chain.states import ToldState, told_before
from chainview.chain.table import EventTable
from chainview.pack.cgrf.glance import first_text
from chainview.pack.values import Value
from chainview.system.errors import ChainviewError
from chainview.ui.lines.line import Span

INLINE_BYTES = 1 << 16
"""The most payload bytes that are decoded while the screen waits; more of them go to a thread."""
MOST_CHANGES = 1000
_MOST_VALUES = 200_000
"""The values of a part that are made: nobody scrolls further."""


MakesState = Callable[[int], ToldState]
"""Makes the state behind the last call that ended by the event of a number; raises ChainviewError."""


@dataclass(frozen=True, slots=True)
class Facts:
    """An event with what stands around it, taken from a table; nothing is decoded yet."""

    index: int
    number: int
    kind: Kind
    evidence: Evidence
    """The event itself, and what its soundness hangs on."""
    extras: Extras
    call_number: int | None
    """The number of the wasm-call it belongs to."""
    call_payload: bytes
    step: int
    steps: int
    call_open: bool
    after: ToldState | None
    """The state shown; None when none was recorded up to here."""
    before: ToldState | None
    """The state before it, where this event is the one that tells the state shown."""
    with_state: bool = False
    """Whether the states were asked for."""
    of_package: bool = False
    """Whether the chain begins with another call than an actor's init, so that there is no state to speak of."""

    @property
    def event(self) -> Event:
        """The event itself."""
        return self.evidence.event

    @property
    def lacks_large_state(self) -> bool:
        """Whether the state shown is one that was too large to be asked for."""
        return self.after is not None and self.after.gap is StateGap.LARGE

    @property
    def size(self) -> int:
        """How many bytes there are to decode and to hash."""
        before = b"" if self.evidence.before is None else self.evidence.before.payload
        states = [told.packed for told in (self.after, self.before) if told is not None]
        return sum(map(len, (self.event.payload, self.call_payload, before, *states)))


def gather(table: EventTable, index: int, *, state: bool) -> Facts:
    """The facts about the event at an index, with the states around it if they are asked for."""
    call = table.call_of(index)
    after = before = None
    if state:
        after = told_before(table, index + 1)
        before = told_before(table, index) if after is not None and after.number == table.number(index) else None
    return Facts(
        index=index,
        number=table.number(index),
        kind=table.kind(index),
        evidence=evidence(table, index),
        extras=table.extras(index),
        call_number=None if call is None else table.number(call),
        call_payload=b"" if call in (None, index) else table.payload(call),
        step=0 if call is None else index - call,
        steps=0 if call is None else table.steps(call),
        call_open=call is not None and table.call_open(call),
        after=after,
        before=before,
        with_state=state,
        of_package=_of_package(table),
    )


def _of_package(table: EventTable) -> bool:
    if table.number(0) != 1 or table.kind(0) is not Kind.CALL:
        return False
    return first_text(table.payload(0), len(INIT) + 1) != INIT


def with_large_state(facts: Facts, make: MakesState) -> Facts:
    """The facts with the state that was too large to be asked for, and the one before it; this may take long."""
    assert facts.after is not None
    try:
        after, before = make(facts.number), facts.before
        if after.number == facts.number and (before is None or before.gap is StateGap.LARGE):
            before = make(facts.number - 1)
    except ChainviewError as error:
        return replace(facts, after=replace(facts.after, made=error.sentence))
    return replace(facts, after=after, before=before)


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts with everything decoded and the hash computed."""

    facts: Facts
    payload: Payload
    hash_verdict: Span
    parent_verdict: Span
    call_function: str
    after: Value | None
    before: Value | None
    changes: tuple[Change, ...]


def work_out(facts: Facts) -> Reading:
    """Decodes and checks; touches no table, so that any thread may do it."""
    event = facts.event
    payload = read_payload(event.payload, _MOST_VALUES)
    call = payload if facts.kind is Kind.CALL else read_payload(facts.call_payload, 1)
    found = judged(facts.evidence)
    said = payload if facts.after is not None and facts.after.number == facts.number else None
    after = None if facts.after is None else facts.after.beginning(_MOST_VALUES, said)
    before = None if facts.before is None else facts.before.beginning(_MOST_VALUES)
    return Reading(
        facts=facts,
        payload=payload,
        hash_verdict=_hash_verdict(event, found),
        parent_verdict=_parent_verdict(facts, found),
        call_function=call.function if isinstance(call, Call) else "",
        after=after,
        before=before,
        changes=() if after is None or before is None else tuple(changes(before, after, MOST_CHANGES)),
    )


def _hash_verdict(event: Event, found: Soundness) -> Span:
    if found.hash is HashState.UNREADABLE:
        return "", "dim"
    if not event.hash or found.hash is HashState.UNKNOWN:
        return "this format holds no hash", "dim"
    if found.hash is HashState.NOT_HELD:
        return "can't be computed: what was hashed is not in the file", "dim"
    if found.hash is HashState.WRONG:
        return "✖ the event's content gives another hash", "bad"
    if found.entry_damaged:
        return "computed, sound; the file's checksum of this entry is wrong", "warn"
    return "computed, sound", "good"


def _parent_verdict(facts: Facts, found: Soundness) -> Span:
    if found.hash is HashState.UNREADABLE:
        return "", "dim"
    if found.link is not LinkState.HOLDS:
        return "⚠ not the hash of the event before", "warn"
    if facts.event.parent is None:
        return ("the first event", "dim") if facts.number == 1 else ("", "dim")
    return "the event before", "good"
