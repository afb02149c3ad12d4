"""Calls that nothing was known to have brought about when they were read, of which a call by rpc may tell later."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from chainview.chain.families.link import Place
from chainview.chain.payload import HostCall, encode_call
from chainview.chain.schema import Schema
from chainview.pack.cgrf import EncodeError
from chainview.pack.cgrf.limits import VERSIONS
from chainview.pack.values import String, Tuple

_Content = tuple[object, ...]


@dataclass(slots=True)
class _OfChain:
    """Such calls of one chain, each in a few bytes."""

    digests: array[int] = field(default_factory=lambda: array("q"))
    indices: array[int] = field(default_factory=lambda: array("Q"))
    compared: int = 0
    """How many were compared with all that is wanted."""


class PassedOver:
    """They are found again by what their payload must be, since their chains may not be at hand any more."""

    def __init__(self) -> None:
        self._chains: dict[int, _OfChain] = {}
        self._wanted: dict[int, _Content] = {}
        self._new: dict[int, _Content] = {}
        """Of what is wanted that with which not all was compared."""

    def add(self, place: Place, payload: bytes) -> None:
        """One more call that is passed over."""
        chain = self._chains.setdefault(place.actor, _OfChain())
        chain.digests.append(hash(payload))
        chain.indices.append(place.index)

    def want(self, said: HostCall, content: _Content) -> None:
        """What a call by rpc brings about is looked for from now on; `content` is what it says of that."""
        match said.input:
            case Tuple((_, String(function), params, *_)):
                for schema in (Schema.VALUES, Schema.LIFECYCLE):
                    for version in VERSIONS:
                        with suppress(EncodeError):
                            digest = hash(encode_call(schema, function, params, version))
                            if digest not in self._wanted:
                                self._new[digest] = content

    def found(self) -> Iterator[tuple[Place, _Content]]:
        """Those that are wanted, each once, with what brings them about says."""
        new, self._new = self._new, {}
        self._wanted |= new
        for actor, chain in self._chains.items():
            yield from _among(actor, chain, 0, chain.compared, new)
            yield from _among(actor, chain, chain.compared, len(chain.digests), self._wanted)
            chain.compared = len(chain.digests)


def _among(
    actor: int, chain: _OfChain, start: int, stop: int, wanted: Mapping[int, _Content]
) -> Iterator[tuple[Place, _Content]]:
    if start == stop or not wanted or wanted.keys().isdisjoint(chain.digests[start:stop]):
        return
    for at in range(start, stop):
        if chain.digests[at] in wanted:
            yield Place(actor, chain.indices[at]), wanted[chain.digests[at]]
