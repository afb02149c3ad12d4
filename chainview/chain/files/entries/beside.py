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

    def noted(self) -> Iterator[tuple[int, Extras, bool]]:
        """What is kept beside them by their places, in order, and whether columns do not even tell times of it."""
        places = sorted([*self.extras, *self.reasons]) if self.extras and self.reasons else self.extras or self.reasons
        for at in places:
            told = self.extras.get(at)
            yield (at, _of_reason(self.reasons[at]), False) if told is None else (at, told, True)


@lru_cache(maxsize=256)
def _of_reason(reason: str) -> Extras:
    """Extras that tell nothing else: most reasons are those of very many events."""
    return Extras(reason=reason)
