"""Builds in the order in which they were named."""

from __future__ import annotations

from collections.abc import Sequence

from chainview.suite.bisect.builds import BuildName


class GivenBuilds:
    """A list of modules or manifests, by their places in it."""

    noun = "build"

    def __init__(self, actors: Sequence[str]) -> None:
        self._actors = tuple(actors)
        self.first, self.last = 0, len(actors) - 1

    def between(self, identical: Sequence[int], differs: int) -> Sequence[int]:
        """Those behind the last that is identical, from their middle on outwards."""
        begin = max(identical)
        return sorted(range(begin + 1, differs + 1), key=lambda place: -min(place - begin, differs - place))

    def name(self, build: int) -> BuildName:
        """How it was named, and its place from 1 on."""
        actor = self._actors[build]
        place = f"({build + 1:,} of {len(self._actors):,})"
        return BuildName(actor, place, {"number": build + 1, "build": actor})

    def made(self, build: int) -> str:
        """The file, which is there or is not."""
        return self._actors[build]

    def in_order(self, builds: Sequence[int]) -> Sequence[int]:
        """As they were named."""
        return sorted(builds)
