"""Where chainview keeps what it keeps; every folder is private to the user."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_state_path

from chainview.system.errors import ChainviewError, words_of

NAME = "chainview"


def chains_folder() -> Path:
    """The folder of kept chains."""
    return user_state_path(NAME, appauthor=False) / "chains"


def history_file() -> Path:
    """The calls typed at the call prompt, one a line, oldest first."""
    return user_state_path(NAME, appauthor=False) / "calls"


def panes_file() -> Path:
    """The shares of the screen that a person gave to panes."""
    return user_state_path(NAME, appauthor=False) / "panes.json"


def modules_folder() -> Path:
    """The folder that keeps recorded modules by their SHA-256."""
    return user_cache_path(NAME, appauthor=False) / "modules"


def code_folder() -> Path:
    """The folder in which the engine keeps the code that it compiled."""
    return user_cache_path(NAME, appauthor=False) / "code"


def suites_folder() -> Path:
    """The folder that keeps which tests of a suite failed last."""
    return user_cache_path(NAME, appauthor=False) / "suites"


def verdicts_folder() -> Path:
    """The folder that keeps which chains pass by which modules."""
    return user_cache_path(NAME, appauthor=False) / "verdicts"


def config_file() -> Path:
    """The user's settings."""
    return user_config_path(NAME, appauthor=False) / "config.toml"


def is_ours_alone(folder: Path) -> bool:
    """Whether nobody else may write into a folder, so that what lies there can be trusted."""
    found = folder.stat()
    owned = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return owned and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def made(folder: Path) -> Path:
    """The folder, made with access for the user alone when it was missing; raises ChainviewError when it can't be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ChainviewError(f"can't make the folder {folder}: {words_of(error)}") from None
    return folder
