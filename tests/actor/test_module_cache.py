"""The cache of modules that chains were recorded with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chainview.actor import module_cache
from chainview.actor.module import ModuleFile
from chainview.actor.module_cache import cached_module, keep_module
from chainview.system.locations import modules_folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's modules go to a folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def module(name: str, data: bytes) -> ModuleFile:
    """A module whose name stands in for its hash."""
    return ModuleFile(Path(f"{name}.wasm"), name, data, name)


def test_a_kept_module_is_found_by_its_hash() -> None:
    """What was kept is there again byte for byte, and what was not is not."""
    keep_module(module("a1", b"one"))
    keep_module(module("a1", b"one"))
    found = cached_module("a1")
    assert found is not None
    assert found.read_bytes() == b"one"
    assert cached_module("b2") is None
    assert [each.name for each in modules_folder().iterdir()] == ["a1.wasm"]


def test_the_oldest_go_above_the_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """When all together are too large the oldest are let go, never the newest."""
    monkeypatch.setattr(module_cache, "LARGEST_CACHE", 8)
    for number, name in enumerate(("old", "mid", "new")):
        keep_module(module(name, b"12345"))
        kept = cached_module(name)
        assert kept is not None
        os.utime(kept, (number, number))
    keep_module(module("last", b"123"))
    assert [name for name in ("old", "mid", "new", "last") if cached_module(name)] == ["new", "last"]


def test_a_cache_that_can_not_be_written_is_no_error(tmp_path: Path) -> None:
    """Recording goes on where the modules can't be kept."""
    (tmp_path / "chainview").write_text("in the way")
    keep_module(module("a1", b"one"))
    assert cached_module("a1") is None
