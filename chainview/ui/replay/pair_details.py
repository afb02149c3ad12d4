"""An event on both sides of a replay: gathered quickly, compared wherever there is time, and then told in lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chainview.chain.event import Kind
from chainview.chain.payload import HostCall, Payload, read_payload
from chainview.chain.states import ToldState, told_before
from chainview.chain.table import EventTable
from chainview.pack.values import Value
from chainview.replay.align.history import NONE, is_ask
from chainview.replay.changes.leaves import Leaf, leaves
from chainview.system.wording import visible
from chainview.ui.lines.blocks import Block, Fixed
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.lines.value_blocks import NO_CHANGES, value_blocks
from chainview.ui.replay.pairs import Sides, ask_of


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Two events, taken from their tables; nothing is decoded yet."""

    recorded: bytes | None
    now: bytes | HostCall | None
    """The payload, or what was asked and not answered."""
    states: tuple[ToldState | None, ToldState | None] = (None, None)
    """The states inside the module behind the end of a call, recorded and now."""

    @property
    def size(self) -> int:
        """How many bytes there are to decode."""
        states = [state.packed for state in self.states if state is not None]
        return sum([len(part) for part in (self.recorded, self.now, *states) if isinstance(part, bytes)])


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """A part of an event on both sides, such as the input of a host call, with the leaves that differ in it."""

    name: str
    recorded: Value | None
    now: Value | None
    differs: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class PairReading:
    """Two events decoded, and, where they are of a kind, compared."""

    recorded: Payload | None
    now: Payload | None
    parts: tuple[ComparedPart, ...] | None


def gather_pair(sides: Sides, recorded: int, now: int) -> PairFacts:
    """The facts about an item of either side."""
    then = None if recorded == NONE else sides.recorded.payload(recorded)
    if is_ask(now):
        ask = sides.asks[ask_of(now)]
        return PairFacts(then, HostCall(ask.interface, ask.function, ask.input, None))
    states = _inner_state(sides.recorded, recorded), _inner_state(sides.now, now)
    return PairFacts(then, sides.now.payload(now) if 0 <= now < len(sides.now) else None, states)


def _inner_state(table: EventTable, item: int) -> ToldState | None:
    """The state inside the module behind the end of a call, where it was shown."""
    if not 0 <= item < len(table) or not table.shown or table.kinds[item] not in (Kind.RESULT, Kind.ERROR):
        return None
    return told_before(table, item + 1)


def compare_pair(facts: PairFacts) -> PairReading:
    """Decodes and compares; touches no table, so that any thread may do it."""
    then = None if facts.recorded is None else read_payload(facts.recorded)
    now = read_payload(facts.now) if isinstance(facts.now, bytes) else facts.now
    if then is None or now is None or type(then) is not type(now):
        return PairReading(then, now, None)
    one, other = _values(then), _values(now)
    names = [*one, *[name for name in other if name not in one]]
    parts = [_part(name, one.get(name), other.get(name)) for name in names]
    state, state_now = [None if told is None else told.value() for told in facts.states]
    if state is not None and state_now is not None:
        parts.append(_part("state", state, state_now))
    elif state_now is not None:
        # A chain that others recorded holds no state.
        parts.append(ComparedPart("state now, none recorded", None, state_now, ()))
    elif state is not None:
        parts.append(ComparedPart("state recorded, none shown now", state, state, ()))
    return PairReading(then, now, tuple(parts))


def _part(name: str, recorded: Value | None, now: Value | None) -> ComparedPart:
    return ComparedPart(name, recorded, now, leaves("", recorded, now))


def pair_blocks(reading: PairReading, width: int, *, wrap: bool) -> Iterator[Block]:
    """An event as it was recorded and as it is now: what differs first, place by place, then both in full."""
    sides = (("recorded", reading.recorded), ("now", reading.now))
    for name, payload in sides:
        if payload is None:
            yield Fixed([(f"{name}  no such event", "dim")])
    if reading.parts is not None and reading.recorded is not None and reading.now is not None:
        one, other = _name(reading.recorded), _name(reading.now)
        yield Fixed([(visible(one), "name"), *([] if one == other else [(f" → {visible(other)}", "changed")])])
        for part in reading.parts:
            yield from _compared(part, width, wrap=wrap)
        return
    for name, payload in sides:
        if payload is not None:
            yield Fixed([(f"{name}  ", "title"), (visible(_name(payload)), "name")])
            for title, value in _values(payload).items():
                yield from value_blocks(title, value, width, wrap=wrap)


def _compared(part: ComparedPart, width: int, *, wrap: bool) -> Iterator[Block]:
    count = len(part.differs)
    if not count:
        if part.now is not None:
            yield from value_blocks(part.name, part.now, width, wrap=wrap)
        return
    said = "  1 place differs" if count == 1 else f"  {count:,} places differ"
    yield Fixed([(part.name, "title"), (said, "dim")])
    was: dict[str, str] = {}
    for leaf in part.differs:
        recorded, now = leaf.literals
        was[leaf.path] = visible(recorded or "absent")
        line: Line = [("  ", "text"), (visible(leaf.path) or part.name, "name"), ("  recorded ", "dim")]
        line += [(visible(recorded or "nothing"), "text"), ("  now ", "dim"), (visible(now or "nothing"), "changed")]
        yield Fixed(*(wrapped(line, width, 4, words=True) if wrap else [line]))
    sides: tuple[tuple[str, Value | None, Mapping[str, str]], ...]
    sides = (("recorded", part.recorded, NO_CHANGES), ("now", part.now, was))
    for side, value, changed in sides:
        if value is not None:
            yield from value_blocks(f"{part.name} {side}", value, width, wrap=wrap, changed=changed)


def _name(payload: Payload) -> str:
    return f"{payload.kind.title} {payload.subject}".rstrip()


def _values(payload: Payload) -> dict[str, Value]:
    return {part.name: part.value for part in payload.parts if part.value is not None}
