"""What host interfaces know of the other actors of a family: who they are, what can be asked of them, how they end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeVar
from uuid import uuid4

from chainview.actor.manifest import Target
from chainview.chain.event import Event, Trigger
from chainview.chain.lifecycle import STOPPED, Lifecycle
from chainview.pack.cgrf import DecodeError, decode
from chainview.pack.literal import format_literal
from chainview.pack.values import Value

_T = TypeVar("_T")
_SHORT = 7
_LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True)
class ActorError:
    """Why a call of an actor failed, as Theater's `ActorError` has it: its kind, and what it displays."""

    kind: str
    text: str


CHANNEL_CLOSED = ActorError("channel-closed", "Operation channel closed")
"""What becomes of a call of an actor that has ended."""


def internal_error(event: Event) -> ActorError:
    """That of a call which ended in this wasm-error."""
    return ActorError("internal", f"Internal error: {_displayed(event)}")


def _displayed(event: Event) -> str:
    """An event as Theater displays it where no terminal colours it (theater-chain 0.3.11, chain_event.rs)."""
    parent = "(root)" if event.parent is None else f"(parent: {event.parent.hex()[:_SHORT]}...)"
    try:
        content = format_literal(decode(event.payload))
    except DecodeError:
        content = _text(event.payload)
    return f"Event[{event.hash.hex()[:_SHORT]}] {parent} {event.event_type} {content}"


def _text(payload: bytes) -> str:
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return f"{len(payload)} bytes"
    return f"'{text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + '...'}'"


class CallbackFailed(Exception):
    """A call that an interface made of an actor failed, or can't be made."""

    def __init__(self, error: ActorError) -> None:
        super().__init__(error.text)
        self.error = error


class Way(Enum):
    """How an actor ended."""

    COMPLETED = "completed"
    """It asked to end."""
    FAILED = "failed"
    STOPPED = "stopped"
    """Another one, or the person, ended it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an actor ended: with what error where it failed, with what bytes where it asked to."""

    actor_id: str
    way: Way
    error: ActorError | None = None
    data: bytes | None = None
    ending: Lifecycle | None = None
    """As the main branch records it; None where it recorded nothing of that."""
    events: int = 0
    """How many its chain holds."""


class SpawnStage(Enum):
    """Where a spawn failed."""

    MODULE = "module"
    """Its bytes are no module that can be run."""
    IMPORTS = "imports"
    """It imports what it does not get."""
    SETUP = "setup"
    INIT = "init"


class SpawnFailed(Exception):
    """A child could not be spawned, for this reason; the text is what the registry's runtime answers.

    That does not tell why a module can't be run, but the id that the child would have had.
    """

    def __init__(self, reason: str, stage: SpawnStage = SpawnStage.SETUP, child_id: str | None = None) -> None:
        super().__init__(_told(reason, stage, child_id or str(uuid4())))
        self.reason, self.stage = reason, stage


def _told(reason: str, stage: SpawnStage, child_id: str) -> str:
    not_made = f"Actor setup failed: Setup error: Failed to instantiate actor {child_id}"
    match stage:
        case SpawnStage.MODULE:
            return f"{not_made}: Failed to load WASM module with Pack runtime"
        case SpawnStage.IMPORTS:
            return f"{not_made}: Failed to instantiate Pack module"
        case SpawnStage.INIT:
            return f"actor.init failed: {reason}"
    return f"Actor setup failed: {reason}"


@dataclass(frozen=True, slots=True)
class Child:
    """What is to be spawned: what its manifest names, the module's bytes, and the state that its init is given.

    One that is resumed begins `with_init` false: nobody calls that.
    """

    target: Target
    module: bytes
    state: Value
    with_init: bool = True


class Member(Protocol):
    """A living actor of the family, asked from any thread."""

    @property
    def actor_id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...
    @property
    def target(self) -> Target:
        """What it runs, and what its manifest says."""
        ...

    @property
    def exported(self) -> tuple[str, ...]:
        """The interfaces that it declares to export."""
        ...

    def call_back(self, function: str, params: Value, trigger: Trigger | None = None) -> Future[Value]: ...
    def state_now(self) -> Future[Value]:
        """Its state once the call that runs has ended; fails with CallbackFailed where it ends."""
        ...

    @property
    def recorded(self) -> int:
        """How many events its chain holds by now."""
        ...

    def watch(self, told: Callable[[Event, int], None]) -> Callable[[], None]:
        """Lets `told` be told of each event that it records, with its number, until the result is called.

        That is on its thread.
        """
        ...

    def stop(self, ending: Lifecycle = STOPPED, trigger: Trigger | None = None) -> None:
        """Ends it once the running call is done; the main branch records that as `ending`."""
        ...

    def kill(self, trigger: Trigger | None = None) -> None:
        """Ends it at once, with the call that runs; to be repeated until it is over."""
        ...

    @property
    def over(self) -> Future[Ended]:
        """How it ended, once it has."""
        ...


class Family(Protocol):
    """The actors of one session, asked from any thread."""

    def living(self, actor_id: str) -> Member | None: ...
    def all_living(self) -> tuple[Member, ...]:
        """The living actors, oldest first."""
        ...

    def watch_spawns(self, told: Callable[[Member], None]) -> Callable[[], None]:
        """Lets `told` be told of each actor whose init is done, on its thread, until the result is called."""
        ...

    def stop_all(self, trigger: Trigger | None = None) -> None:
        """Ends every actor once its running call is done; nothing can be spawned any more."""
        ...

    def spawn(self, trigger: Trigger, child: Child, on_end: Callable[[Ended], None]) -> Future[Member]:
        """Spawns a child of the trigger's actor: the future has it once its init is done, or fails with SpawnFailed.

        `on_end` is told how it ended, on a thread of its own, also where its init failed.
        """
        ...

    def shared(self, name: str, make: Callable[[], _T]) -> _T:
        """What the interfaces of that name share in this family, made when it is asked for first."""
        ...
