"""Which chains are the tests of a suite: what its patterns match, and what is said of single ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chainview.chain.families.index import INDEX, OTHER_INDEX
from chainview.chain.files.formats import NEAR, detect
from chainview.suite.settings import Settings
from chainview.system.errors import ChainviewError
from chainview.system.files.matching import Looking
from chainview.system.files.text_file import read_regular
from chainview.system.wording import some_of

_SUFFIX = ".chain"
_BESIDE = (".toml", ".wasm", ".wat", ".lock", ".calls", ".answers", ".md")
"""What lies beside chains on purpose, and is none."""


@dataclass(slots=True)
class Gathered:
    """The paths of tests by their names, in the order of these, and what is to be said of the search."""

    paths: dict[str, Path] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def gather(settings: Settings) -> Gathered:
    """The tests of a suite; raises ChainviewError where a folder can't be read, and where there is no test at all."""
    found, passed_over = list[Path](), list[str]()
    remarks, looking = list[str](), Looking(f"chains in {settings.file}")
    for pattern in settings.chains:
        matched = list(_matched(settings.folder, pattern, looking, passed_over))
        if not matched:
            remarks.append(f"no chain is matched by {pattern}")
        found += matched
    # What is said of a chain that is gone must not be forgotten with it.
    found += settings.of_chains
    if not found:
        patterns = some_of([f"{each!r}" for each in settings.chains])
        raise ChainviewError(
            f"there is no chain for {settings.file}: {patterns} in {settings.folder} match none; record one "
            "with `chainview record ACTOR --call '…' -o FILE`"
        )
    if passed_over:
        remarks.append(f"no chains, and passed over: {some_of(sorted(set(passed_over)), 6)}")
    named = {os.path.relpath(path, settings.folder).replace(os.sep, "/"): path for path in found}
    return Gathered(dict(sorted(named.items())), remarks)


def _matched(folder: Path, pattern: str, looking: Looking, passed_over: list[str]) -> Iterator[Path]:
    """What a pattern means: a file, what lies in a folder, or what it matches."""
    whole = folder / pattern
    if whole.is_dir():
        yield from _in_folder(Path(os.path.normpath(whole)), looking, passed_over)
        return
    for each in looking.matched(folder, pattern):
        path = Path(os.path.normpath(each))
        if path.is_dir():
            if _is_one(path):
                yield path
        elif not path.name.endswith(_BESIDE):
            yield path


def _in_folder(folder: Path, looking: Looking, passed_over: list[str]) -> Iterator[Path]:
    """The chains in a folder and below it; that of a family, or a store of Theater, is a single test."""
    open_, seen = [folder], set[str]()
    while open_:
        folder = open_.pop()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        if _is_one(folder):
            yield folder
            continue
        for path in looking.into(folder):
            if os.path.isdir(path):
                open_.append(path)
            elif path.suffix == _SUFFIX or _holds_chain(path):
                yield path
            elif not path.name.endswith(_BESIDE):
                passed_over.append(path.name)


def _is_one(folder: Path) -> bool:
    """Whether a folder is a single test."""
    return any((folder / each).is_file() for each in (INDEX, OTHER_INDEX)) or (
        (folder / "events").is_dir() and (folder / "chains").is_dir()
    )


def _holds_chain(path: Path) -> bool:
    try:
        return not path.name.endswith(_BESIDE) and detect(read_regular(path, NEAR)) is not None
    except OSError:
        return False
