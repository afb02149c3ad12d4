"""Which modules a name on the command line means for the members of a family."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chainview.pack.values import UNIT
from chainview.workbench.member_modules import Modules
from tests.actor.guests import Guest
from tests.commands.running import SAMPLES


def build(folder: Path, name: str, export: str) -> Path:
    """A module with one export, in a folder with a manifest that names it from the folder above."""
    folder.mkdir(parents=True)
    path = Guest().returning(export, UNIT).written(folder, f"{name}.wat")
    (folder / "manifest.toml").write_text(f'name = "{name}"\npackage = "{name}/{name}.wat"\n', encoding="utf-8")
    return path


def test_a_folder_means_what_lies_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not another build of the same name that its manifest would lead to from the working folder."""
    build(tmp_path / "here" / "worker", "worker", "old")
    new = build(tmp_path / "mods" / "worker", "worker", "new")
    monkeypatch.chdir(tmp_path / "here")
    for named in (tmp_path / "mods", tmp_path / "mods" / "worker"):
        [found] = Modules().candidates(str(named))
        assert found.loaded.file.path.resolve() == new.resolve()
        assert [target.name for target in found.targets] == ["worker"]


def test_a_manifest_may_name_its_module_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder holds none of that name it is taken from where chainview was started, as Theater takes it."""
    (tmp_path / "manifests").mkdir()
    shutil.copy(SAMPLES / "counter" / "counter.wasm", tmp_path / "built.wasm")
    (tmp_path / "manifests" / "m.toml").write_text('name = "counter"\npackage = "built.wasm"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    [found] = Modules().candidates("manifests")
    assert found.loaded.file.path.resolve() == tmp_path / "built.wasm"
