"""The lookout: changes are noticed on every way to a file, whether the system tells of them or not."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chainview.actor.watch import lookout
from chainview.actor.watch.lookout import Lookout
from tests.waiting import eventually

Change = Callable[[Path], None]


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(lookout, "_WAIT_MS", 20)
    monkeypatch.setattr(lookout, "_PATIENCE_SECONDS", 0.0)


def laid_out(root: Path) -> Path:
    """A module that is reached through a link to a folder, a link to a file, and `..`; its name."""
    built = root / "work" / "target" / "release"
    built.mkdir(parents=True)
    (built / "a.wasm").write_text("first")
    (root / "current").symlink_to("work")
    (root / "names").mkdir()
    (root / "names" / "a.wasm").symlink_to("../current/target/release/a.wasm")
    return root / "names" / "a.wasm"


def rename_over(path: Path, text: str = "second") -> None:
    """Writes beside a file and renames over it."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    os.replace(beside, path)


def cleaned(root: Path) -> None:
    """`cargo clean && cargo build`."""
    shutil.rmtree(root / "work" / "target")
    (root / "work" / "target" / "release").mkdir(parents=True)
    (root / "work" / "target" / "release" / "a.wasm").write_text("second")


def swapped(root: Path) -> None:
    """The whole tree moved away and another one moved to its name."""
    shutil.copytree(root / "work", root / "other")
    (root / "other" / "target" / "release" / "a.wasm").write_text("second")
    (root / "work").rename(root / "old")
    (root / "other").rename(root / "work")


def link_moved(root: Path) -> None:
    """The link to the folder made to lead elsewhere."""
    shutil.copytree(root / "work", root / "other")
    (root / "other" / "target" / "release" / "a.wasm").write_text("second")
    (root / "fresh").symlink_to("other")
    os.replace(root / "fresh", root / "current")


def target_rebuilt(root: Path) -> None:
    """What the link leads to is replaced."""
    rename_over(root / "work" / "target" / "release" / "a.wasm")


def link_for_file(root: Path) -> None:
    """The name itself becomes a file of its own."""
    rename_over(root / "names" / "a.wasm")


def in_place_with_its_old_time(root: Path) -> None:
    """Other bytes, as many, in the same file, with the time set back."""
    path = root / "work" / "target" / "release" / "a.wasm"
    time = path.stat().st_mtime_ns
    path.write_text("FIRST")
    os.utime(path, ns=(time, time))


CHANGES = (cleaned, swapped, link_moved, target_rebuilt, link_for_file, in_place_with_its_old_time)


class Looking:
    """A lookout on a thread, and how often it has found a reason to read."""

    def __init__(self, *paths: Path) -> None:
        self.found = self.rounds = 0
        self._stop = threading.Event()
        self.lookout = Lookout(self._stop, looked_at="the module is")
        self._paths = paths
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        # It has looked once, listens, and has looked once more.
        self.go_round(3)

    def _work(self) -> None:
        while not self._stop.is_set():
            self.found += self.lookout.changed(self._paths)
            self.rounds += 1

    def go_round(self, times: int = 4) -> None:
        """Waits until it has looked that often."""
        until = self.rounds + times
        eventually(lambda: self.rounds >= until)

    def notices(self) -> None:
        """Waits until it has found something since this was asked last."""
        before, self.found = self.found, 0
        if not before:
            eventually(lambda: self.found)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture
def looking(tmp_path: Path) -> Iterator[Looking]:
    """A lookout for the module that is reached by many names."""
    looks = Looking(laid_out(tmp_path))
    looks.found = 0
    yield looks
    looks.close()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_anywhere_on_the_way_is_noticed_and_the_next_one_too(
    looking: Looking, tmp_path: Path, change: Change
) -> None:
    """Folders made anew or swapped, links moved, targets rebuilt: each is noticed, and what follows it as well."""
    change(tmp_path)
    looking.notices()
    looking.go_round()
    looking.found = 0
    rename_over((tmp_path / "names" / "a.wasm").resolve(), "third")
    looking.notices()


@pytest.mark.parametrize("change", CHANGES)
def test_a_system_that_tells_nothing_is_done_without(
    tmp_path: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in containers and on network folders: the change is noticed by looking, and that is said where it shows."""

    def silent(*folders: str, stop_event: threading.Event, **options: object) -> Iterator[set[object]]:
        while not stop_event.wait(0.01):
            yield set()

    monkeypatch.setattr("watchfiles.watch", silent)
    looks = Looking(laid_out(tmp_path))
    try:
        looks.found = 0
        assert looks.lookout.trouble.sentence == ""
        change(tmp_path)
        looks.notices()
        looks.go_round(12)
        rename_over((tmp_path / "names" / "a.wasm").resolve(), "third")
        eventually(lambda: looks.lookout.unheard)
        assert "looked at every second" in looks.lookout.trouble.sentence
    finally:
        looks.close()


def test_another_name_of_the_file_elsewhere_says_nothing_against_the_system(looking: Looking, tmp_path: Path) -> None:
    """As cargo links what it builds into two folders, of which one is looked at: no system tells of the other one."""
    module, other = (tmp_path / "names" / "a.wasm").resolve(), tmp_path / "deps" / "a.wasm"
    other.parent.mkdir()
    looking.go_round(6)
    looking.found = 0
    for _ in range(3):
        other.hardlink_to(module)
        looking.notices()
        other.unlink()
        looking.go_round(6)
        looking.found = 0
    assert not looking.lookout.unheard
    assert looking.lookout.trouble.sentence == ""


def test_a_system_that_refuses_to_tell_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no more watches may be had the reason is told, looking goes on, and so does asking."""
    asked = []

    def refusing(*folders: str, **options: object) -> Iterator[set[object]]:
        asked.append(folders)
        raise OSError('OS file watch limit reached. about ["/x"]')

    monkeypatch.setattr(lookout, "_AGAIN_SECONDS", 0.0)
    refused = pytest.MonkeyPatch()
    refused.setattr("watchfiles.watch", refusing)
    looks = Looking(laid_out(tmp_path))
    try:
        looks.found = 0
        target_rebuilt(tmp_path)
        looks.notices()
        assert looks.lookout.refused == "OS file watch limit reached"
        eventually(lambda: len(asked) > 1)
        refused.undo()
        eventually(lambda: not looks.lookout.refused)
    finally:
        refused.undo()
        looks.close()


def test_what_the_system_tells_is_heard(looking: Looking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save that the system tells of says nothing against it, also where a look noticed it first."""
    monkeypatch.setattr(lookout, "_PATIENCE_SECONDS", 600.0)
    for _ in range(3):
        target_rebuilt(tmp_path)
        looking.notices()
        looking.go_round()
        looking.found = 0
        eventually(lambda: not looking.lookout.waits_to_hear)
    assert not looking.lookout.unheard
