"""The module of a suite, which a command may have to build first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from chainview.suite.settings import Settings
from chainview.system.build_command import end_in_words, run_build
from chainview.system.errors import ChainviewError
from chainview.system.files.text_file import UnreadableText, read_toml

CRATE = "Cargo.toml"
_TARGET = Path("target", "wasm32-unknown-unknown", "release")


def built_module(settings: Settings, *, build: bool = True) -> Path:
    """The module, or the manifest that names it; raises ChainviewError where it can't be built or is not there."""
    if settings.build and build:
        _build(settings.build, settings.folder)
    if settings.module is not None:
        return settings.module
    found = crate_module(settings.folder)
    if found is None:
        raise ChainviewError(
            f'{settings.file} names no module, and what "{settings.build}" made was not found: write module = "…"'
        )
    return found


def crate_module(folder: Path) -> Path | None:
    """The module that cargo makes of the crate in a folder, once it is there; None where nobody can tell."""
    name = crate_name(folder)
    if name is None:
        return None
    made = [each / f"{name.replace('-', '_')}.wasm" for each in _targets(folder)]
    return next((each for each in made if each.is_file()), None)


def crate_name(folder: Path) -> str | None:
    """The name of the crate in a folder."""
    try:
        told = read_toml(folder / CRATE)
    except UnreadableText:
        return None
    package = told.get("package")
    name = package.get("name") if isinstance(package, dict) else None
    return name if isinstance(name, str) and name else None


def _targets(folder: Path) -> Iterator[Path]:
    """Where cargo may put it: the crate's own folder, or that of a workspace above."""
    if named := os.environ.get("CARGO_TARGET_DIR"):
        yield folder / named / _TARGET.relative_to("target")
    for each in (folder, *folder.parents):
        yield each / _TARGET


def _build(command: str, folder: Path) -> None:
    code = run_build(command, folder)
    if code:
        raise ChainviewError(f"the build command {command!r} ended with {end_in_words(code)}: nothing was replayed")
