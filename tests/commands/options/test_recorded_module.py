"""Where a command looks for the module that a chain was recorded with."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from chainview.commands.options.recorded_module import add_recorded_module_option, recorded_modules
from chainview.suite.settings import FILE
from chainview.system.errors import ChainviewError


def found(*words: str) -> Path | None:
    """What is looked into, by the words of a command."""
    parser = argparse.ArgumentParser()
    add_recorded_module_option(parser)
    return recorded_modules(parser.parse_args(words).recorded_module)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A suite with recorded modules, in a folder of which the command runs."""
    (tmp_path / FILE).write_text('module = "a.wasm"\nmodules = "kept"\n')
    for name in ("kept", "inner"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    return tmp_path


def test_what_is_given_is_meant(folder: Path) -> None:
    """Whatever the suite says, and whether it is there or not: who opens it says so."""
    assert found("--recorded-module", "gone.wasm") == Path("gone.wasm")


def test_else_the_folder_that_the_suite_names(folder: Path) -> None:
    """That of the nearest suite above; one that is not there is none."""
    assert found() == folder / "kept"
    (folder / "kept").rmdir()
    assert found() is None


def test_without_a_suite_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the kept modules alone are looked at."""
    monkeypatch.setattr("chainview.commands.options.recorded_module.here", lambda: tmp_path)
    monkeypatch.setattr("chainview.suite.settings.FILE", "no-such-settings.toml")
    assert found() is None


def test_a_suite_that_is_wrong_is_told(folder: Path) -> None:
    """It is not passed over, as if there were none."""
    (folder / FILE).write_text('module = "a.wasm"\nmodules = 1\n')
    with pytest.raises(ChainviewError, match="modules is a text"):
        found()
