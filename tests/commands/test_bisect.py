"""`chainview bisect`."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from tests.actor.running import sample
from tests.commands.running import finished_here
from tests.suite.bisect.repositories import BUILD, MODULE, History, history, needs_git
from tests.suite.folders import damaged
from tests.suite.shrink.folders import edited_counter, two_guilty
from tests.waiting import eventually

pytestmark = pytest.mark.once

__all__ = ["history"]
COUNT = 32
GIT = ("--build", BUILD, "--module", MODULE)


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """So many builds, the 23rd the first that differs; the 16th and the 17th are no modules."""
    monkeypatch.chdir(tmp_path)
    two_guilty(tmp_path, 5)
    same, differs = sample("counter").read_bytes(), edited_counter(tmp_path).read_bytes()
    names = [f"{number:02}.wasm" for number in range(1, COUNT + 1)]
    for number, name in enumerate(names, 1):
        data = b"junk" if number in (16, 17) else same if number < 23 else differs
        Path(name).write_bytes(data)
    return names


def test_the_first_of_many_builds_is_found(builds: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With its cause, by few of them, which are told as they come; options may stand in front of them."""
    found = finished_here(capsys, "bisect", "guilty.chain", "--timeout", "20s", *builds)
    assert found.code == 0
    first, last, count, skipped, *report = found.out.splitlines()
    assert first == "first that differs:  23.wasm (23 of 32)"
    assert last == "last identical:      22.wasm (22 of 32)"
    assert count.startswith("9 of 32 builds tried, 1 of them skipped · ")
    assert skipped.startswith("skipped:             16.wasm (16 of 32): 16.wasm is no WebAssembly module")
    assert report[1].startswith("DIVERGES at event")
    assert "can't fit in an s32" in found.out
    told = found.err.splitlines()
    assert told[0] == "build 1 of about 7: 01.wasm (1 of 32): identical"
    assert told[1].startswith("build 2 of about 7: 32.wasm (32 of 32): differs, trap or error: increment")
    assert len(told) == 9


def test_it_is_told_as_one_object(builds: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Also where it is one of some, and where nothing differs."""
    told = json.loads(finished_here(capsys, "bisect", "guilty.chain", *builds, "--json").out)
    assert (told["verdict"], told["first"]["number"], told["last_identical"]["build"]) == ("found", 23, "22.wasm")
    assert told["report"]["causes"][0]["code"] == told["first"]["code"] == "C8"
    found = finished_here(capsys, "bisect", "guilty.chain", *builds[14:17], builds[22], "--json")
    told = json.loads(found.out)
    assert (found.code, told["verdict"]) == (0, "one of these")
    assert [each["side"] for each in told["one_of"]] == ["skipped", "skipped", "differs"]
    found = finished_here(capsys, "bisect", "guilty.chain", *builds[:5], "--json")
    assert (found.code, json.loads(found.out)["verdict"]) == (1, "nothing differs")


def test_what_is_accepted_differs_in_nothing(builds: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """By the rules beside the chain."""
    report = finished_here(capsys, "replay", "32.wasm", "guilty.chain", "--json").out
    Path("report.json").write_text(report)
    cause = json.loads(report)["causes"][0]["id"]
    found = finished_here(
        capsys, "accept", "guilty.chain", "--add", cause, "--from", "report.json", "--reason", "said anew"
    )
    assert found.code == 0
    found = finished_here(capsys, "bisect", "guilty.chain", "01.wasm", "32.wasm")
    assert (found.code, found.out) == (1, "nothing differs: 32.wasm (2 of 2) is identical too\n")


def test_what_can_t_be_searched_is_told_before_anything_runs(
    builds: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """In a sentence, with nothing on standard output."""
    damaged(tmp_path, "d.chain")
    git = ("guilty.chain", "--git", "a..b")
    for words, sentence in (
        (("guilty.chain",), "name two builds at least"),
        (("guilty.chain", "01.wasm"), "name two builds at least"),
        (("guilty.chain", "--build", "x", "01.wasm", "32.wasm"), "--build is of --git"),
        (("guilty.chain", "--module", "x", "01.wasm", "32.wasm"), "--module is of --git"),
        (("guilty.chain", "01.wasm", "32.wasm", "--git", "a..b"), "not both"),
        (git, "--git needs --build CMD"),
        ((*git, "--build", "x"), "--git needs --build CMD"),
        ((*git, "--build", "x", "--module", "/x"), "is not in the working tree"),
        (("-", "01.wasm", "32.wasm"), "name a file"),
        (("gone.chain", "01.wasm", "32.wasm"), "there is no file gone.chain"),
        (("d.chain", "01.wasm", "32.wasm"), "d.chain can't judge a build"),
        (("guilty.chain", "01.wasm", "32.wasm", "--accept", "gone.toml"), "gone.toml"),
        (("guilty.chain", "01.wasm", "32.wasm", "--state", "1s32"), "leave out --state"),
    ):
        found = finished_here(capsys, "bisect", *words)
        assert (found.code, found.out) == (2, ""), words
        assert sentence in found.err
        assert "build 1" not in found.err


def test_ends_that_are_not_what_they_are_to_be_are_told(builds: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The first one is to be identical, the last one to differ."""
    for words, sentence in (
        (builds[22:], "23.wasm (1 of 10) is to be identical, and differs: sample:counter/counter.increment fails"),
        (builds[15:], "16.wasm (1 of 17) is to be identical, and could not be judged: 16.wasm is no WebAssembly"),
        (builds[:17], "17.wasm (17 of 17) is to differ, and could not be judged"),
    ):
        found = finished_here(capsys, "bisect", "guilty.chain", *words)
        assert (found.code, found.out) == (2, "")
        assert sentence in found.err


@needs_git
def test_the_first_commit_that_differs_is_found(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    """With its subject, its author and its day; nothing of the person's changes, and nothing is left of the search."""
    kinds = ["identical", *["identical", "broken"] * 3, "differs", "broken", "differs", "broken", "differs"]
    ids = history.commits(*kinds)
    (history.folder / "kind").write_text("at work")
    before = history.git("status", "--porcelain", "--branch")
    found = finished_here(capsys, "bisect", str(history.chain), "--git", f"{ids[0]}..main", *GIT)
    assert found.code == 0
    lines = found.out.splitlines()
    assert lines[0] == "the first that differs is one of these:"
    assert lines[1].endswith("Commit 7 (Ada, 2026-01-02): it does not build: exit code 3")
    assert "Commit 8 (Ada, 2026-01-02): sample:counter/counter.increment fails" in lines[2]
    assert lines[3].startswith("last identical: ")
    assert lines[3].endswith("Commit 6 (Ada, 2026-01-02)")
    assert "error: it is broken" in found.err
    assert history.git("status", "--porcelain", "--branch") == before
    assert history.has_nothing_of_a_search()
    found = finished_here(capsys, "bisect", str(history.chain), "--git", f"{ids[5]}..", *GIT, "--json")
    one = json.loads(found.out)
    assert [each["subject"] for each in one["one_of"]] == ["Commit 7", "Commit 8"]
    assert (one["builds"], one["last_identical"]["commit"]) == (len(kinds) - 5, ids[5])


@needs_git
def test_ends_of_a_range_that_can_t_be_searched_are_told(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is left of it."""
    ids = history.commits("differs", "broken", "identical", "identical")
    for names, code, sentence in (
        (f"{ids[0]}..", 2, "is to be identical, and differs"),
        (f"{ids[1]}..", 2, "is to be identical, and could not be judged: it does not build: exit code 3"),
        (f"{ids[2]}..nope", 2, "has no commit 'nope'"),
        (f"{ids[2]}..{ids[1]}", 2, "turn them round"),
        (f"{ids[2]}..", 1, ""),
    ):
        found = finished_here(capsys, "bisect", str(history.chain), "--git", names, *GIT)
        assert found.code == code
        assert sentence in found.err
        assert history.has_nothing_of_a_search()


@needs_git
def test_a_build_that_takes_too_long_is_skipped(
    history: History, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that does not build, with how to give it more time."""
    monkeypatch.setattr("chainview.suite.bisect.commits.within", history.out_of_time)
    ids = history.commits("identical", "waits", "differs")
    words = ("bisect", str(history.chain), "--git", f"{ids[0]}..", *GIT, "--build-timeout", "5s")
    found = finished_here(capsys, *words)
    assert found.code == 0
    assert found.out.startswith("the first that differs is one of these:")
    assert "it does not build in 5 s, the time that --build-timeout gives a build" in found.out
    assert history.has_nothing_of_a_search()


@needs_git
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_build_and_leaves_nothing(
    history: History, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    """What is known by then is told."""
    history.commits("identical", "waits", "differs")

    def ends() -> None:
        eventually(history.waits.exists)
        os.kill(os.getpid(), number)

    ending = threading.Thread(target=ends)
    ending.start()
    found = finished_here(capsys, "bisect", str(history.chain), "--git", "main~2..main", *GIT)
    ending.join()
    assert (found.code, found.out) == (130, "")
    assert "Commit 1 (Ada, 2026-01-02) is identical, and" in found.err
    assert f"interrupted: {number.name} came before the command was done" in found.err
    assert history.ended.exists()
    assert history.has_nothing_of_a_search()
