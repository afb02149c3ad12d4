"""`durations.json`: how long each chain takes, by what it holds, so that shards of a suite take about as long."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chainview.system.errors import ChainviewError
from chainview.system.files.text_file import UnreadableText, read_text
from chainview.system.files.whole_file import write_whole

FILE = "durations.json"
_SHARED = 0o644
_MICROSECONDS = 1_000_000
_MOST = 1 << 53


@dataclass(frozen=True, slots=True)
class Duration:
    """What a chain took when it was replayed, in microseconds, and its events."""

    microseconds: int
    events: int


@dataclass(frozen=True, slots=True)
class Durations:
    """What is known of chains, by the SHA-256 of what they hold."""

    known: Mapping[str, Duration] = field(default_factory=dict)

    def weight(self, content: str, events: int) -> int:
        """How long a chain takes, in microseconds; of one that is not known as its events take with the others.

        Where none is known an event counts for a microsecond. Integers alone, so that every machine comes to the same.
        """
        if (found := self.known.get(content)) is not None:
            return max(1, found.microseconds)
        all_events = sum(each.events for each in self.known.values())
        if not all_events:
            return max(1, events)
        return max(1, events * sum(each.microseconds for each in self.known.values()) // all_events)


def read_durations(path: Path) -> Durations:
    """What a file tells, nothing where there is none; raises ChainviewError for one that is no such file.

    A shard that went by something else than the others would leave chains out.
    """
    if not os.path.lexists(path):
        return Durations()
    try:
        told = json.loads(read_text(path))
        return Durations({str(key): _duration(value) for key, value in told["chains"].items()})
    except UnreadableText as error:
        raise ChainviewError(f"can't read {path}: {error}") from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise ChainviewError(
            f"{path} is no file of durations: `chainview test --store-durations` writes one in the place of it"
        ) from None


def _duration(value: Any) -> Duration:
    microseconds, events = round(float(value["seconds"]) * _MICROSECONDS), int(value["events"])
    if not (0 <= microseconds < _MOST and 0 <= events < _MOST):
        raise ValueError
    return Duration(microseconds, events)


def store_durations(path: Path, measured: Mapping[str, Duration], kept: Iterable[str]) -> None:
    """Writes what was measured, and of `kept` what was known before; what lies there is replaced whole."""
    try:
        known = dict(read_durations(path).known)
    except ChainviewError:
        known = {}
    known = {**{each: known[each] for each in kept if each in known}, **measured}
    chains = {
        each: {"seconds": found.microseconds / _MICROSECONDS, "events": found.events}
        for each, found in sorted(known.items())
    }
    text = json.dumps({"chainview": 1, "chains": chains}, indent=1)
    write_whole(path, [f"{text}\n".encode()], force=True)
    # Who shares the suite shares it.
    path.chmod(_SHARED)
