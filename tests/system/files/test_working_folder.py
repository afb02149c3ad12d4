"""The folder that a program works in, which may be removed under it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainview.system.errors import ChainviewError, limit_met
from chainview.system.files.working_folder import WorkingFolder, from_here, here
from chainview.workbench.module_look import ModuleLook
from tests.commands.running import SAMPLES, finished_here

CHAIN = str(SAMPLES / "pricing" / "workloads" / "short.chain")


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is there no more, in which the test works."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PWD", str(folder))
    folder.rmdir()
    yield folder
    # What is to be restored can't be told from there.
    os.chdir(tmp_path)


def test_a_folder_that_is_gone_is_told(gone: Path) -> None:
    """In a sentence; names are still made from the name that it had, and a whole name from nothing."""
    with pytest.raises(ChainviewError, match="is gone: change into one that is there"):
        here()
    assert from_here(Path("a")) == "a"
    assert WorkingFolder().absolute(Path("a")) == gone / "a"
    assert WorkingFolder().readable(Path("/a")) == Path("/a")


def test_a_file_that_is_missing_is_no_folder_that_is_gone(gone: Path) -> None:
    """An error that names its file is of that."""
    with pytest.raises(FileNotFoundError) as missing:
        os.stat("a")
    assert limit_met(missing.value) is None


def test_a_watch_outlives_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its module is gone with the folder, and is looked at again once it is back under the same name."""
    folder, module = tmp_path / "built", tmp_path / "built" / "a.wasm"
    folder.mkdir()
    module.write_bytes(b"one")
    monkeypatch.chdir(folder)
    look = ModuleLook("a.wasm")
    module.unlink()
    folder.rmdir()
    assert not look.has_changed()
    assert not look.has_changed()
    assert "there is no file" in look.lost
    folder.mkdir()
    module.write_bytes(b"two")
    assert not look.has_changed()
    assert look.has_changed()
    assert not look.lost
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "words", [["test"], ["test", "--init"], ["chains", "."], ["record", "a.wasm", "--as-test", "x"]]
)
def test_commands_say_that_their_folder_is_gone(
    gone: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What needs the folder names it; what has whole names works on."""
    found = finished_here(capsys, *words)
    assert found.code == 2
    assert "the folder that chainview was started in is gone" in found.err
    assert finished_here(capsys, "verify", CHAIN).code == 0
