"""The cache of modules that chains were recorded with."""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from chainview.actor import module_cache
from chainview.actor.module import ModuleFile
from chainview.actor.module_cache import cached_module, keep_module
from chainview.system.files.locations import modules_folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's modules go to a folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def module(data: bytes) -> ModuleFile:
    """A module of these bytes."""
    return ModuleFile(Path("x.wasm"), "x", data, sha256(data).hexdigest())


def test_a_kept_module_is_found_by_its_hash() -> None:
    """What was kept is there again byte for byte, and what was not is not."""
    one = module(b"one")
    keep_module(one)
    keep_module(one)
    found = cached_module(one.sha256)
    assert found is not None
    assert found.read_bytes() == b"one"
    assert cached_module(module(b"two").sha256) is None
    assert [each.name for each in modules_folder().iterdir()] == [f"{one.sha256}.wasm"]


@pytest.mark.parametrize("bytes_", [b"", b"on", b"another"])
def test_a_kept_module_with_other_bytes_is_thrown_away_and_made_again(bytes_: bytes) -> None:
    """Half a file, or one that somebody changed, is never given out, and is replaced by the next that keeps it."""
    one = module(b"one")
    path = modules_folder() / f"{one.sha256}.wasm"
    keep_module(one)
    path.write_bytes(bytes_)
    assert cached_module(one.sha256) is None
    assert not path.exists()
    keep_module(one)
    path.write_bytes(bytes_)
    keep_module(one)
    assert cached_module(one.sha256) == path
    assert path.read_bytes() == b"one"


def test_a_kept_module_that_is_larger_than_the_cache_is_not_read() -> None:
    """A file without end under a module's name costs neither memory nor time, and is thrown away."""
    one = module(b"one")
    keep_module(one)
    path = modules_folder() / f"{one.sha256}.wasm"
    os.truncate(path, 1 << 40)
    assert cached_module(one.sha256) is None
    assert not path.exists()


def test_what_a_killed_program_left_behind_goes() -> None:
    """A half file without its name is removed once nobody can still be writing it."""
    keep_module(module(b"one"))
    left = [modules_folder() / f".{number}.wasm.{number}" for number in range(2)]
    for path in left:
        path.write_bytes(b"half")
    os.utime(left[0], (0, 0))
    keep_module(module(b"two"))
    assert [path.exists() for path in left] == [False, True]


def test_a_full_disk_leaves_nothing_in_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that can't be written whole is not kept, and no half of it either."""

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    keep_module(module(b"one"))
    assert list(modules_folder().iterdir()) == []


def test_the_oldest_go_above_the_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """When all together are too large the oldest are let go, never the newest."""
    monkeypatch.setattr(module_cache, "LARGEST_CACHE", 8)
    modules = [module(data) for data in (b"12345", b"23456", b"34567", b"123")]
    for number, each in enumerate(modules[:3]):
        keep_module(each)
        kept = cached_module(each.sha256)
        assert kept is not None
        os.utime(kept, (number, number))
    keep_module(modules[3])
    assert [each for each in modules if cached_module(each.sha256)] == modules[2:]


def test_a_cache_that_can_not_be_written_is_no_error(tmp_path: Path) -> None:
    """Recording goes on where the modules can't be kept."""
    (tmp_path / "chainview").write_text("in the way")
    keep_module(module(b"one"))
    assert cached_module(module(b"one").sha256) is None
