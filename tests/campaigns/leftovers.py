"""What a family may leave behind: chains that are sound and replay identical, and nothing else."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chainview.chain.failure import INTERRUPTED
from chainview.chain.families.folder import find_family
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.workbench.family_replay import replay_family
from chainview.workbench.replay_request import ReplayRequest
from tests.campaigns.campaign import Figures
from tests.waiting import eventually


@contextmanager
def nothing_left() -> Iterator[None]:
    """Holds what runs inside to it that no thread, open file or socket is left of it."""
    threads, files = set(threading.enumerate()), _open_files()
    yield

    def left() -> list[str]:
        # A module that nobody has any more keeps its image until then.
        gc.collect()
        new = [each.name for each in threading.enumerate() if each not in threads]
        return new + [f"file {each}" for each in _open_files() - files]

    eventually(lambda: not left(), lambda: f"left behind: {left()}")


def _open_files() -> set[str]:
    found = set()
    for each in os.listdir("/proc/self/fd"):
        try:
            found.add(f"{each} {os.readlink(f'/proc/self/fd/{each}')}")
        except OSError:
            continue
    return found


def replayed_identical(folder: Path, figures: Figures) -> None:
    """Each chain in `folder`/made is sound, and what was made with the modules in the folder is made by them again."""
    made = folder / "made"
    family = find_family(made)
    assert family is not None
    for each in family.members:
        with open_chain(each.file) as opened:
            assert verify(opened).sound, f"{each.file.name} is not sound"
            figures.count("events", len(opened.table))
    found = replay_family(ReplayRequest(str(folder), str(made)), family)
    figures.count("actors", len(family.members))
    assert found.live_host_calls == 0
    for member in found.members:
        assert member.explanation is not None, member.problem
        if not member.explanation.passes:
            # How far a call had come that was interrupted between two host calls nothing tells.
            assert [each.recorded for each in member.explanation.causes] == [INTERRUPTED], found.sentence
            figures.count("calls interrupted between host calls")
