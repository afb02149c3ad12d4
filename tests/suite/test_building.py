"""A suite's module, and a suite's beginning."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chainview.suite.building import built_module
from chainview.suite.settings import FILE, Settings, find_settings, read_settings
from chainview.suite.starting import begin_suite
from chainview.system.errors import ChainviewError
from tests.actor.running import sample

CARGO = '[package]\nname = "shop-actor"\n'
MADE = Path("target", "wasm32-unknown-unknown", "release", "shop_actor.wasm")


def test_the_build_command_runs_first_in_the_suites_folder(tmp_path: Path) -> None:
    """And its module is the one that is named."""
    build = f"cp {sample('counter')} made.wasm"
    settings = Settings(tmp_path / FILE, tmp_path / "made.wasm", build)
    assert built_module(settings).read_bytes() == sample("counter").read_bytes()


def test_without_a_name_it_is_what_cargo_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the crate's own target folder, in that of the workspace above, or where the environment says."""
    monkeypatch.delenv("CARGO_TARGET_DIR", raising=False)
    crate = tmp_path / "crates" / "shop"
    crate.mkdir(parents=True)
    (crate / "Cargo.toml").write_text(CARGO)
    settings = Settings(crate / FILE, build=f"mkdir -p {tmp_path / MADE.parent}; touch {tmp_path / MADE}")
    assert built_module(settings) == tmp_path / MADE
    other = tmp_path / "other"
    (other / MADE.relative_to("target").parent).mkdir(parents=True)
    (other / MADE.relative_to("target")).touch()
    monkeypatch.setenv("CARGO_TARGET_DIR", str(other))
    assert built_module(settings) == other / MADE.relative_to("target")


@pytest.mark.parametrize(("build", "how"), [("exit 3", "exit code 3"), ("kill -9 $$", "signal 9")])
def test_a_build_that_fails_is_told(tmp_path: Path, build: str, how: str) -> None:
    """With how it ended, and that nothing was replayed."""
    with pytest.raises(ChainviewError, match=rf"ended with {how}: nothing was replayed"):
        built_module(Settings(tmp_path / FILE, tmp_path / "a.wasm", build))


def test_a_module_that_is_not_found_is_to_be_named(tmp_path: Path) -> None:
    """As without a crate, or with one whose Cargo.toml names no package."""
    for cargo in ("", "[workspace]\n", "not = toml = at all"):
        (tmp_path / "Cargo.toml").write_text(cargo)
        with pytest.raises(ChainviewError, match="was not found: write module ="):
            built_module(Settings(tmp_path / FILE, build="true"))


def test_a_new_suite_can_be_read_as_it_is(tmp_path: Path) -> None:
    """Of a crate, of a manifest, of a module that lies there alone, and of nothing at all."""
    for name, module, build in (
        ("Cargo.toml", None, "cargo build --release --target wasm32-unknown-unknown"),
        ("manifest.toml", "manifest.toml", ""),
        ("shop.wasm", "shop.wasm", ""),
        ("nothing", "actor.wasm", ""),
    ):
        folder = tmp_path / f"of-{name}"
        folder.mkdir()
        (folder / name).write_text(CARGO)
        found = read_settings(begin_suite(folder))
        assert (found.module, found.build) == (None if module is None else folder / module, build)
        assert found.chains == ("chains/",)
        assert (folder / "chains").is_dir()


def test_a_suite_that_is_there_is_not_begun_again(tmp_path: Path) -> None:
    """It stays as it is."""
    (tmp_path / FILE).write_text("module = 'x'")
    with pytest.raises(ChainviewError, match="is there already"):
        begin_suite(tmp_path)
    assert (tmp_path / FILE).read_text() == "module = 'x'"


def test_what_has_the_name_of_a_suite_is_told(tmp_path: Path) -> None:
    """A folder, a pipe or a link that leads nowhere is no suite, nor is that of a folder above meant; none is begun."""
    (tmp_path / FILE).write_text("module = 'x'")
    inner = tmp_path / "inner"
    inner.mkdir()
    path = inner / FILE
    ways: list[tuple[Callable[[], None], str]] = [
        (path.mkdir, "is no regular file"),
        (lambda: os.mkfifo(path), "is no regular file"),
        (lambda: path.symlink_to("nowhere"), "no such file"),
        (lambda: path.symlink_to(FILE), "symbolic links"),
    ]
    for make, words in ways:
        make()
        with pytest.raises(ChainviewError, match=words) as told:
            read_settings(find_settings(inner))
        assert str(path) in told.value.sentence
        with pytest.raises(ChainviewError, match="is there already, and no regular file: remove it"):
            begin_suite(inner)
        path.rmdir() if path.is_dir() else path.unlink()
    assert find_settings(inner) == tmp_path / FILE


def test_where_chains_cant_lie_it_is_told(tmp_path: Path) -> None:
    """As where a file has their folder's name."""
    (tmp_path / "chains").touch()
    shutil.copy(sample("counter"), tmp_path)
    with pytest.raises(ChainviewError, match="can't make the folder"):
        begin_suite(tmp_path)
