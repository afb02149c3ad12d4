"""Sources that are watched: what is a save, and what is none."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from chainview.actor.watch import source_watch
from chainview.actor.watch.source_watch import TOO_MANY, SourceWatch
from chainview.actor.watch.trouble import ENDED, EVERY_SECOND
from tests.waiting import LIMIT, eventually


class Saves:
    """What a watch has told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told: queue.Queue[Sequence[Path]] = queue.Queue()

    def add(self, paths: Sequence[Path]) -> None:
        """A watch tells."""
        self._told.put(paths)

    def next(self) -> list[str]:
        """The names of the files that were saved next."""
        return [path.relative_to(self._folder).as_posix() for path in self._told.get(timeout=LIMIT)]


@contextmanager
def watching(
    folder: Path, *, left_out: Callable[[], Sequence[Path]] = tuple, folders: Sequence[Path] = ()
) -> Iterator[tuple[SourceWatch, Saves]]:
    """A watch of a folder with a source."""
    saves = Saves(folder)
    watch = SourceWatch(folders or [folder], saves.add, left_out)
    watch.start()
    try:
        yield watch, saves
    finally:
        watch.close()


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A folder with sources."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text("one")
    (tmp_path / "Cargo.toml").write_text("[package]")
    return tmp_path


def test_a_source_is_saved_in_every_manner(crate: Path) -> None:
    """In place, by another file in its place, newly made, in a new folder, and taken away."""
    lib = crate / "src" / "lib.rs"
    with watching(crate) as (watch, saves):
        lib.write_text("two")
        assert saves.next() == ["src/lib.rs"]
        beside = crate / "src" / ".lib.rs.new"
        beside.write_text("three")
        beside.replace(lib)
        assert saves.next() == ["src/lib.rs"]
        (crate / "src" / "new.rs").write_text("new")
        assert saves.next() == ["src/new.rs"]
        (crate / "more").mkdir()
        (crate / "more" / "deep.rs").write_text("deep")
        assert saves.next() == ["more/deep.rs"]
        lib.unlink()
        assert saves.next() == ["src/lib.rs"]
        assert watch.trouble.short == ""


def test_what_is_no_source_is_passed_over(crate: Path) -> None:
    """What is built, hidden, left by an editor, left out by name, or holds what it held: only the source is told."""
    (crate / "target").mkdir()
    (crate / "cache").mkdir()
    (crate / "cache" / "CACHEDIR.TAG").touch()
    (crate / ".git").mkdir()
    with watching(crate, left_out=lambda: [crate / "actor.wasm"]) as (_, saves):
        made = ["target/a.rs", "cache/a.rs", ".git/HEAD", "c.chain", "actor.wasm"]
        for name in [*made, "src/.hidden", "src/lib.rs~", "src/.lib.rs.swp", "src/#lib.rs#", "src/4913"]:
            (crate / name).write_text("noise")
        (crate / "src" / "lib.rs").write_text("one")
        os.utime(crate / "Cargo.toml")
        (crate / "src" / "real.rs").write_text("real")
        assert saves.next() == ["src/real.rs"]


def test_where_the_system_tells_nothing_it_looks_every_second(crate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""

    def refused(*_: object) -> Iterator[bool]:
        raise OSError("no watches left")
        yield

    monkeypatch.setattr("chainview.actor.watch.lookout.Lookout._tellings", refused)
    with watching(crate) as (watch, saves):
        eventually(lambda: watch.trouble.short == EVERY_SECOND)
        assert "the sources are looked at every second" in watch.trouble.sentence
        (crate / "src" / "lib.rs").write_text("two")
        assert saves.next() == ["src/lib.rs"]


def test_more_files_than_can_be_watched_are_told(crate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do about it."""
    monkeypatch.setattr(source_watch, "MOST_FILES", 2)
    with watching(crate) as (watch, _):
        assert watch.trouble.short == TOO_MANY
        assert "--src" in watch.trouble.sentence


def test_a_very_large_file_and_one_that_cannot_be_read_are_known_by_how_they_are(
    crate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that they are noticed all the same."""
    monkeypatch.setattr(source_watch, "_MOST_READ", 3)
    monkeypatch.setattr(
        source_watch, "read_regular", lambda *_: (_ for _ in ()).throw(PermissionError("it may not be read"))
    )
    with watching(crate) as (_, saves):
        (crate / "src" / "lib.rs").write_text("longer")
        assert saves.next() == ["src/lib.rs"]


def test_folders_that_are_gone_and_come_again_are_watched_on(crate: Path) -> None:
    """As when a branch is changed."""
    with watching(crate, folders=[crate / "src"]) as (_, saves):
        (crate / "src").rename(crate / "away")
        assert saves.next() == ["src/lib.rs"]
        (crate / "away").rename(crate / "src")
        assert saves.next() == ["src/lib.rs"]


def test_when_the_youngest_source_was_written(crate: Path) -> None:
    """It tells whether a module is older."""
    os.utime(crate / "src" / "lib.rs", ns=(7, 9 * 10**18))
    with watching(crate) as (watch, _):
        assert watch.newest_ns == 9 * 10**18


def test_a_watch_that_fails_itself_says_so(crate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not look like one that waits."""
    monkeypatch.setattr("chainview.actor.watch.lookout.Lookout.changed", lambda *_: 1 / 0)
    with watching(crate) as (watch, _):
        eventually(lambda: watch.trouble.short == ENDED)
        assert "ZeroDivisionError" in watch.trouble.sentence
