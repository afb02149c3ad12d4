"""Recordings of the sample actors by the published Theater, and what was asked of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Asked:
    """A recording: of which sample actor, from which initial state, with which calls."""

    name: str
    actor: str
    calls: tuple[str, ...]
    state: str | None = None
    clock: bool = False
    """Whether it holds answers of a clock, which can't be had again."""

    @property
    def path(self) -> Path:
        """The JSON array that Theater recorded."""
        return FOLDER / f"{self.name}.json"


def asked() -> list[Asked]:
    """Every recording, as recordings.toml tells them."""
    stored = tomllib.loads((FOLDER / "recordings.toml").read_text(encoding="utf-8"))["recording"]
    return [Asked(**{**each, "calls": tuple(each["calls"])}) for each in stored]
