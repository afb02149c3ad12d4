"""What is known of events in columns that those columns do not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from chainview.chain.event import Extras


@dataclass(frozen=True, slots=True)
class Beside:
    """What columns do not say of some of their events, by the place of each among them."""

    parents: Mapping[int, bytes | None] = field(default_factory=dict)
    """The parents that are not the hash of the event before."""
    extras: Mapping[int, Extras] = field(default_factory=dict)
    """What is kept beside those of which columns do not even tell times."""
    reasons: Mapping[int, str] = field(default_factory=dict)
    """The reasons of those of which columns tell all else."""

    def notes(self, first: int) -> Iterator[tuple[int, Extras]]:
        """The reasons, by the numbers that their events have where the first one has that number."""
        for at, reason in self.reasons.items():
            yield first + at, _of_reason(reason)


@lru_cache(maxsize=256)
def _of_reason(reason: str) -> Extras:
    """Extras that tell nothing else: most reasons are those of very many events."""
    return Extras(reason=reason)
