"""Saves one after the other under a build command: quick, slow, failing, half-way, rapid, and the end in the middle."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.builder import Builder
from tests.campaigns.campaign import Campaign, Figures
from tests.waiting import eventually

SAVES = 8
"""In each round."""
COMMAND = """
exec 3> alive
case $(head -n 1 src/mode) in
slow) (sleep 1000) & sleep 1000 ;;
stubborn) trap '' TERM; (trap '' TERM; sleep 1000) & wait ;;
fails) seq 200; echo 'error: it fails'; exit 3 ;;
half) head -c 3 src/mode > out.wasm; kill -9 $$ ;;
loud) seq 20000; cat src/mode > out.wasm ;;
*) cat src/mode > out.wasm ;;
esac
"""
ENDS = {
    "quick": (Stage.BUILT, Stage.SAME),
    "loud": (Stage.BUILT, Stage.SAME),
    "fails": (Stage.FAILED,),
    "half": (Stage.FAILED,),
    "slow": (Stage.BUILDING,),
    "stubborn": (Stage.BUILDING,),
}
"""What a build of a mode comes to when nothing is saved after it."""


class _Crate:
    """A folder that a command builds in, and what is told of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, list[Attempt]()
        (folder / "src").mkdir()
        self.save("quick")
        os.mkfifo(folder / "alive")
        # Without a writer before it a reader would wait, and so would a writer without a reader.
        self.alive = os.open(folder / "alive", os.O_RDONLY | os.O_NONBLOCK)
        self.builder = Builder(COMMAND, [folder / "src"], lambda: folder / "out.wasm", self.told.append, folder)

    def save(self, mode: str, number: int = 0) -> str:
        """Saves a source; returns what it holds."""
        text = f"{mode}\n{number}\n"
        beside = self.folder / "src" / ".beside"
        beside.write_text(text)
        beside.replace(self.folder / "src" / "mode")
        return text


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    threads = set(threading.enumerate())
    crate = _Crate(folder)
    crate.builder.start()
    try:
        eventually(lambda: crate.told and crate.told[-1].stage is Stage.BUILT)
        for number in range(1, SAVES):
            _save(random, crate, number, figures)
    finally:
        crate.builder.close()
        crate.builder.close()
    figures.count("builds ended by a newer save", sum(each.stage is Stage.ENDED for each in crate.told))
    figures.count("builds", crate.told[-1].number)
    try:
        eventually(lambda: not _writers(crate), lambda: "what a build began is still there")
        eventually(lambda: set(threading.enumerate()) <= threads, lambda: f"{threading.enumerate()} are left")
    finally:
        os.close(crate.alive)


def _save(random: Random, crate: _Crate, number: int, figures: Figures) -> None:
    modes = [random.choice(sorted(ENDS)) for _ in range(random.choice((1, 1, 4)))]
    for mode in modes:
        text = crate.save(mode, number)
    figures.count(f"saves that are {mode if len(modes) == 1 else 'rapid'}")
    stages, ends = ENDS[mode], _ends(crate, text)
    eventually(lambda: _now(crate) in stages and ends(), lambda: f"{crate.builder.attempt} after {modes}")


def _ends(crate: _Crate, text: str) -> Callable[[], bool]:
    """Whether what the last build did is that of the last save."""
    built = crate.folder / "out.wasm"
    if text.startswith(("quick", "loud")):
        return lambda: built.read_text() == text
    if text.startswith("half"):
        return lambda: built.read_text() == "hal"
    if text.startswith("fails"):
        return lambda: crate.builder.output.first_error_says == "error: it fails"
    return lambda: bool(_writers(crate))


def _now(crate: _Crate) -> Stage | None:
    attempt = crate.builder.attempt
    return None if attempt is None else attempt.stage


def _writers(crate: _Crate) -> bool:
    """Whether somebody holds the pipe that each build opens."""
    try:
        return os.read(crate.alive, 1) != b""
    except BlockingIOError:
        return True


CAMPAIGN = Campaign(
    "The last save is what is built, however those before went, and nothing of a build outlives it.", _attack, short=1
)
