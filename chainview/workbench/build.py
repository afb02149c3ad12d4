"""A build of a running actor's module: how far its check is, known without the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chainview.actor.watch.trouble import WatchTrouble
from chainview.chain.words.spans import Forms
from chainview.replay.run.build_notes import BuildState
from chainview.system.wording import plural


@dataclass(frozen=True, slots=True)
class Build:
    """A build: its number, from 1 for the one that was started, its SHA-256, and how its check went.

    `same` of `events` recorded events were replayed equal. `message` says why it is broken, or what differs first.
    """

    number: int
    sha256: str
    state: BuildState
    same: int = 0
    events: int = 0
    message: str = ""
    other_state: bool = False
    """Whether its state has another type, so that it can go on from no state but the one that its own replay leaves."""
    brief: Forms = ()
    """The message in fewer and fewer words; empty where it is short."""
    causes: tuple[str, ...] = ()
    """What it does differently, a line for each cause that would be accepted with it."""
    again: int = 0
    """The number of the first build of the same bytes; 0 for one that there was not before."""
    time_ns: int = 0
    """When that was recorded in which it differs first, in ns since the Unix epoch; 0 where nobody knows."""

    @property
    def text(self) -> str:
        """One line for a status line."""
        if self.message:
            return f"{self.name}: {self.message}"
        if self.state is BuildState.IDENTICAL:
            return f"{self.name}: identical, {self.same:,} of {plural(self.events, 'event')}"
        return f"{self.name}: {self.state}"

    @property
    def name(self) -> str:
        """The build by its number, and that it is an earlier one again."""
        return f"build {self.number}{f' is build {self.again} again' if self.again else ''}"

    @property
    def forms(self) -> Forms:
        """What it comes to in fewer and fewer words, for where it stands beside other things."""
        whole = [f"{self.name}: {each}" for each in self.brief] or [self.text]
        return tuple(dict.fromkeys([*whole, f"{self.name}: {self.state}"]))


class BuildWatchLike(Protocol):
    """What watches the module of a running actor for new builds, or plays it in a test."""

    @property
    def trouble(self) -> WatchTrouble: ...
    def start(self) -> None: ...
    def take(self) -> None: ...
    def keep(self) -> None: ...
    def judge_again(self) -> None: ...
    def look_at_rules(self) -> None: ...
    def stop(self) -> bool: ...
    def close(self) -> None: ...
