"""Noticing builds: by content, whole, and after every way in which a file is replaced."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainview.actor import module_watch
from chainview.actor.engine.loading import LoadedModule, read_module
from chainview.actor.module import ModuleError
from chainview.actor.module_watch import ModuleWatch
from chainview.pack.values import U32
from tests.actor.guests import Guest
from tests.waiting import eventually


class Seen:
    """What a watch has told."""

    def __init__(self) -> None:
        self.builds: list[LoadedModule] = []
        self.broken: list[ModuleError] = []

    def wait(self, builds: int, broken: int = 0) -> None:
        """Waits until that much was told."""
        eventually(lambda: self.told >= (builds, broken), lambda: self.told)

    @property
    def told(self) -> tuple[int, int]:
        """How many builds were told, and how many that were broken."""
        return len(self.builds), len(self.broken)


def text(number: int) -> str:
    """A module whose content depends on a number."""
    return Guest().returning("f", U32(number)).text


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Seen]]:
    """A module that is watched, and what was told about it."""
    path, seen = tmp_path / "m.wat", Seen()
    path.write_text(text(0))
    watch = ModuleWatch(path, read_module(path).sha256, seen.builds.append, seen.broken.append)
    watch.start()
    # The folder is watched from the moment the thread has set the watch up, which nothing tells.
    time.sleep(0.3)
    yield path, seen
    watch.close()


def replace(path: Path, content: str) -> None:
    """Replaces a file by renaming another one over it, as compilers do."""
    beside = path.with_name("new")
    beside.write_text(content)
    os.replace(beside, path)


def test_renames_are_seen_again_and_again(watched: tuple[Path, Seen]) -> None:
    """Each build that is renamed into place is told."""
    path, seen = watched
    for number in (1, 2, 3):
        replace(path, text(number))
        seen.wait(number)
    assert len({build.file.sha256 for build in seen.builds}) == 3


def test_the_same_content_is_no_build(watched: tuple[Path, Seen]) -> None:
    """Touching the file, or writing the same bytes, tells nothing."""
    path, seen = watched
    replace(path, text(0))
    path.touch()
    replace(path, text(1))
    seen.wait(1)
    assert len(seen.builds) == 1


def test_a_half_written_file_is_waited_out(watched: tuple[Path, Seen], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is written in pieces is told once, when it is whole, and never as broken."""
    # No writer on a busy machine pauses for so long between two pieces.
    monkeypatch.setattr(module_watch, "SETTLED_SECONDS", 60.0)
    path, seen = watched
    whole = text(1)
    with path.open("w") as file:
        for start in range(0, len(whole), len(whole) // 4):
            file.write(whole[start : start + len(whole) // 4])
            file.flush()
            time.sleep(0.1)
    seen.wait(1)
    assert seen.broken == []
    assert seen.builds[-1].file.sha256 == read_module(path).sha256


def test_a_build_that_does_not_load_is_told_once_and_the_next_one_loads(watched: tuple[Path, Seen]) -> None:
    """A broken file is told with its reason after it has settled; what comes after it is told as a build."""
    path, seen = watched
    replace(path, "(module")
    seen.wait(0, 1)
    replace(path, text(1))
    seen.wait(1, 1)
    assert "no valid WebAssembly text" in seen.broken[0].sentence


def test_a_removed_file_is_told_and_may_come_back(watched: tuple[Path, Seen]) -> None:
    """A clean of the build folder is no end of watching."""
    path, seen = watched
    path.unlink()
    seen.wait(0, 1)
    replace(path, text(1))
    seen.wait(1, 1)


def test_a_build_saved_before_the_watch_was_up_is_told(tmp_path: Path) -> None:
    """What came between loading the module and watching its folder is noticed, without another save."""
    path, seen = tmp_path / "m.wat", Seen()
    path.write_text(text(0))
    known = read_module(path).sha256
    path.write_text(text(1))
    watch = ModuleWatch(path, known, seen.builds.append, seen.broken.append)
    watch.start()
    seen.wait(1)
    watch.close()
