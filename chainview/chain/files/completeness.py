"""How much of what happened a recording holds: all of it, up to inside a call, or up to where it is damaged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chainview.chain.event import Kind
from chainview.chain.table import EventTable

NOT_TO_ITS_END = "the last call was not recorded to its end"


class RecordingState(StrEnum):
    """Where a recording ends, by the name that reports have for it."""

    WHOLE = "whole"
    IN_CALL = "in-call"
    """Its last call has no end: its recorder was killed, or is still at it. All that is there is sound."""
    CUT = "cut"
    """The file ends inside an entry."""
    DAMAGED = "damaged"
    """Something in it can't be read, is not what was hashed, or is missing."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of the `events` of a recording the first `until` are sound, and `state` says what comes then.

    Where it is not sound `damage` says in words what is wrong first, and `event` with which event: 0 for the file.
    """

    state: RecordingState = RecordingState.WHOLE
    until: int = 0
    events: int = 0
    event: int = 0
    damage: str = ""
    event_type: str = ""
    """The type of the event that is damaged, where it can be read."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.state in (RecordingState.WHOLE, RecordingState.IN_CALL)

    @property
    def where(self) -> str:
        """What is damaged, and where, in words."""
        of_event = self.until < self.event
        return f"event {self.event:,}: {self.damage}" if of_event else self.damage

    def as_object(self) -> dict[str, object]:
        """What every command tells of it with `--json`."""
        return {"state": self.state.value, "until": self.until}


def sound_completeness(table: EventTable) -> Completeness:
    """The completeness of events of which nothing is wrong."""
    state = RecordingState.IN_CALL if ends_in_call(table) else RecordingState.WHOLE
    return Completeness(state, len(table), len(table))


def ends_in_call(table: EventTable) -> bool:
    """Whether the last call has no wasm-result or wasm-error."""
    last = table.kinds.rfind(Kind.CALL)
    return last >= 0 and table.call_open(last)


def first_events(table: EventTable, count: int) -> EventTable:
    """A table of the first events of another one."""
    first = EventTable()
    for index in range(min(count, len(table))):
        first.append(table.event(index), table.extras(index), table.checked(index))
    return first
