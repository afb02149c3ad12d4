"""Verdicts that are known already: that a chain passes, by all that could make it differ.

What does not pass is replayed again, for its explanation; so are families, which are replayed also by modules that
nobody named. Damage in the cache costs time alone.
"""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from chainview.replay.explain.rules.store import rules_file
from chainview.suite.case import Case, Outcome, Result
from chainview.system.errors import ChainviewError
from chainview.system.files.digest import sha256_of
from chainview.system.files.kept_bytes import KeptBytes
from chainview.system.files.locations import is_ours_alone, made
from chainview.system.version import VERSION

MOST_KEPT = 20_000
_LARGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class _Known:
    """The key of a test, and how its chain's file was when it was made."""

    key: str
    stamp: tuple[int, int, int]


@dataclass(slots=True)
class VerdictCache:
    """A folder of verdicts, private to the user; without one nothing is kept."""

    folder: Path | None
    remark: str = ""
    """Why nothing is kept, where something was to be."""
    _known: dict[str, _Known] = field(default_factory=dict)
    _hashes: dict[str, object] = field(default_factory=dict)
    """Of what all tests have in common."""

    def result_of(self, case: Case) -> Result | None:
        """The verdict on a test, where it is known."""
        if self.folder is None or (known := self._key(case)) is None:
            return None
        self._known[case.name] = known
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            if (held := _kept(self.folder).get(known.key)) is None:
                return None
            told = json.loads(held)
            return Result(
                case.name,
                Outcome.PASSED,
                int(told["events"]),
                (str(told["says"]),),
                in_call=bool(told["in_call"]),
                description=case.description,
                from_cache=True,
                called=frozenset(map(str, told["called"])),
                asked=frozenset(map(str, told["asked"])),
            )
        return None

    def keep(self, result: Result, case: Case) -> None:
        """Keeps a verdict on a test that was asked for before, if it may be kept, and its chain is as it was then."""
        known = self._known.get(case.name)
        if self.folder is None or known is None or not result.may_be_kept or result.outcome is not Outcome.PASSED:
            return
        reached = {"called": sorted(result.called), "asked": sorted(result.asked)}
        told = {"events": result.events, "says": result.says[0], "in_call": result.in_call, **reached}
        with suppress(OSError):
            if _stamp(case.path) == known.stamp:
                _kept(self.folder).keep(known.key, json.dumps(told).encode())

    def forget(self, name: str) -> None:
        """Lets go of the verdict on a test that was asked for before."""
        if self.folder is not None and (known := self._known.get(name)) is not None:
            _kept(self.folder).let_go(known.key)

    def _key(self, case: Case) -> _Known | None:
        """All on which a verdict stands; None for what is no single file, or can't be read."""
        rules = Path(case.accept) if case.accept is not None else rules_file(case.path)
        try:
            stamp = _stamp(case.path)
            said = {
                "chain": sha256_of(Path(case.path)),
                "module": case.sha256,
                "manifest": self._common(Path(case.actor)) if case.actor.endswith(".toml") else None,
                "rules": sha256_of(rules) if rules.exists() else None,
                "modules": None if case.modules is None else self._common(Path(case.modules)),
                "how": [case.mode, case.timeout, case.memory, str(case.chain_timeout), case.state],
                "chainview": VERSION,
                "engine": version("wasmtime"),
                "machine": [platform.machine(), platform.processor(), platform.system(), platform.release()],
            }
        except OSError:
            return None
        return _Known(sha256(json.dumps(said, sort_keys=True).encode()).hexdigest(), stamp)

    def _common(self, path: Path) -> object:
        if str(path) not in self._hashes:
            self._hashes[str(path)] = _of_folder(path) if path.is_dir() else sha256_of(path)
        return self._hashes[str(path)]

    def let_oldest_go(self) -> None:
        """Leaves what was asked for last."""
        if self.folder is not None:
            _kept(self.folder).let_oldest_go()


def usable(folder: Path) -> VerdictCache:
    """The cache in a folder, made where it is missing; one that keeps nothing, and says so, where it can't be used."""
    try:
        made(folder)
        fine = is_ours_alone(folder) and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except (OSError, ChainviewError):
        fine = False
    if fine:
        return VerdictCache(folder)
    return VerdictCache(None, f"no verdicts are kept in {folder}: it is no folder that you alone can write into")


def _kept(folder: Path) -> KeptBytes:
    return KeptBytes(folder, _LARGEST, MOST_KEPT)


def _of_folder(folder: Path) -> list[list[str]]:
    return [[path.name, sha256_of(path)] for path in sorted(folder.iterdir()) if path.suffix in (".wasm", ".wat")]


def _stamp(path: str) -> tuple[int, int, int]:
    told = os.stat(path)
    return told.st_ino, told.st_size, told.st_mtime_ns
