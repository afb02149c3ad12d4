"""What a session does at a moment, and a session as those see it who look at it: known without the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from chainview.chain.files.native.rescue import Loss
from chainview.chain.state_chain import StateChain
from chainview.system.errors import ChainviewError

if TYPE_CHECKING:
    from chainview.actor.exports import CallRefused, Export


class Phase(StrEnum):
    """What a session is doing."""

    STARTING = "starting"
    RUNNING = "running"
    IDLE = "idle"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether the actor has ended, so that it takes no more calls."""
        return self in (Phase.ENDED, Phase.FAILED)


@dataclass(frozen=True, slots=True)
class Status:
    """A session at one moment."""

    phase: Phase
    actor: str
    function: str | None = None
    """The symbol of the call that runs."""
    since_ns: int = 0
    """When it began, in ns of the monotonic clock."""
    calls: int = 0
    """Calls that have returned."""
    timers: tuple[str, ...] = ()
    waiting: int = 0
    """Calls that wait for their turn."""
    message: str = ""
    """Why it ended or failed, in one sentence."""
    awaited: str = ""
    """The actor that the call waits for, where it does."""


class SessionLike(Protocol):
    """A session, or what plays one in a test."""

    @property
    def actor_id(self) -> str: ...
    @property
    def parent_id(self) -> str | None:
        """The id of the actor that spawned it; None for a root."""
        ...

    @property
    def can_be_watched(self) -> bool:
        """Whether its module was loaded from a file, whose new builds are builds of it."""
        ...

    def tell_of_family(self, told: Callable[[SessionLike], None]) -> None:
        """Lets `told` be told of each actor of its family that is about to begin, on any thread."""
        ...

    @property
    def chain(self) -> StateChain: ...
    @property
    def chain_path(self) -> Path | None: ...
    @property
    def family_folder(self) -> Path | None:
        """The folder of all chains of its family, where that may be more than one actor."""
        ...

    @property
    def failure(self) -> ChainviewError | None: ...
    @property
    def loss(self) -> Loss | None: ...
    @property
    def rescues(self) -> Sequence[str]: ...
    @property
    def paused(self) -> bool: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...
    @property
    def news(self) -> tuple[str, ...]:
        """What a person is told of its family's actors while they run, such as where one listens; oldest first."""
        ...

    @property
    def unfinished(self) -> bool: ...
    def start(self) -> None: ...
    def wait_started(self) -> ChainviewError | None: ...
    def status(self) -> Status: ...
    def exports(self) -> Sequence[Export]: ...
    def check(self, text: str) -> CallRefused | None: ...
    def call(self, text: str) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def interrupt(self) -> bool: ...
    def rescue(self) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...
