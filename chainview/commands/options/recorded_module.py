"""The module that a chain was recorded with, of commands that look for it in a suite too."""

from __future__ import annotations

import argparse
from pathlib import Path

from chainview.commands.options.paths import path
from chainview.system.errors import ChainviewError
from chainview.system.files.working_folder import here


def add_recorded_module_option(parser: argparse.ArgumentParser) -> None:
    """Adds the option that names it."""
    parser.add_argument(
        "--recorded-module",
        type=path,
        metavar="FILE",
        help="the module the chain was recorded with, or a folder in which it is (default: the folder that "
        "chainview.toml names, and the kept ones)",
    )


def recorded_modules(given: Path | None) -> Path | None:
    """What was given, else the folder of recorded modules that the nearest chainview.toml names, where it is there."""
    from chainview.suite.settings import find_settings, read_settings

    if given is not None:
        return given
    try:
        file = find_settings(here())
    except ChainviewError:
        return None
    modules = read_settings(file).modules
    return modules if modules is not None and modules.is_dir() else None
