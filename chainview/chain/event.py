"""One link of a chain, and what is kept beside it without being hashed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from chainview.pack import values

if TYPE_CHECKING:
    from chainview.pack.values import Value

MODULE_EVENT: Final = "wasm"
"""The type of the events that a call of an export brings about."""
SHUTDOWN_EVENT: Final = "shutdown"


class Kind(IntEnum):
    """What an event is, as screens and reports group them."""

    OTHER = 0
    CALL = 1
    HOST = 2
    RESULT = 3
    ERROR = 4
    SHUTDOWN = 5
    DAMAGED = 6
    """A stretch of a chain file that is no readable event; its raw bytes stand in for the payload."""

    @property
    def word(self) -> str:
        """The lower-case word that reports use."""
        return self.name.lower()

    @property
    def title(self) -> str:
        """What people call it."""
        return {Kind.HOST: "host call", Kind.ERROR: "failed call", Kind.OTHER: "event"}.get(self, self.word)


@dataclass(frozen=True, slots=True)
class Event:
    """One link: its hash (20 bytes), its parent's hash, its type and the payload bytes that were hashed.

    `hash` is empty where a file format holds none.
    """

    hash: bytes
    parent: bytes | None
    event_type: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a guest stack, innermost first in a stack."""

    function: str
    place: str = ""
    """`file:line` where the module has line tables, else empty."""
    offset: int = field(default=0, compare=False)
    """Where in the module's bytes it goes on; 0 where that is not known, as in a function that was inlined."""

    def __str__(self) -> str:
        return f"{self.function} ({self.place})" if self.place else self.function


class StateGap(StrEnum):
    """Why a state is not known that a module was asked for, by the name that chain files have for it."""

    UNKNOWN = "unknown"
    """Asking for it trapped, took too long, or called the host."""
    LARGE = "large"
    """It is too large to be asked for after each call."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What brought an event about, as the session noted that recorded it: an event of another actor, or its own.

    `kind` says what that was, by the name of a link between chains; `event` is its number from 1.
    """

    kind: str
    actor: str = ""
    """The id of the actor; empty for the person at the prompt."""
    event: int = 0


OUTSIDE = Trigger("outside")
"""A person brought it about, in the place of another actor."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What is useful about an event but never hashed."""

    time_ns: int = 0
    """Wall-clock time at which the event was appended, in ns since the Unix epoch; 0 when unknown."""
    duration_ns: int = 0
    """How long the call or host call took; 0 when unknown or not a completed step."""
    fuel: int | None = None
    """Engine fuel used since the previous event, where it was measured."""
    stack: tuple[Frame, ...] = ()
    reason: str = ""
    """Why the call failed, where the message of its wasm-error does not tell, or from where a stub's answer is."""
    stub: bool = False
    """The host call was answered by a stub, not by a host interface."""
    state: bytes | StateGap | None = None
    """The state, as CGRF, that a module which keeps it inside showed after this event; None where it was not asked for,
    or is the one that was shown before."""
    trigger: Trigger | None = None
    """What another actor did that brought this about; None where nobody noted any such thing."""
    damaged: bool = False
    """The entry's checksum does not match what it holds."""


NO_EXTRAS = Extras()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what an event says: a text or a value; None where none was stored, or none that can be decoded."""

    name: str
    said: str | Value | None
    is_state: bool = False
    """Whether it is the actor's state, which not every schema stores."""

    @property
    def value(self) -> Value | None:
        """What it says, a text as a string."""
        return values.String(self.said) if isinstance(self.said, str) else self.said
