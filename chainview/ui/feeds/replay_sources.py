"""Replays that a screen shows, begun after its first frame: that of a chain, and that of a family."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from chainview.ui.widgets.keys import Scope

if TYPE_CHECKING:
    # The bases name them as texts, which is no use to ruff.
    from chainview.workbench.family_thread import FamilyReplayThread  # noqa: F401
    from chainview.workbench.module_look import ModuleLook
    from chainview.workbench.replay_thread import ReplayThread


class _Running(Protocol):
    """A replay on a thread of its own."""

    def start(self) -> None: ...
    def close(self) -> None: ...


_Replay = TypeVar("_Replay", bound=_Running)


class _Source(Generic[_Replay]):
    """A replay that is begun after the first frame."""

    roster = None
    number = 0

    def __init__(self, replay: Callable[[], _Replay], name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._make = replay
        self._replay: _Replay | None = None

    @property
    def replay(self) -> _Replay:
        """The replay, once it is opened."""
        assert self._replay is not None
        return self._replay

    def open(self) -> None:
        """Begins the replay."""
        self._replay = self._make()
        self._replay.start()

    def abandon(self) -> None:
        """Opening waits for nobody here."""

    def path(self) -> Path | None:
        """The recorded chain, or the folder of them."""
        return self._path

    def close(self) -> None:
        """Ends the replay."""
        if self._replay is not None:
            self._replay.close()


class ReplaySource(_Source["ReplayThread"]):
    """A replay of a chain file; with `watch` it is run again whenever the module of that name has changed."""

    scope = Scope.REPLAY

    def __init__(self, replay: Callable[[], ReplayThread], name: str, path: Path, watch: str = "") -> None:
        super().__init__(replay, name, path)
        self._watch = watch
        self._look: ModuleLook | None = None
        self._next: ReplayThread | None = None

    def open(self) -> None:
        """Begins the replay, and to look at the module."""
        if self._watch:
            from chainview.workbench.module_look import ModuleLook

            self._look = ModuleLook(self._watch)
        super().open()

    @property
    def look(self) -> ModuleLook | None:
        """What tells when to run it again."""
        return self._look

    def once_more(self) -> ReplayThread:
        """Begins the replay once more, beside the one that is shown."""
        self._next = self._make()
        self._next.start()
        return self._next

    def go_on_with(self, replay: ReplayThread) -> ReplayThread:
        """Takes another replay for the one that is shown; returns the one before, which is still to be closed."""
        before, self._replay, self._next = self.replay, replay, None
        return before

    def close(self) -> None:
        """Ends both."""
        super().close()
        if self._next is not None:
            self._next.close()

    @property
    def differs(self) -> bool:
        """Whether the replay has found a difference that nobody accepted, as far as it is known."""
        progress = None if self._replay is None else self._replay.progress
        if progress is None or progress.explanation is None:
            return progress is not None and progress.first_mismatch is not None
        return not progress.explanation.passes

    @property
    def exit_code(self) -> int:
        """1 where something differs that nobody accepted, that of its failure where it could not be made, else 0."""
        failure = None if self._replay is None else self._replay.progress.failure
        return int(self.differs) if failure is None else failure.exit_code

    @property
    def unfinished(self) -> bool:
        """Whether the replay was ended before its end."""
        return self._replay is not None and (not self._replay.progress.over or self._replay.stopped)


class FamilyReplaySource(_Source["FamilyReplayThread"]):
    """A replay of a family."""

    scope = Scope.FAMILY

    @property
    def exit_code(self) -> int:
        """What the report's would be; of a replay that has not come to its end, 1 where a member differs."""
        if self._replay is None:
            return 0
        progress = self._replay.progress
        if progress.failure is not None:
            return progress.failure.exit_code
        if progress.findings is not None and not progress.stopped:
            return progress.findings.exit_code
        found = (self._replay.found(member.number) for member in self._replay.family.members)
        return int(any(each is not None and each.differs for each in found))

    @property
    def unfinished(self) -> bool:
        """Whether the replay was ended before its end."""
        return self._replay is not None and (not self._replay.progress.over or self._replay.progress.stopped)
