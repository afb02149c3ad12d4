"""The actor's state at an event: what a wasm-result holds, or what a module that keeps it inside showed of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from chainview.chain.event import StateGap
from chainview.chain.payload import CallResult, Payload, read_payload
from chainview.chain.table import EventTable
from chainview.pack.cgrf import decode_beginning, decode_stored
from chainview.pack.values import Value
from chainview.system.errors import ChainviewError

_CACHED_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class ToldState:
    """A state as the event of a number tells it: in its payload, or beside it; `gap` says why it is not known."""

    number: int
    packed: bytes = b""
    beside: bool = False
    gap: StateGap | None = None
    made: str = ""
    """How it was made for who looks at it, or why it could not be, where nobody asked for it after the call."""

    def value(self) -> Value | None:
        """The state; None where it is not known, or can't be decoded. Touches no table."""
        if self.gap is not None:
            return None
        return _read_small(self.packed, self.beside) if len(self.packed) <= _CACHED_BYTES else _read(*self._parts)

    def beginning(self, most: int, said: Payload | None = None) -> Value | None:
        """The state, of which about that many values are made, and the others Unread.

        `said` is what its event says, where that was read before.
        """
        if len(self.packed) <= _CACHED_BYTES or self.gap is not None:
            return self.value()
        if self.beside:
            with suppress(ChainviewError):
                return decode_beginning(self.packed, most)
            return None
        payload = said or read_payload(self.packed, most)
        return payload.state if isinstance(payload, CallResult) else None

    @property
    def _parts(self) -> tuple[bytes, bool]:
        return self.packed, self.beside


def told_before(table: EventTable, stop: int) -> ToldState | None:
    """The last state that was told before the event at an index; None where none was."""
    if table.shown:
        shown = table.shown.last_before(stop + 1 + table.dropped)
        return None if shown is None else _beside(table, shown)
    result = table.previous_result(stop)
    return None if result is None else ToldState(table.number(result), table.payload(result))


def told_at(table: EventTable, index: int) -> ToldState | None:
    """The state that the event at an index itself tells: after a call that left another one, where it is shown."""
    last = told_before(table, index + 1)
    return last if last is not None and last.number == table.number(index) else None


def _beside(table: EventTable, number: int) -> ToldState:
    shown = table.shown.at(number)
    if isinstance(shown, bytes):
        return ToldState(number, shown, beside=True)
    return ToldState(number, beside=True, gap=shown or StateGap.UNKNOWN)


def _read(packed: bytes, beside: bool) -> Value | None:
    if not beside:
        payload = read_payload(packed)
        return payload.state if isinstance(payload, CallResult) else None
    try:
        return decode_stored(packed)
    except ChainviewError:
        return None


_read_small = lru_cache(maxsize=256)(_read)
