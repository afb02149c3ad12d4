"""The suite that new builds of an actor go through while it runs, where there is one of it."""

from __future__ import annotations

import os
from pathlib import Path

from chainview.actor.manifest import find_target
from chainview.suite.building import crate_module
from chainview.suite.settings import Settings, find_settings, read_settings
from chainview.system.errors import ChainviewError
from chainview.workbench.rebuilding.suite_run import SuiteRun


def suite_beside(actor: str, folder: Path) -> SuiteRun:
    """The suite that is found in a folder or above it; raises ChainviewError where there is none of that actor."""
    settings = read_settings(find_settings(folder))
    running = _module_of(actor)
    tested = _tested(settings)
    if tested is None or not _is_same(running, tested):
        named = "another module" if tested is None else str(tested)
        raise ChainviewError(f"{settings.file} is the suite of {named}, and {running} runs here")
    return SuiteRun(settings.file)


def _tested(settings: Settings) -> Path | None:
    return crate_module(settings.folder) if settings.module is None else _module_of(str(settings.module))


def _module_of(actor: str) -> Path:
    """The module that a name on the command line, or in a suite, leads to, also where it is not built yet."""
    try:
        return find_target(actor).module
    except ChainviewError:
        return Path(actor)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)
