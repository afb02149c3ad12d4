"""The distinct event types of a chain, of which a file may hold as many as events."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import overload

_FEW = 1 << 12
"""Types up to which each is an object: a name of a few letters takes some 150 bytes so, and some 30 packed."""
_FIRST_SLOTS = 1 << 14
_HASH_BITS = (1 << 32) - 1


class TypeNames(Sequence[str]):
    """The names by their ids, in the order they came; beyond the first ones they lie packed."""

    def __init__(self, few: int = _FEW) -> None:
        self.first_ids: dict[str, int] = {}
        """The ids of the first ones, which nearly every chain needs alone."""
        self._few = few
        self._first: list[str] = []
        self._text = bytearray()
        self._ends = array("Q")
        self._hashes = array("I")
        self._slots = array("I")
        """A table of hashes with open places, which holds for each packed name its place + 1."""

    def __len__(self) -> int:
        return len(self._first) + len(self._ends)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        if at < 0:
            at += len(self)
        if 0 <= at < len(self._first):
            return self._first[at]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self._packed(at - len(self._first)).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[at] for at in range(len(self)))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.id_of(name) is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def id_of(self, name: str) -> int | None:
        """The id of a name; None where it is not among them."""
        known = self.first_ids.get(name)
        if known is not None or not self._ends:
            return known
        place = self._slots[self._slot_of(name)]
        return len(self._first) + place - 1 if place else None

    def learn(self, name: str) -> int:
        """The id of a name, which is added where it is not among them."""
        known = self.first_ids.get(name)
        if known is not None:
            return known
        if len(self._first) < self._few:
            self.first_ids[name] = len(self._first)
            self._first.append(name)
            return len(self._first) - 1
        if 3 * len(self._ends) >= 2 * len(self._slots):
            self._make_room()
        slot = self._slot_of(name)
        if not self._slots[slot]:
            self._text += name.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._text))
            self._hashes.append(hash(name) & _HASH_BITS)
            self._slots[slot] = len(self._ends)
        return len(self._first) + self._slots[slot] - 1

    def _packed(self, place: int) -> bytes:
        return bytes(self._text[self._ends[place - 1] if place else 0 : self._ends[place]])

    def _slot_of(self, name: str) -> int:
        """Where in the table a name stands, or where there is room for it."""
        slots, hashes, mask, hashed = self._slots, self._hashes, len(self._slots) - 1, hash(name) & _HASH_BITS
        slot = hashed & mask
        while place := slots[slot]:
            if hashes[place - 1] == hashed and self._packed(place - 1) == name.encode("utf-8", "surrogatepass"):
                break
            slot = (slot + 1) & mask
        return slot

    def _make_room(self) -> None:
        size = max(_FIRST_SLOTS, 2 * len(self._slots))
        self._slots = slots = array("I", (0,)) * size
        mask = size - 1
        for place, hashed in enumerate(self._hashes, 1):
            slot = hashed & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = place
