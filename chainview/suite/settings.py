"""What `chainview.toml` says of a suite: the module, the chains, and under which limits they are replayed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chainview.suite.toml_places import place_of
from chainview.system.amounts import seconds_in, size_in
from chainview.system.errors import ChainviewError
from chainview.system.files.text_file import UnreadableText, read_text, read_toml
from chainview.system.wording import visible

FILE = "chainview.toml"
MODULES = "modules"
"""Where recorded modules lie, when nothing else is said and the folder is there."""
_MODES = ("probe", "strict", "reference")
KEYS = ("module", "build", "chains", "modules", "mode", "cache", "pytest", "limits", "chain")
LIMITS = ("timeout", "memory", "chain", "jobs")
OF_CHAIN = ("path", "state", "description", "accept")
_MOST_JOBS = 1024
_PATIENCE_SECONDS = 5.0
_CHAINS, _TIMEOUT, _CHAIN_TIMEOUT = ("chains/",), 30.0, 600.0


@dataclass(frozen=True, slots=True)
class OfChain:
    """What is said of one chain, or of one family's folder, beside the chain itself."""

    state: str | None = None
    description: str = ""
    accept: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a file says, its paths in full. `timeout` bounds a call, `chain_timeout` the whole replay of a chain."""

    file: Path
    module: Path | None = None
    build: str = ""
    chains: tuple[str, ...] = _CHAINS
    modules: Path | None = None
    mode: str = "probe"
    timeout: float = _TIMEOUT
    memory: int | None = None
    chain_timeout: float = _CHAIN_TIMEOUT
    jobs: int | None = None
    cache: Path | None = None
    """The folder of verdicts, where it is not the user's own."""
    pytest: bool = False
    """Whether the chains are tests of each pytest session as well."""
    of_chains: Mapping[Path, OfChain] = field(default_factory=dict)
    """What is said of single chains, by their paths in full."""

    @property
    def longest(self) -> float:
        """After so many seconds a process is ended that has not given a chain up by itself."""
        return self.chain_timeout + _PATIENCE_SECONDS

    @property
    def folder(self) -> Path:
        """The folder that the paths in the file are of."""
        return self.file.parent


def find_settings(beginning: Path) -> Path:
    """The file that is meant in a folder: its own, else that of the nearest folder above; raises ChainviewError."""
    beginning = beginning.absolute()
    for folder in (beginning, *beginning.parents):
        # One that can't be read is told: the suite of a folder above is not meant.
        if os.path.lexists(folder / FILE):
            return folder / FILE
    raise ChainviewError(f"there is no {FILE} in {beginning} or above it: `chainview test --init` writes one")


def read_settings(file: Path) -> Settings:
    """What a file says; raises ChainviewError, with the line and the column of what is wrong."""
    try:
        told, text = read_toml(file), read_text(file, kind="TOML")
    except UnreadableText as error:
        raise ChainviewError(f"can't read {file}: {error}") from None
    return _Reading(file.absolute(), text, told).settings()


class _Reading:
    """A file that is being read."""

    def __init__(self, file: Path, text: str, told: dict[str, Any]) -> None:
        self._file, self._text, self._told = file, text, told

    def settings(self) -> Settings:
        self._only_known(self._told, KEYS)
        limits = self._table("limits")
        self._only_known(limits, LIMITS, "limits")
        module, build = self._path("module"), self._string("build") or ""
        if module is None and not build:
            raise ChainviewError(
                f'{self._file} names no module: write module = "…", the .wasm file or manifest.toml of the actor, or '
                'build = "cargo build …", the command that makes it'
            )
        mode = self._string("mode") or "probe"
        if mode not in _MODES:
            raise self._wrong(f"there is no mode {mode!r}: choose probe, strict or reference", "mode")
        memory = self._amount("memory", size_in)
        return Settings(
            self._file,
            module,
            build,
            self._globs(),
            self._path("modules"),
            mode,
            self._amount("timeout", seconds_in) or _TIMEOUT,
            None if memory is None else int(memory),
            self._amount("chain", seconds_in) or _CHAIN_TIMEOUT,
            self._jobs(limits),
            self._path("cache"),
            self._pytest(),
            self._of_chains(),
        )

    def _globs(self) -> tuple[str, ...]:
        value = self._told.get("chains", list(_CHAINS))
        globs = [value] if isinstance(value, str) else value
        if not isinstance(globs, list) or not globs or not all(isinstance(each, str) and each for each in globs):
            raise self._wrong('chains is a list of patterns, such as ["chains/", "more/*.json"]', "chains")
        return tuple(dict.fromkeys(globs))

    def _pytest(self) -> bool:
        value = self._told.get("pytest", False)
        if not isinstance(value, bool):
            raise self._wrong("pytest is true or false", "pytest")
        return value

    def _jobs(self, limits: Mapping[str, Any]) -> int | None:
        jobs = limits.get("jobs")
        if jobs is not None and (isinstance(jobs, bool) or not isinstance(jobs, int) or not 0 < jobs <= _MOST_JOBS):
            raise self._wrong(f"jobs is a number of processes from 1 to {_MOST_JOBS:,}", "limits", "jobs")
        return jobs

    def _amount(self, key: str, read: Any) -> float | None:
        value = self._table("limits").get(key)
        if value is None:
            return None
        example = "512M" if read is size_in else "30s"
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self._wrong(f'{key} is written as "{example}"', "limits", key)
        try:
            amount: float = read(str(value))
        except ValueError as error:
            raise self._wrong(str(error), "limits", key) from None
        return amount

    def _of_chains(self) -> dict[Path, OfChain]:
        entries = self._told.get("chain", [])
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise self._wrong("what is said of single chains stands in tables: write [[chain]]", "chain")
        found: dict[Path, OfChain] = {}
        for number, entry in enumerate(entries):
            self._only_known(entry, OF_CHAIN, "chain", number)
            path = self._path("path", "chain", number)
            if path is None:
                raise self._wrong('a [[chain]] needs path = "…", the chain that it is of', "chain", number)
            if path in found:
                raise self._wrong(f"there are two [[chain]] of {path}: make one of them", "chain", number, "path")
            state, description = (self._string(key, "chain", number) for key in ("state", "description"))
            found[path] = OfChain(state, description or "", self._path("accept", "chain", number))
        return found

    def _table(self, key: str) -> Mapping[str, Any]:
        value = self._told.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(f"{key} is a table: write [{key}] and its keys below", key)
        return value

    def _string(self, key: str, *under: str | int) -> str | None:
        table: Any = self._told
        for each in under:
            table = table[each]
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            raise self._wrong(f'{key} is a text: write {key} = "…"', *under, key)
        return value

    def _path(self, key: str, *under: str | int) -> Path | None:
        value = self._string(key, *under)
        if value is None:
            return None
        if not value or "\0" in value:
            raise self._wrong(f"{key} is no path", *under, key)
        # Without what a link stands for: chains are named as they were found.
        return Path(os.path.normpath(self._file.parent / value))

    def _only_known(self, table: Mapping[str, Any], known: tuple[str, ...], *under: str | int) -> None:
        for key in table:
            if key not in known:
                raise self._wrong(f"there is no key {key!r}: there are {', '.join(known)}", *under, key)

    def _wrong(self, what: str, *path: str | int) -> ChainviewError:
        line, column = place_of(self._text, path)
        return ChainviewError(f"{visible(str(self._file))} line {line:,}, column {column:,}: {what}")
