"""Builds that saves begin: one at a time, ended by the next, each told."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainview.system.errors import ChainviewError
from chainview.workbench.rebuilding import builder as of_builder
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.builder import OWN_FILE, Builder
from tests.waiting import LIMIT, eventually

COPIES = "cp src/a.txt out.wasm"


class Building:
    """A builder in a folder, and what it tells."""

    def __init__(self, folder: Path, command: str) -> None:
        self.folder = folder
        self._told: queue.Queue[Attempt] = queue.Queue()
        self.builder = Builder(command, [folder / "src"], lambda: folder / "out.wasm", self._told.put, folder)

    def save(self, text: str) -> None:
        """Saves a source, as an editor does."""
        beside = self.folder / "src" / ".new"
        beside.write_text(text)
        beside.replace(self.folder / "src" / "a.txt")

    def next(self, stage: Stage) -> Attempt:
        """The next build that comes to this; whatever is told before is passed over."""
        while (attempt := self._told.get(timeout=LIMIT)).stage is not stage:
            assert attempt.stage in (Stage.BUILDING, Stage.ENDED), attempt
        return attempt

    def start(self) -> Building:
        """Begins."""
        self.builder.start()
        return self


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One with a source."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.txt").write_text("one")
    return tmp_path


@pytest.fixture
def begun() -> Iterator[list[Building]]:
    """Closes what was begun."""
    held: list[Building] = []
    yield held
    for each in held:
        each.builder.close()


def test_a_missing_module_is_built_at_once_and_each_save_builds_anew(folder: Path, begun: list[Building]) -> None:
    """A build that leaves the same bytes says so, one that fails how, with its errors counted."""
    fails = "grep -q bad src/a.txt && echo 'error: it is bad' && exit 7; " + COPIES
    building = Building(folder, fails)
    begun.append(building)
    assert building.builder.attempt is None
    assert not building.builder.has_module
    building.start()
    assert building.next(Stage.BUILT).number == 1
    building.builder.wait_for_module()
    assert (folder / "out.wasm").read_text() == "one"
    building.save("two")
    assert building.next(Stage.BUILT).forms[0].startswith("built in ")
    building.builder.build_now()
    assert building.next(Stage.SAME).forms[-1] == "built the same"
    building.save("bad")
    failed = building.next(Stage.FAILED)
    assert (failed.errors, failed.how, failed.cause) == (1, "exit code 7", "error: it is bad")
    assert failed.forms == ("build failed: 1 error", "build failed")
    assert building.builder.output.lines[-1] == "── ended with exit code 7 ──"
    building.save("three")
    assert building.next(Stage.BUILT).number == 5
    assert (folder / "out.wasm").read_text() == "three"


def test_a_module_that_is_there_is_built_only_where_it_is_older(folder: Path, begun: list[Building]) -> None:
    """What is younger than its sources waits for the first save."""
    (folder / "out.wasm").write_text("there")
    os.utime(folder / "out.wasm", (2 * 10**9, 2 * 10**9))
    young = Building(folder, COPIES).start()
    begun.append(young)
    young.builder.wait_for_module()
    assert young.builder.attempt is None
    young.builder.close()
    os.utime(folder / "out.wasm", (10**9, 10**9))
    old = Building(folder, COPIES).start()
    begun.append(old)
    assert old.next(Stage.BUILT).number == 1


def test_a_build_that_still_runs_at_the_next_save_is_ended_with_its_children(
    folder: Path, begun: list[Building]
) -> None:
    """Nothing of it is left, and the next one is not held up."""
    os.mkfifo(folder / "held")
    slow = "exec 3> held; (sleep 1000) & wait"
    building = Building(folder, f"if grep -q slow src/a.txt; then {slow}; fi; {COPIES}")
    begun.append(building)
    building.save("slow")
    building.start()
    with (folder / "held").open("rb") as held:
        building.save("quick")
        # All who could write are gone.
        assert held.read() == b""
    assert building.next(Stage.ENDED).number == 1
    assert building.next(Stage.BUILT).number >= 2
    assert (folder / "out.wasm").read_text() == "quick"


def test_the_end_of_all_ends_the_build(folder: Path) -> None:
    """And who waits for a module is told that there will be none."""
    os.mkfifo(folder / "held")
    building = Building(folder, "exec 3> held; sleep 1000").start()
    with (folder / "held").open("rb") as held:
        attempt = building.builder.attempt
        assert attempt is not None
        assert attempt.forms[-1] == "building…"
        building.builder.close()
        assert held.read() == b""
    with pytest.raises(ChainviewError, match="it was not built to the end"):
        building.builder.wait_for_module()
    building.builder.close()


def test_of_many_saves_at_once_the_last_is_built(folder: Path, begun: list[Building]) -> None:
    """However many builds that takes."""
    building = Building(folder, COPIES).start()
    begun.append(building)
    for number in range(30):
        building.save(f"save {number}")
    eventually(lambda: (folder / "out.wasm").exists() and (folder / "out.wasm").read_text() == "save 29")


def test_a_command_that_makes_no_module_or_cannot_be_run_says_so(folder: Path, begun: list[Building]) -> None:
    """The next save tries again."""
    building = Building(folder, "true").start()
    begun.append(building)
    none = building.next(Stage.NO_MODULE)
    assert none.cause == f"the command ended well, and there is no module {folder / 'out.wasm'}"
    assert none.stage.is_failure
    assert none.forms[-1] == "no module was built"
    lost = Building(folder / "src", "true\0")
    begun.append(lost)
    lost.builder.build_now()
    assert "null byte" in lost.next(Stage.FAILED).cause


def test_a_module_that_cannot_be_used_waits_for_the_next_build(folder: Path, begun: list[Building]) -> None:
    """Also one that was there before anything was built, for which a build is begun."""
    (folder / "out.wasm").write_text("one")
    os.utime(folder / "out.wasm", (2 * 10**9, 2 * 10**9))
    building = Building(folder, COPIES).start()
    begun.append(building)
    builder = building.builder
    assert builder.has_module
    builder.refuse(ChainviewError("it is no module"), builder.built)
    assert building.next(Stage.SAME).number == 1
    builder.wait_for_module()
    assert builder.refused == ""
    builder.refuse(ChainviewError("it is still no module"), builder.built)
    assert not builder.has_module
    assert builder.refused == "it is still no module"
    assert builder.output.lines[-1] == "error: it is still no module"
    building.save("two")
    building.next(Stage.BUILT)
    builder.wait_for_module()
    assert builder.refused == ""


def test_builds_that_write_their_own_sources_come_to_an_end(
    folder: Path, begun: list[Building], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each build writes begins none any more, and that is told; a lock file of cargo's never does."""
    monkeypatch.setattr(of_builder, "MOST_IN_A_ROW", 3)
    writes = "date +%s%N > src/made.rs; date +%s%N > src/Cargo.lock"
    building = Building(folder, f"{writes}; {COPIES}").start()
    begun.append(building)
    eventually(lambda: building.builder.trouble.short == OWN_FILE)
    assert "made.rs" in building.builder.trouble.sentence
    number = building.builder.attempt
    assert number is not None
    building.save("by a person")
    eventually(lambda: (folder / "out.wasm").read_text() == "by a person")


def test_the_watch_of_the_sources_says_how_it_is(folder: Path, begun: list[Building]) -> None:
    """All is well at first."""
    building = Building(folder, COPIES)
    begun.append(building)
    assert building.builder.trouble.short == ""
