"""A test that travels to another machine: what it needs as bytes, and the same files made of them there."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from chainview.actor.manifest import find_target
from chainview.replay.explain.rules.store import rules_file
from chainview.suite.case import Case, Outcome, Result
from chainview.suite.judging import failed, judge
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.digest import sha256_of
from chainview.system.version import VERSION

_ACTOR, _CHAIN, _MODULES, _RULES = "actor/", "chain/", "modules", "rules.toml"
_TOLD = ("says", "text")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A test whose paths lead into a folder that is made where it is replayed; `files` are the SHA-256 by the paths."""

    case: Case
    files: Mapping[str, str]
    versions: tuple[str, str]
    """Of chainview and its engine, where it comes from."""


def versions_here() -> tuple[str, str]:
    """The versions of chainview and of its engine."""
    return VERSION, version("wasmtime")


class Packing:
    """Makes parcels of tests; what many of them need it reads, and hashes, as seldom as it changes."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int, int], str]] = {}
        self._held: dict[str, bytes] = {}
        """The modules that travelled, by their SHA-256."""

    def module(self, path: Path) -> tuple[str, bytes]:
        """A module's SHA-256 and bytes."""
        digest = self.digest(path)
        if digest not in self._held:
            data = path.read_bytes()
            digest = sha256(data).hexdigest()
            self._held[digest] = data
        return digest, self._held[digest]

    def digest(self, path: Path) -> str:
        """The SHA-256 of a module, which is not read where it is as it was."""
        told = path.stat()
        stamp = told.st_ino, told.st_size, told.st_mtime_ns
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = self._known[path] = stamp, sha256_of(path)
        return known[1]


def packed(case: Case, packing: Packing) -> tuple[Parcel, dict[str, bytes]]:
    """A test as it travels, with what its files hold by their SHA-256; raises ChainviewError for what can't be read."""
    contents, files = dict[str, bytes](), dict[str, str]()

    def add(name: str, data: bytes, digest: str = "") -> None:
        digest = files[name] = digest or sha256(data).hexdigest()
        contents[digest] = data

    try:
        chain, told = Path(case.path), list[bytes]()
        for path in _files_in(chain) if chain.is_dir() else [chain]:
            told.append(path.read_bytes())
            add(f"{_CHAIN}{path.relative_to(chain.parent).as_posix()}", told[-1])
        actor = _add_actor(case.actor, add, packing)
        beside = rules_file(case.path)
        if case.accept is not None:
            add(_RULES, Path(case.accept).read_bytes())
        elif beside.is_file():
            add(f"{_CHAIN}{beside.name}", beside.read_bytes())
        for path in () if case.modules is None else sorted(Path(case.modules).glob("*.wasm")):
            named = packing.digest(path).encode()
            # Of very many those alone that the chain names.
            if any(named in each for each in told):
                digest, data = packing.module(path)
                add(f"{_MODULES}/{path.name}", data, digest)
    except OSError as error:
        raise ChainviewError(f"can't read what {case.name} needs: {words_of(error)}") from None
    there = replace(
        case,
        path=f"{_CHAIN}{chain.name}",
        actor=actor,
        accept=None if case.accept is None else _RULES,
        modules=None if case.modules is None else _MODULES,
    )
    return Parcel(there, files, versions_here()), contents


def _add_actor(actor: str, add: Callable[[str, bytes, str], None], packing: Packing) -> str:
    """Adds the module, and where a manifest names it one that says the same; returns which of them is the actor."""
    target = find_target(actor)
    digest, data = packing.module(target.module)
    add(f"{_ACTOR}{target.module.name}", data, digest)
    if target.manifest is None:
        return f"{_ACTOR}{target.module.name}"
    told = {"name": target.name, "package": target.module.name, "initial_state": target.initial_state}
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in told.items() if value is not None)
    add(f"{_ACTOR}{target.manifest.name}", text.encode(), "")
    return f"{_ACTOR}{target.manifest.name}"


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def judged_here(parcel: Parcel, digests: Sequence[str], contents: Sequence[bytes]) -> Result:
    """What comes of a test that travelled, whose files hold these contents, by their SHA-256."""
    case = parcel.case
    if parcel.versions != versions_here():
        return failed(case, Outcome.ERROR, differing_versions(parcel.versions, {"a worker": versions_here()}))
    held = dict(zip(digests, contents, strict=True))
    try:
        with tempfile.TemporaryDirectory(prefix="chainview-") as name:
            folder, of_actor = Path(name), _own_folder() / _digest_of_actor(parcel)
            for file, digest in parcel.files.items():
                # One actor has one path for all its chains: its code is kept by that.
                _put((of_actor if file.startswith(_ACTOR) else folder) / file, held[digest])
            result = judge(
                replace(
                    case,
                    path=str(folder / case.path),
                    actor=str(of_actor / case.actor),
                    accept=None if case.accept is None else str(folder / case.accept),
                    modules=None if case.modules is None else str(folder / case.modules),
                )
            )
            # What is told names files as they are called at home.
            return replace(result, **{key: _at_home(getattr(result, key), folder, of_actor) for key in _TOLD})
    except OSError as error:
        return failed(case, Outcome.ERROR, f"it can't be written on the machine that replays it: {words_of(error)}")


def _put(path: Path, data: bytes) -> None:
    """Writes a file that may be there already, as another thread of this process wrote it."""
    if path.is_file() and path.stat().st_size == len(data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with open(descriptor, "wb") as file:
        file.write(data)
    os.replace(temporary, path)


def _at_home(told: Any, *folders: Path) -> Any:
    if isinstance(told, tuple):
        return tuple([_at_home(each, *folders) for each in told])
    for folder in folders:
        told = told.replace(f"{folder}{os.sep}", "")
    return told


def _digest_of_actor(parcel: Parcel) -> str:
    told = [f"{name} {digest}" for name, digest in parcel.files.items() if name.startswith(_ACTOR)]
    return sha256("\n".join(sorted(told)).encode()).hexdigest()[:32]


@cache
def _own_folder() -> Path:
    """A folder of this process, which goes with it."""
    folder = tempfile.mkdtemp(prefix="chainview-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def differing_versions(ours: tuple[str, str], theirs: Mapping[str, tuple[str, str]]) -> str:
    """The sentence that tells who has other versions."""
    told = "; ".join(f"{who} has chainview {one} and wasmtime {other}" for who, (one, other) in theirs.items())
    here = f"here are chainview {ours[0]} and wasmtime {ours[1]}"
    return f"versions differ, so verdicts could too: {here}; {told}"
