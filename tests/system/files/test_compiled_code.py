"""Compiled code is kept where nobody else can put any, and no other code comes out than went in."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.system.files import compiled_code
from chainview.system.files.compiled_code import keep_code, kept_code
from chainview.system.files.locations import code_folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def test_code_comes_back_from_a_private_folder() -> None:
    """What was kept is had again, from a folder that only the user can enter."""
    assert kept_code("one") is None
    keep_code("one", b"code")
    assert kept_code("one") == b"code"
    assert stat.S_IMODE(code_folder().stat().st_mode) == 0o700
    assert stat.S_IMODE((code_folder() / "one").stat().st_mode) == 0o600


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=st.binary(), at=st.integers(0), change=st.integers(1, 255))
def test_no_other_code_than_was_kept_is_given(code: bytes, at: int, change: int) -> None:
    """Code of which any byte was changed, or that was cut, or has another name, is none, and is thrown away."""
    for damage in ("change", "cut", "name"):
        keep_code("one", code)
        path = code_folder() / "one"
        held = bytearray(path.read_bytes())
        place = at % len(held)
        if damage == "change":
            held[place] ^= change
            path.write_bytes(held)
        elif damage == "cut":
            path.write_bytes(held[:place])
        else:
            path = path.rename(path.with_name("other"))
        assert kept_code(path.name) is None
        assert not path.exists()


def test_a_folder_that_others_may_write_into_is_not_used() -> None:
    """Code is not executed from where somebody else may have put it, and none is put there."""
    keep_code("one", b"code")
    code_folder().chmod(0o777)
    keep_code("two", b"code")
    assert kept_code("one") is None
    assert kept_code("two") is None
    assert [each.name for each in code_folder().iterdir()] == ["one"]


def test_without_a_folder_nothing_is_kept(home: Path) -> None:
    """A folder that can't be made is no reason not to run."""
    home.write_text("no folder", encoding="utf-8")
    keep_code("one", b"code")
    assert kept_code("one") is None


def test_a_full_disk_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room no half of a file is left, and nothing is raised."""

    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "replace", full)
    keep_code("one", b"code")
    assert kept_code("one") is None
    assert list(code_folder().iterdir()) == []


def named(word: str) -> str:
    """A name as code has it."""
    return sha256(word.encode()).hexdigest()


def test_what_nobody_asked_for_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded in number and in bytes: what was used last stays, and so does the newest."""
    monkeypatch.setattr(compiled_code, "MOST_KEPT", 3)
    for number, name in enumerate((named("one"), named("two"), named("three"))):
        keep_code(name, b"code")
        os.utime(code_folder() / name, (number, number))
    assert kept_code(named("one")) == b"code"
    keep_code(named("four"), b"code")
    assert sorted(each.name for each in code_folder().iterdir()) == sorted(
        [named("four"), named("one"), named("three")]
    )
    monkeypatch.setattr(compiled_code, "LARGEST_KEPT", 100)
    keep_code(named("five"), bytes(60))
    assert kept_code(named("five")) == bytes(60)
    assert [each.name for each in code_folder().iterdir()] == [named("five")]
