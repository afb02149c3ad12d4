"""What a link between two chains of a family is: what kind of thing, from which event to which, and how it is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chainview.chain.event import Trigger


class LinkKind(StrEnum):
    """What a link is about, as the words from where it begins to where it ends."""

    SEND = "send"
    REQUEST = "request"
    REPLY = "reply"
    CHANNEL = "channel"
    MESSAGE = "channel message"
    CLOSE = "channel close"
    SPAWN = "spawn"
    RPC = "rpc"
    TRANSFER = "transfer"
    CHILD_EVENT = "child event"
    CHILD_END = "end of a child"
    ACTOR_EVENT = "actor event"
    SPAWN_NOTICE = "spawn notice"
    STOP = "stop"
    FATE = "shared fate"


@dataclass(frozen=True, slots=True)
class Place:
    """An event: the number of its actor, and its index in that one's table."""

    actor: int
    index: int


class Basis(StrEnum):
    """How a link is known, in the words of reports."""

    NOTED = "noted"
    INFERRED = "inferred"
    """From contents that nothing else has."""
    UNSURE = "not sure"
    """Inferred from the order of what looks the same."""


@dataclass(frozen=True, slots=True)
class Link:
    """From what brought something about to what that was."""

    kind: LinkKind
    source: Place
    target: Place
    alike: int = 0
    """How many others look the same, so that which of them belong together is told by their order alone."""
    noted: bool = False
    """Whether the session that recorded both noted it when it happened, so that nothing of it is inferred."""

    contradicted: bool = False
    """Whether something else was noted, which does not fit what the chains hold."""
    guessed: bool = False
    """Whether it is told by order alone which chain is that of one of its ends."""

    @property
    def basis(self) -> Basis:
        """How it is known."""
        if self.noted:
            return Basis.NOTED
        return Basis.UNSURE if self.alike or self.contradicted or self.guessed else Basis.INFERRED


class Misfit(StrEnum):
    """Why what is noted of an event counts for nothing, to stand behind a colon."""

    KIND = "links of that kind are not known here"
    ABSENT = "the chain of that actor is not here"
    LATER = "that does not come before"
    ENDED = "that chain ends before it"
    OTHER = "what that says is something else"
    TAKEN = "another event is noted to come from that, too"


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is noted of an event and does not fit what the chains hold."""

    place: Place
    trigger: Trigger
    number: int | None
    """That of the actor which is noted."""
    why: Misfit
