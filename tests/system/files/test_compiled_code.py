"""Compiled code is kept where nobody else can put any."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from chainview.system.files.compiled_code import engine_cache
from chainview.system.files.locations import code_folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, with a name that TOML has to escape."""
    folder = tmp_path / 'c"a\\che\n'
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def test_the_settings_name_a_private_folder() -> None:
    """The engine is sent to a folder that only the user can enter, and bounded there."""
    settings = engine_cache()
    assert settings is not None
    told = tomllib.loads(settings.read_text(encoding="utf-8"))["cache"]
    assert told["directory"] == str(code_folder())
    assert "files-total-size-soft-limit" in told
    assert stat.S_IMODE(code_folder().stat().st_mode) == 0o700
    assert engine_cache() == settings


def test_a_folder_that_others_may_write_into_is_not_used() -> None:
    """Code is not executed from where somebody else may have put it."""
    assert engine_cache() is not None
    code_folder().chmod(0o777)
    assert engine_cache() is None


def test_without_a_folder_there_is_no_cache(home: Path) -> None:
    """A cache that can't be made is no reason not to run."""
    home.write_text("no folder", encoding="utf-8")
    assert engine_cache() is None
