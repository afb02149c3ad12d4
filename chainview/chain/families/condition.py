"""How the chain of a recorded actor was found, in a word and with what more there is to say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chainview.chain.event import Kind
from chainview.chain.failure import failure_of
from chainview.chain.files.completeness import NOT_TO_ITS_END
from chainview.chain.files.verification import LINKS_RIGHT, PAYLOADS_NOT_HELD, Verification
from chainview.chain.payload import CallError, read_payload
from chainview.chain.table import EventTable


class ChainState(StrEnum):
    """What a recorded chain tells of its actor."""

    UNREAD = "unread"
    """It was not looked through yet, as those below were."""
    SOUND = "sound"
    """Nothing is wrong with it, and nothing in it tells of an end."""
    LINKS_RIGHT = "links right"
    """The same of one that holds no payloads, of which links alone can be checked."""
    ENDED = "ended"
    FAILED = "failed"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Condition:
    """How an actor's chain is, how many events it has, and in how many something failed.

    `reason` says more where there is more to say.
    """

    state: ChainState
    reason: str = ""
    events: int = 0
    errors: int | None = None
    """None where they were not counted."""


UNREAD = Condition(ChainState.UNREAD)


def condition_of(table: EventTable, verification: Verification, errors: int | None = None) -> Condition:
    """What a chain that was checked tells of its actor."""
    events = len(table)
    if not verification.sound:
        return Condition(ChainState.DAMAGED, verification.completeness.where, events, errors)
    last = table.kinds[events - 1] if events else Kind.OTHER
    if last == Kind.SHUTDOWN:
        reason = _last_failure(table) if verification.payloads_held else LINKS_RIGHT
        return Condition(ChainState.ENDED, reason, events, errors)
    if _shut_itself_down(table, payloads_held=verification.payloads_held):
        return Condition(ChainState.ENDED, "the actor shut itself down", events, errors)
    if not verification.payloads_held:
        return Condition(ChainState.LINKS_RIGHT, PAYLOADS_NOT_HELD, events, errors)
    if last == Kind.ERROR:
        return Condition(ChainState.FAILED, _failure(table, events - 1), events, errors)
    return Condition(ChainState.SOUND, NOT_TO_ITS_END if verification.in_call else "", events, errors)


def _failure(table: EventTable, index: int) -> str:
    """Why the call failed whose error an event is, in a line."""
    said = read_payload(table.payload(index))
    return failure_of(said, table.extras(index)).reason.partition("\n")[0] if isinstance(said, CallError) else ""


def _last_failure(table: EventTable) -> str:
    """That the call before the end failed, and why; empty where it did not."""
    before = len(table) - 2
    failed = before >= 0 and table.kinds[before] == Kind.ERROR
    return f"its last call failed: {_failure(table, before)}" if failed else ""


def _shut_itself_down(table: EventTable, *, payloads_held: bool) -> bool:
    """Whether its last call asked for its end, right before it where no payload tells where that call began."""
    if not payloads_held:
        return len(table) > 1 and table.event_type(len(table) - 2).endswith("/shutdown")
    call = table.call_of(len(table) - 1) if len(table) else None
    steps = () if call is None else range(call + 1, call + table.steps(call))
    return any(table.event_type(index).endswith("/shutdown") for index in steps)
