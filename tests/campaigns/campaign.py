"""What a campaign is: rounds of an attack, each drawn from a seed, and the figures that they leave."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


@dataclass(slots=True)
class Figures:
    """What the rounds of a campaign counted and measured."""

    counts: Counter[str] = field(default_factory=Counter)
    largest: dict[str, float] = field(default_factory=dict)

    def count(self, what: str, times: int = 1) -> None:
        """Adds to how often something happened, such as a kill."""
        self.counts[what] += times

    def measure(self, what: str, amount: float) -> None:
        """Keeps the largest amount of something that was measured, its unit in the name."""
        self.largest[what] = max(amount, self.largest.get(what, amount))

    def lines(self) -> list[str]:
        """The figures, a line each."""
        counted = [f"  {what:<60} {times:>12,}" for what, times in sorted(self.counts.items())]
        return counted + [
            f"  {f'{what}, at most':<60} {amount:>12,.1f}" for what, amount in sorted(self.largest.items())
        ]


Attack = Callable[[Random, Path, Figures], None]
"""One round, in an empty folder of its own: raises AssertionError where a promise is broken."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is attacked."""

    promise: str
    """What holds in every round, in a sentence."""
    attack: Attack
    short: int = 5
    """How many rounds CI goes: about two seconds of them."""

    def go(self, figures: Figures, *, seed: int, rounds: int | None = None, seconds: float | None = None) -> int:
        """Goes so many rounds, or rounds for so long, and says how many; round N of seed S is that of S + N alone.

        Raises BrokenPromise where a round breaks the promise.
        """
        until = None if seconds is None else time.monotonic() + seconds
        number = 0
        while (rounds is None or number < rounds) and (until is None or time.monotonic() < until):
            # A pager or an editor that a program started may still write there.
            with tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True) as folder:
                try:
                    self.attack(Random(seed + number), Path(folder), figures)
                except Exception as error:
                    raise BrokenPromise(f"{self.promise} Not so in `--seed {seed + number}`: {error}") from error
            number += 1
        return number


class BrokenPromise(AssertionError):
    """A round found what its campaign says can't be."""
