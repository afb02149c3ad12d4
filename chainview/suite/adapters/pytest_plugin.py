"""The pytest plugin: the chains of a `chainview.toml` as tests, and a fixture that replays one.

A session that uses neither pays for this module alone: whatever it needs is imported when a test asks for it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chainview.suite.adapters.replay_fixture import ChainviewReplay

_FILE = "chainview.toml"
_MOST_LETTERS = 4 << 20
"""Larger settings are refused where they are used."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("chainview", "chains as tests")
    group.addoption(
        "--chainview",
        action="store_true",
        help=f"collect the chains of the {_FILE} of this folder, or of the nearest one above, as tests",
    )
    group.addoption("--chainview-config", metavar="FILE", help=f"those of this {_FILE}")


def pytest_configure(config: pytest.Config) -> None:
    """Has the suite collected that is asked for, where that does not lie in what is collected anyhow."""
    wanted = config.getoption("chainview") or config.getoption("chainview_config")
    if not wanted and getattr(config, "args_source", None) is pytest.Config.ArgsSource.ARGS:
        return
    file = _asked_for(config) if wanted else _nearest(config.invocation_params.dir)
    if file is None or not (wanted or _says_so(file)):
        return
    if not any(_holds(each, file, config.invocation_params.dir) for each in config.args):
        config.args.append(str(file))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The suite of a settings file that is asked for, or that says so."""
    if file_path.name != _FILE and not parent.config.getoption("chainview_config"):
        return None
    if not _is_asked_for(parent.config, file_path) and not (file_path.name == _FILE and _says_so(file_path)):
        return None
    from chainview.suite.adapters.pytest_suite import SuiteFile

    found: pytest.Collector = SuiteFile.from_parent(parent, path=file_path)
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells what is to be known of chains that passed."""
    if (
        "chainview.suite.adapters.pytest_suite" in sys.modules
        or terminalreporter.config.getoption("dist", "no") != "no"
    ):
        from chainview.suite.adapters.pytest_told import tell

        tell(terminalreporter)


@pytest.fixture
def chainview_replay() -> ChainviewReplay:
    """Replays a chain by an actor, closed off from every host; fails the test with the explanation if it differs."""
    from chainview.suite.adapters.pytest_told import replayed

    return replayed


def _asked_for(config: pytest.Config) -> Path:
    named = config.getoption("chainview_config")
    beginning = config.invocation_params.dir
    file = _nearest(beginning) if named is None else beginning / named
    if file is None:
        raise pytest.UsageError(f"there is no {_FILE} in {beginning} or above it: `chainview test --init` writes one")
    if not file.is_file():
        raise pytest.UsageError(f"there is no file {file}")
    return file


def _is_asked_for(config: pytest.Config, file: Path) -> bool:
    wanted = config.getoption("chainview") or config.getoption("chainview_config")
    return bool(wanted) and os.path.samefile(_asked_for(config), file)


def _nearest(beginning: Path) -> Path | None:
    folders = (beginning, *beginning.parents)
    return next((folder / _FILE for folder in folders if (folder / _FILE).is_file()), None)


def _says_so(file: Path) -> bool:
    """Whether settings say that pytest collects their chains; settings that are wrong are told when they are used."""
    import tomllib

    try:
        with file.open(encoding="utf-8-sig") as opened:
            text = opened.read(_MOST_LETTERS + 1)
        return len(text) <= _MOST_LETTERS and tomllib.loads(text).get("pytest") is True
    except (OSError, ValueError, RecursionError):
        return False


def _holds(argument: str, file: Path, beginning: Path) -> bool:
    """Whether what is collected for an argument holds a file."""
    path = beginning / argument.partition("::")[0]
    return path == file or path in file.parents
