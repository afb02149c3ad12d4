"""What goes on beside an actor: begun once, told of builds, ended as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from chainview.actor.session.session import Session
from chainview.replay.run.build_notes import BuildState
from chainview.system.errors import ChainviewError
from chainview.workbench.build import Build
from chainview.workbench.build_watch import BuildWatch
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.builder import Builder
from chainview.workbench.rebuilding.suite_run import SuiteRun
from chainview.workbench.rebuilding.workshop import Workshop


@dataclass
class Played:
    """A builder or a suite that only notes what is done."""

    done: list[object] = field(default_factory=list)
    told: Callable[[Attempt], None] = print

    def start(self) -> None:
        self.done.append("start")

    def begin(self, number: int) -> None:
        self.done.append(number)

    def stop(self, why: str) -> None:
        self.done.append(why)

    def close(self) -> None:
        self.done.append("close")


@dataclass
class PlayedWatch:
    """A watch whose newest build is the test's."""

    build: Build = field(default_factory=lambda: Build(1, "first", BuildState.TAKEN))
    newest: Any = None


@dataclass
class PlayedSession:
    """A session without a module."""

    loaded: None = None


def played(suite: Played | ChainviewError) -> tuple[Workshop, Played]:
    """A workshop, and its builder."""
    builder = Played()

    def make_builder(told: Callable[[Attempt], None]) -> Builder:
        builder.told = told
        return cast("Builder", builder)

    def make_suite() -> SuiteRun:
        if isinstance(suite, ChainviewError):
            raise suite
        return cast("SuiteRun", suite)

    return Workshop(make_builder, make_suite), builder


def test_each_new_build_goes_through_the_suite_once() -> None:
    """Whatever else is told of it; one that can't be used ends what runs."""
    suite = Played()
    workshop, builder = played(suite)
    workshop.start()
    workshop.start()
    watch = cast("BuildWatch", PlayedWatch())
    workshop.begin(cast("Session", PlayedSession()), watch)
    for number, state in ((1, BuildState.TAKEN), (2, BuildState.CHECKING), (2, BuildState.DIVERGED)):
        workshop.told(Build(number, "", state), watch)
    workshop.told(Build(3, "", BuildState.BROKEN), watch)
    builder.told(Attempt(9, Stage.FAILED))
    assert [each.key for each in workshop.builds.all()] == ["1", "2", "3", "attempt 9"]
    workshop.close()
    assert suite.done == [2, "build 3 can't be used, so that the suite has nothing to try", "close"]
    assert builder.done == ["start", "close"]


def test_without_a_suite_it_is_known_why() -> None:
    """Builds are told all the same; one that is closed never begins."""
    workshop, builder = played(ChainviewError("there is no chainview.toml"))
    workshop.start()
    assert workshop.without_suite == "there is no chainview.toml"
    watch = cast("BuildWatch", PlayedWatch())
    workshop.begin(cast("Session", PlayedSession()), watch)
    workshop.told(Build(2, "", BuildState.CHECKING), watch)
    workshop.close()
    closed, builder = played(Played())
    closed.close()
    closed.start()
    assert builder.done == ["close"]
    bare = Workshop()
    bare.start()
    bare.close()
    assert bare.suite is None
