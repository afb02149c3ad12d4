"""`chainview shrink`."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from chainview.suite.settings import FILE
from chainview.suite.shrink.chain_shrink import ChainShrink
from chainview.suite.shrink.remaker import Remaker
from chainview.suite.shrink.selection import Made, Selection
from tests.actor.running import sample
from tests.commands.running import SAMPLES, finished_here
from tests.suite.folders import counted
from tests.suite.shrink.folders import edited_counter, two_guilty
from tests.waiting import LIMIT

pytestmark = pytest.mark.once

COUNT = 30


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A build that differs and a chain with two guilty calls, in the folder where the command runs."""
    monkeypatch.chdir(tmp_path)
    return [str(edited_counter(tmp_path)), str(two_guilty(tmp_path, COUNT))]


def test_the_short_chain_is_written_and_told(case: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the difference that it keeps and how much was tried; as one object too; it can be verified and replayed."""
    found = finished_here(capsys, "shrink", *case, "-o", "small.chain")
    assert (found.code, found.err) == (0, "")
    first, second, third = found.out.splitlines()
    assert first == f"small.chain: 3 of {COUNT + 1} calls, 8 of {3 * COUNT + 3} events"
    assert second.startswith("still differs by C8: sample:counter/counter.increment fails for another reason")
    assert third.startswith("no call and no host call more can go; ")
    assert finished_here(capsys, "verify", "small.chain").code == 0
    assert finished_here(capsys, "replay", str(sample("counter")), "small.chain").code == 0
    assert finished_here(capsys, "replay", case[0], "small.chain").code == 1
    found = finished_here(capsys, "shrink", *case, "-o", "small.chain", "--force", "--json")
    told = json.loads(found.out)
    assert (told["calls"], told["code"], told["minimal"], told["proven"]) == (3, "C8", True, True)


def test_what_is_told_is_what_differs_in_the_short_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the places at which the recorded chain differs only those that are left."""
    monkeypatch.chdir(tmp_path)
    pricing = SAMPLES / "pricing"
    words = [str(pricing / "faults" / "changed-argument.wasm"), str(pricing / "workloads" / "short.chain")]
    told = finished_here(
        capsys, "shrink", *words, "-o", "small.chain", "--recorded-module", str(pricing / "pricing.wasm")
    )
    assert told.code == 0
    (line,) = (each for each in told.out.splitlines() if each.startswith("still differs by C1: "))
    assert line.endswith('now "offer 1 for Ada: 2 lines"')


def test_a_chain_that_does_not_differ_is_not_written(
    tmp_path: Path, case: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Which is exit code 1."""
    (tmp_path / "c.chain").write_bytes(counted())
    found = finished_here(capsys, "shrink", case[0], "c.chain", "-o", "small.chain")
    assert (found.code, found.out) == (1, "")
    assert "does not differ: nothing was written" in found.err
    assert not Path("small.chain").exists()


def test_what_can_t_be_written_or_shrunk_is_told_before_anything_runs(
    case: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The chain itself, what is there already, no folder, standard output, a folder of chains."""
    Path("there.chain").write_text("")
    Path("family").mkdir()
    Path("family", "0-counter.chain").write_bytes(counted())
    Path("family", "1-counter.chain").write_bytes(counted())
    for words, sentence in (
        ((*case, "-o", case[1], "--force"), "is the chain itself"),
        ((*case, "-o", "there.chain"), "exists already"),
        ((*case, "-o", "gone/small.chain"), "there is no folder"),
        ((*case, "-o", "-"), "not written to standard output"),
        ((case[0], "family", "-o", "small.chain"), "several actors"),
        ((case[0], "gone.chain", "-o", "small.chain"), "gone.chain"),
        (("gone.wasm", case[1], "-o", "small.chain"), "gone.wasm"),
    ):
        found = finished_here(capsys, "shrink", *words)
        assert (found.code, found.out) == (2, "")
        assert sentence in found.err
    assert Path("there.chain").read_text() == ""


def test_the_suite_s_recorded_modules_are_found(
    tmp_path: Path, case: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder that the nearest chainview.toml names; without them it is told that nothing is proven."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    found = finished_here(capsys, "shrink", *case, "-o", "small.chain")
    assert found.code == 0
    assert "nothing is proven: the recorded module" in found.out
    Path("modules").mkdir()
    Path("modules", "before.wasm").write_bytes(sample("counter").read_bytes())
    Path(FILE).write_text('module = "edited.wasm"\nmodules = "modules"\n')
    found = finished_here(capsys, "shrink", *case, "-o", "small.chain", "--force")
    assert "no call and no host call more can go" in found.out


class Ended:
    """Lets a search come to its so many-th chain, and be ended in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int, end: bool) -> None:
        self._count = 0
        stopped, make, stop = threading.Event(), Remaker.make, ChainShrink.stop

        def making(remaker: Remaker, selection: Selection) -> Made | None:
            self._count += 1
            if self._count == most:
                if end:
                    os.kill(os.getpid(), signal.SIGINT)
                assert stopped.wait(LIMIT)
            return make(remaker, selection)

        def stopping(shrink: ChainShrink) -> None:
            # It is asked for again and again.
            if self._count >= most:
                stop(shrink)
                stopped.set()

        monkeypatch.setattr(Remaker, "make", making)
        monkeypatch.setattr(ChainShrink, "stop", stopping)


@pytest.mark.parametrize("by_signal", [True, False])
def test_what_was_found_when_it_was_ended_is_written(
    case: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, by_signal: bool
) -> None:
    """By ^C, with its exit code, or because the time was over, which is no failure."""
    Ended(monkeypatch, 5, by_signal)
    bound = () if by_signal else ("--for", "10ms")
    found = finished_here(capsys, "shrink", *case, "-o", "small.chain", *bound)
    assert found.code == (130 if by_signal else 0)
    assert "not the shortest yet" in found.out
    assert finished_here(capsys, "replay", str(sample("counter")), "small.chain").code == 0


def test_a_search_that_is_ended_too_early_writes_nothing(
    case: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says so."""
    Ended(monkeypatch, 1, True)
    found = finished_here(capsys, "shrink", *case, "-o", "small.chain")
    assert (found.code, found.out) == (130, "")
    assert "nothing was written" in found.err
    assert not Path("small.chain").exists()
