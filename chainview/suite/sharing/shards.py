"""Which of several runners replays which chains: each chain falls to exactly one, equal ones to the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from chainview.chain.families.folder import find_family
from chainview.chain.files.opened import open_chain
from chainview.suite.case import Case
from chainview.suite.equal_chains import content_hash
from chainview.suite.sharing.durations import Durations
from chainview.system.errors import ChainviewError

_SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Shard:
    """One of so many shares, from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def shard_in(text: str) -> Shard:
    """The shard that is written as `2/5`; raises ValueError, with what is wrong."""
    found = _SHARD.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise ValueError(f"{text} is no shard: write 1/4 for the first of four, up to 4/4")
    return Shard(int(found[1]), int(found[2]))


def divided(weights: Mapping[str, tuple[int, int]], shards: int) -> dict[str, int]:
    """The shard, from 1, of each of some contents that have a weight and a number of chains, by their hashes.

    The heaviest goes first, each to the shard that has least. Nothing counts but what is given.
    """
    loads = [0] * shards
    found = dict[str, int]()
    for content in sorted(weights, key=lambda each: (-weights[each][0] * weights[each][1], each)):
        weight, count = weights[content]
        lightest = min(range(shards), key=lambda each: (loads[each], each))
        loads[lightest] += weight * count
        found[content] = lightest + 1
    return found


def cases_of(
    shard: Shard, cases: Sequence[Case], durations: Durations, events: Callable[[Path], int] | None = None
) -> list[Case]:
    """The tests that fall to a shard, in their order; a chain that can't be read is told apart by its name."""
    events = events or events_in
    contents = {each.name: content_hash(Path(each.path)) or f"/{each.name}" for each in cases}
    paths = {contents[each.name]: Path(each.path) for each in cases}
    counts = dict[str, int]()
    for content in contents.values():
        counts[content] = counts.get(content, 0) + 1
    weights = {
        content: (durations.weight(content, 0 if content in durations.known else events(path)), counts[content])
        for content, path in paths.items()
    }
    falls_to = divided(weights, shard.of)
    return [each for each in cases if falls_to[contents[each.name]] == shard.number]


def events_in(path: Path) -> int:
    """How many events a chain, or all chains of a family, hold, as far as they can be read."""
    try:
        family = find_family(str(path))
        files = [path] if family is None else [member.file for member in family.members]
        return sum(map(_events_in_chain, files))
    except ChainviewError:
        return 0


def _events_in_chain(file: Path) -> int:
    with closing(open_chain(file)) as opened:
        return len(opened.load().table)
