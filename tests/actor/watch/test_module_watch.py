"""Noticing builds: by content, whole, and after every way in which a file is replaced."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from chainview.actor.engine.loading import LoadedModule, read_module
from chainview.actor.manifest import Target, find_target
from chainview.actor.module import ModuleError
from chainview.actor.watch import lookout, module_watch
from chainview.actor.watch.module_watch import ModuleWatch
from chainview.actor.watch.trouble import (
    ENDED,
    MANIFEST_CHANGED,
    MANIFEST_UNUSABLE,
    MODULE_GONE,
    OUT_OF_REACH,
    WatchTrouble,
)
from chainview.pack.values import U32
from chainview.system.files.footprint import footprint
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


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(module_watch, "SETTLED_SECONDS", 0.1)


@contextmanager
def watching(target: Target, sha256: str | None = None) -> Iterator[tuple[ModuleWatch, Seen]]:
    """A watch of what a target names, and what it has told."""
    seen = Seen()
    known = read_module(target.module).sha256 if sha256 is None else sha256
    watch = ModuleWatch(target, known, seen.builds.append, seen.broken.append)
    watch.start()
    try:
        yield watch, seen
    finally:
        watch.close()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Seen]]:
    """A module that is watched, and what was told about it."""
    path, seen = tmp_path / "m.wat", Seen()
    path.write_text(text(0))
    watch = ModuleWatch(Target(path, path.stem), read_module(path).sha256, seen.builds.append, seen.broken.append)
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


def test_a_removed_file_is_no_build_and_may_come_back(tmp_path: Path) -> None:
    """A clean of the build folder is said once, as what is the matter with the watch; the next build is the next."""
    path = tmp_path / "target" / "m.wat"
    path.parent.mkdir()
    path.write_text(text(0))
    with watching(Target(path, "m")) as (watch, seen):
        shutil.rmtree(path.parent)
        eventually(lambda: watch.trouble.short == MODULE_GONE)
        assert watch.trouble.sentence == f"{path} is gone: it is used as soon as it is built again"
        path.parent.mkdir()
        path.write_text(text(1))
        seen.wait(1)
        assert (watch.trouble, seen.broken) == (WatchTrouble(), [])


@pytest.mark.parametrize("what", ["m.wat", "m.toml"])
def test_a_folder_that_may_not_be_entered_for_a_while_ends_no_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A module or manifest that can't be reached is told as that, takes no number, and is used once it can be again."""
    (tmp_path / "m.wat").write_text(text(1))
    (tmp_path / "m.toml").write_text('name = "m"\npackage = "m.wat"\n')
    found, shut, stat = find_target(str(tmp_path / "m.toml")), Event(), os.stat

    def refused(path: Any, **options: Any) -> os.stat_result:
        if shut.is_set() and str(path).endswith(what):
            raise PermissionError(errno.EACCES, "Permission denied")
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", refused)
    with watching(found) as (watch, seen):
        shut.set()
        (tmp_path / "m.wat").write_text(text(2))
        short = {"m.wat": OUT_OF_REACH, "m.toml": MANIFEST_UNUSABLE}[what]
        eventually(lambda: watch.trouble.short == short, lambda: watch.trouble)
        assert "permission denied" in watch.trouble.sentence
        shut.clear()
        (tmp_path / "m.wat").write_text(text(3))
        eventually(lambda: seen.builds[-1:] and not watch.trouble.short, lambda: (seen.told, watch.trouble))
        assert not seen.broken


def test_the_same_broken_file_is_told_once(tmp_path: Path) -> None:
    """Touching a build that does not load, or writing it again, tells nothing; another one is told."""
    path = tmp_path / "m.wat"
    path.write_text(text(0))
    with watching(Target(path, "m")) as (_, seen):
        replace(path, "(module")
        seen.wait(0, 1)
        replace(path, "(module")
        path.touch()
        replace(path, "(module (")
        seen.wait(0, 2)
        replace(path, text(0))
        seen.wait(1, 2)
    assert [error.sentence.partition(" is ")[0] for error in seen.broken] == [str(path)] * 2


@pytest.mark.once
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_a_manifest_that_can_not_be_used_is_told_before_the_module_that_it_named(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """A folder or a pipe in its place is what is wrong, not that the module is gone which it named at last."""
    manifest = tmp_path / "m.toml"
    (tmp_path / "a.wat").write_text(text(0))
    replace(manifest, 'name = "m"\npackage = "a.wat"')
    with watching(find_target(str(manifest))) as (watch, _):
        replace(manifest, 'name = "m"\npackage = "gone.wat"')
        eventually(lambda: watch.trouble.short == MODULE_GONE)
        manifest.unlink()
        make(manifest)
        eventually(lambda: watch.trouble.short == MANIFEST_UNUSABLE)
        assert watch.trouble.sentence.startswith(f"{manifest} is no regular file")
        assert f"{tmp_path / 'gone.wat'} is gone" in watch.trouble.sentence


def test_the_manifest_is_watched_too(tmp_path: Path) -> None:
    """Another package is the next build, also one that is built later; what can't be used is said and mended."""
    manifest = tmp_path / "m.toml"
    (tmp_path / "a.wat").write_text(text(0))
    (tmp_path / "b.wat").write_text(text(1))
    replace(manifest, 'name = "m"\npackage = "a.wat"')
    with watching(find_target(str(manifest))) as (watch, seen):
        replace(manifest, 'name = "m"\npackage = "b.wat"')
        seen.wait(1)
        replace(manifest, 'name = "m"\npackage = ')
        eventually(lambda: watch.trouble.short == MANIFEST_UNUSABLE)
        assert f"; {tmp_path / 'b.wat'} is still watched" in watch.trouble.sentence
        replace(tmp_path / "b.wat", text(2))
        seen.wait(2)
        manifest.unlink()
        eventually(lambda: f"the manifest {manifest} is gone" in watch.trouble.sentence)
        replace(manifest, 'name = "m"\npackage = "later/c.wat"')
        eventually(lambda: watch.trouble.short == MODULE_GONE)
        (tmp_path / "later").mkdir()
        (tmp_path / "later" / "c.wat").write_text(text(3))
        seen.wait(3)
        replace(manifest, 'name = "m"\npackage = "later/c.wat"\ninitial_state = "x"')
        eventually(lambda: watch.trouble.short == MANIFEST_CHANGED)
        replace(manifest, 'name = "m"\npackage = "later/c.wat"')
        eventually(lambda: watch.trouble == WatchTrouble())
    assert seen.told == (3, 0)


def test_a_name_that_was_given_in_a_folder_that_is_moved_away_leads_to_the_one_that_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project's folder is swapped while chainview was started in it: the folder of that name is watched."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "m.wat").write_text(text(0))
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("PWD", str(tmp_path / "project"))
    with watching(Target(Path("m.wat"), "m")) as (_, seen):
        shutil.copytree(tmp_path / "project", tmp_path / "other")
        (tmp_path / "project").rename(tmp_path / "old")
        (tmp_path / "other" / "m.wat").write_text(text(1))
        (tmp_path / "other").rename(tmp_path / "project")
        seen.wait(1)
        (tmp_path / "project" / "m.wat").write_text(text(2))
        seen.wait(2)


@pytest.mark.once
def test_a_content_that_leaves_every_time_as_it_was_is_found_by_reading_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two writes within the coarsest clock of a file system look like one: the second one is not lost."""
    path = tmp_path / "m.wat"
    path.write_text(text(0))
    with watching(Target(path, "m")) as (_, seen):
        replace(path, text(1))
        seen.wait(1)
        same = footprint(path)
        monkeypatch.setattr(lookout, "footprint", lambda path: same)
        path.write_text(text(2))
        seen.wait(2)


def test_a_watch_that_ended_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw ends the watch with a sentence, so that nobody waits for it."""

    def fail(path: Path, **options: object) -> None:
        raise RuntimeError("never thought of")

    path = tmp_path / "m.wat"
    path.write_text(text(0))
    monkeypatch.setattr(module_watch, "read_module", fail)
    with watching(Target(path, "m"), "") as (watch, _):
        eventually(lambda: watch.trouble.short == ENDED)
    assert watch.trouble.sentence.endswith("(RuntimeError: never thought of); start afresh to watch it again")


def test_a_build_saved_before_the_watch_was_up_is_told(tmp_path: Path) -> None:
    """What came between loading the module and watching its folder is noticed, without another save."""
    path, seen = tmp_path / "m.wat", Seen()
    path.write_text(text(0))
    known = read_module(path).sha256
    path.write_text(text(1))
    watch = ModuleWatch(Target(path, path.stem), known, seen.builds.append, seen.broken.append)
    watch.start()
    seen.wait(1)
    watch.close()
