"""The turns of an actor's life that the main branch records: read in every shape that they had, written in the newest.

Before September 2026 cases had kebab-case names, and what they hold stood bare in them; since then names are those of
Rust, and a record named like its case stands around what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from chainview.chain.event import Kind, Part
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.values import Option, Record, String, Value, Variant, bytes_value, types

LIFECYCLE_TAG = 3
"""The tag of the payload's case."""


class Turn(Enum):
    """A turn of an actor's life, in the order of the tags; its value is the event type."""

    SPAWNED = "spawned"
    PAUSED = "paused"
    RESUMED = "resumed"
    TERMINATED = "terminated"


class Cause(Enum):
    """Why an actor ended, in the order of the tags; its value is the name of the case."""

    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPED = "Stopped"
    KILLED = "Killed"
    PEER_KILLED = "PeerKilled"

    @property
    def field(self) -> str:
        """The name of what it tells, empty where it tells nothing."""
        return _FIELDS.get(self, "")


_FIELDS = {Cause.COMPLETED: "final_state", Cause.FAILED: "error", Cause.PEER_KILLED: "peer"}
_TURNS = list(Turn)
_CAUSES = list(Cause)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The actor came to life, was paused, went on, or ended.

    `told` is what the cause of an end tells: the bytes that the actor handed over, the error, or the peer.
    """

    kind: ClassVar[Kind] = Kind.OTHER
    subject: ClassVar[str] = ""
    names: ClassVar[tuple[tuple[str, str], ...]] = ()
    turn: Turn
    cause: Cause | None = None
    told: Value | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it says, in the order in which it is read."""
        found = [Part("lifecycle", self.turn.value)]
        if self.cause is not None:
            found.append(Part("cause", self.cause.value))
            if self.told is not None:
                found.append(Part(self.cause.field, self.told))
        return tuple(found)


SPAWNED = Lifecycle(Turn.SPAWNED)
STOPPED = Lifecycle(Turn.TERMINATED, Cause.STOPPED)
KILLED = Lifecycle(Turn.TERMINATED, Cause.KILLED)


def completed(data: bytes | None) -> Lifecycle:
    """The end of an actor that ended itself, with the bytes that it handed over."""
    held = None if data is None else bytes_value(data)
    return Lifecycle(Turn.TERMINATED, Cause.COMPLETED, Option(types.list_of(types.U8), held))


def failed(error: str) -> Lifecycle:
    """The end of an actor that a failed call ended."""
    return Lifecycle(Turn.TERMINATED, Cause.FAILED, String(error))


def peer_killed(peer: str) -> Lifecycle:
    """The end of an actor that was linked to the one of that id, which has ended."""
    return Lifecycle(Turn.TERMINATED, Cause.PEER_KILLED, String(peer))


def encode_lifecycle(said: Lifecycle, version: int = NEWEST) -> bytes:
    """The payload of a turn, in the newest shape."""
    inside: tuple[Value, ...] = ()
    if said.cause is not None:
        cause = said.cause
        told = () if said.told is None else (Record(cause.value, ((cause.field, said.told),)),)
        ending = Variant("TerminationCause", cause.value, _CAUSES.index(cause), told)
        inside = (Record("Terminated", (("cause", ending),)),)
    turn = Variant("ActorLifecycleEvent", said.turn.value.capitalize(), _TURNS.index(said.turn), inside)
    return encode(Variant("ChainEventPayload", "Lifecycle", LIFECYCLE_TAG, (turn,)), version)


def read_lifecycle(stored: Value) -> Lifecycle | None:
    """The turn in what a payload of that case holds; None for a shape that is not known."""
    if not isinstance(stored, Variant):
        return None
    turn = next((each for each in _TURNS if each.value == stored.case.lower()), None)
    if turn is None or turn is not Turn.TERMINATED:
        return None if turn is None else Lifecycle(turn)
    ending = _held(stored)
    if not isinstance(ending, Variant):
        return None
    cause = next((each for each in _CAUSES if each.value.lower() == ending.case.replace("-", "").lower()), None)
    return None if cause is None else Lifecycle(turn, cause, _held(ending))


def _held(stored: Variant) -> Value | None:
    """What a case holds, bare or as the only field of a record."""
    if len(stored.payload) != 1:
        return None
    held = stored.payload[0]
    if isinstance(held, Record):
        return held.fields[0][1] if len(held.fields) == 1 else None
    return held
