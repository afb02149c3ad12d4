"""What a tree needs of what it shows."""

from __future__ import annotations

from typing import Protocol, TypeVar

from chainview.chain.query.hits import Searchable


class Outline(Searchable, Protocol):
    """Entries of a kind each and the calls that they make up, as a tree folds and searches them.

    An EventTable is one; what an entry says is for its painter to know.
    """

    @property
    def kinds(self) -> bytearray:
        """A Kind an entry."""
        ...

    def steps(self, call: int) -> int:
        """How many entries of its call follow the wasm-call at index `call`."""
        ...


T = TypeVar("T", bound=Outline)
