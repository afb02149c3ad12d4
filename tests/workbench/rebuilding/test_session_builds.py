"""The builds of a session, and what is made of them once more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chainview.actor.engine.loading import LoadedModule, load_module
from chainview.actor.manifest import Target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Verdict
from chainview.replay.run.build_notes import BuildState
from chainview.system.errors import ChainviewError
from chainview.workbench.build import Build
from chainview.workbench.rebuilding import session_builds as of_builds
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.session_builds import SessionBuilds
from chainview.workbench.replay_thread import ReplayThread
from tests.commands.running import SAMPLES

PRICING = SAMPLES / "pricing"


def module(fault: str = "") -> LoadedModule:
    """A build of the actor: the correct one, or one of the faults."""
    return load_module(PRICING / (f"faults/{fault}.wasm" if fault else "pricing.wasm"))


def build_of(number: int, loaded: LoadedModule, state: BuildState = BuildState.CHECKING) -> Build:
    """As a watch tells it."""
    return Build(number, loaded.file.sha256, state)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """One that has recorded a call."""
    calls = ('set-rate("tea", 450u64)',)
    target = Target(PRICING / "pricing.wasm", "pricing")
    held = Session(Options(target, output=tmp_path / "s.chain", calls=calls, stub=True))
    held.start()
    held.wait_quiet()
    yield held
    held.close()


@pytest.fixture
def builds(session: Session) -> SessionBuilds:
    """Those of that session, which has begun."""
    held = SessionBuilds()
    assert session.loaded is not None
    held.begin(session, build_of(1, session.loaded, BuildState.TAKEN), session.loaded)
    return held


def explained(replay: ReplayThread) -> Explanation:
    """What a replay comes to."""
    replay.start()
    replay.wait()
    found = replay.progress.explanation
    assert found is not None, replay.progress.failure
    return found


def test_what_becomes_of_a_build_is_kept_with_its_size(builds: SessionBuilds) -> None:
    """A run of the command that failed is one of them, one that went well is the build that follows."""
    other = module("number-format")
    builds.came(build_of(2, other), other)
    builds.came(build_of(2, other, BuildState.DIVERGED), None)
    builds.came(Build(3, "", BuildState.BROKEN), other)
    builds.attempted(Attempt(7, Stage.BUILT, ended_ns=5))
    builds.attempted(Attempt(8, Stage.FAILED, errors=2, cause="error: bad", ended_ns=6))
    first, second, third, failed = builds.all()
    assert (first.name, second.name, failed.name) == ("build 1", "build 2", "no build")
    assert second.build is not None
    assert second.build.state is BuildState.DIVERGED
    assert (second.size, second.is_held) == (len(other.file.data), True)
    assert (third.size, third.is_held) == (0, False)
    assert failed.time_ns == 6
    with pytest.raises(ChainviewError, match="no module was made then: error: bad"):
        builds.replay("attempt 8")
    with pytest.raises(ChainviewError, match="is no module that could be replayed"):
        builds.replay("3")


def test_a_build_is_replayed_though_its_file_is_another_by_now(builds: SessionBuilds) -> None:
    """As it was when it came."""
    other = module("number-format")
    builds.came(build_of(2, other), other)
    first, second = builds.replay("1"), builds.replay("2")
    assert explained(first).verdict is Verdict.IDENTICAL
    found = explained(second)
    assert [each.code for each in found.causes] == [Code.COSMETIC]
    assert second.name == "replay of s.chain by build 2"
    first.close()
    second.close()


def test_two_builds_are_laid_against_each_other(builds: SessionBuilds) -> None:
    """By what each makes of the chain; what is accepted of one of them is another matter."""
    other = module("number-format")
    builds.came(build_of(2, other), other)
    replay = builds.against("2", "1")
    found = explained(replay)
    assert replay.name == "build 2 ↔ build 1"
    assert replay.made_by == ("build 2", "build 1")
    (cause,) = found.causes
    assert cause.code is Code.COSMETIC
    assert ("4.5" in (cause.recorded or ""), "4.50" in (cause.now or "")) == (True, True)
    assert replay.now is not None
    assert replay.begun is not None
    assert len(replay.now) == len(replay.begun.table)
    assert replay.recorded is replay.begun.table
    with pytest.raises(ChainviewError, match="two builds are compared here"):
        replay.accept(None)  # type: ignore[arg-type]
    replay.close()
    same = builds.against("1", "1")
    assert explained(same).verdict is Verdict.IDENTICAL
    same.close()


def test_comparing_is_stopped_when_nobody_looks_any_more(builds: SessionBuilds) -> None:
    """Also one that has not begun."""
    replay = builds.against("1", "1")
    replay.stop()
    replay.start()
    replay.wait()
    assert replay.progress.failure is not None
    assert "was stopped" in replay.progress.failure.sentence
    replay.close()


def test_the_modules_of_old_builds_are_let_go(builds: SessionBuilds, monkeypatch: pytest.MonkeyPatch) -> None:
    """By number and by bytes; which, is known, and very old builds are not listed any more."""
    other = module("number-format")
    monkeypatch.setattr(of_builds, "MOST_MODULES", 3)
    for number in range(2, 6):
        builds.came(build_of(number, other), other)
    assert [each.is_held for each in builds.all()] == [False, False, True, True, True]
    monkeypatch.setattr(of_builds, "MOST_BYTES", 1)
    builds.came(build_of(6, other), other)
    assert [each.key for each in builds.all() if each.is_held] == ["5", "6"]
    with pytest.raises(ChainviewError, match="is not held any more"):
        builds.against("1", "6")
    monkeypatch.setattr(of_builds, "MOST_BUILDS", 2)
    builds.came(build_of(7, other), other)
    assert [each.key for each in builds.all()] == ["6", "7"]
    assert builds.let_go == 5


def test_without_a_session_nothing_is_replayed() -> None:
    """There is no chain yet."""
    with pytest.raises(ChainviewError, match="there is no chain yet"):
        SessionBuilds().replay("1")
