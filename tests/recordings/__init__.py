"""Recordings of the sample actors by the published runtimes, and what was asked of these."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainview.pack.values import Tuple, Value

FOLDER = Path(__file__).resolve().parent
NOW = 1234
"""What packr's host is given to answer when it is asked for the time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a runtime was asked for: calls of a sample actor."""

    name: str
    actor: str
    calls: tuple[str, ...]
    state: str | None = None
    clock: bool = False
    """Whether Theater's recording holds answers of a clock, which can't be had again."""
    waiting: bool = False
    """Whether the module is of the asynchronous convention."""

    @property
    def path(self) -> Path:
        """What the runtime recorded."""
        return FOLDER / f"{self.name}.json"


def recordings() -> list[Asked]:
    """What Theater was asked for."""
    return [_asked(each) for each in _stored()["recording"]]


def crossings() -> list[Asked]:
    """What packr's host was asked for."""
    return [_asked(each) for each in _stored()["crossing"]]


def handed_over(params: Value) -> Value:
    """What a package is handed: a single argument as it is, several as a tuple."""
    return params.items[0] if isinstance(params, Tuple) and len(params.items) == 1 else params


def _stored() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "recordings.toml").read_text(encoding="utf-8"))


def _asked(stored: dict[str, Any]) -> Asked:
    return Asked(**{**stored, "calls": tuple(stored["calls"])})
