"""A part of a value that is read once somebody looks at it."""

from __future__ import annotations

from typing import Final, Protocol

from chainview.pack.values.scalars import Value

_BEGINNING: Final = 4096


class PartSource(Protocol):
    """Where parts of one value are read from, by the numbers of their places."""

    def beginning(self, place: int, most: int) -> Value:
        """The part at a place, of which about the first so many values are made."""

    def written(self, place: int) -> tuple[int, bytes]:
        """The part as it is written, and where: what is written alike at one place, of any source, is equal."""


class Unread(Value):
    """A part that nobody looked at yet, of which no more is known than how many values it is.

    It is equal to what it stands for, and hashed alike. Only who reads the beginning of a value meets it.
    """

    __slots__ = ("_place", "_source", "_value", "count")

    def __init__(self, count: int, source: PartSource, place: int) -> None:
        self.count = count
        """The values in it, with itself."""
        self._source, self._place = source, place
        self._value: Value | None = None

    def value(self) -> Value:
        """What it stands for, all of it."""
        if self._value is None:
            self._value = self.beginning(self.count)
        return self._value

    def beginning(self, most: int) -> Value:
        """What it stands for, of which about the first so many values are made, and the others Unread again."""
        return self._source.beginning(self._place, max(1, most))

    def is_written_as(self, other: Value) -> bool:
        """Whether another one stands for the same without that either is read; False says nothing."""
        if not isinstance(other, Unread) or self.count != other.count:
            return False
        return self._source.written(self._place) == other._source.written(other._place)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Unread):
            return self.count == other.count and (self.is_written_as(other) or self.value() == other.value())
        return self.value() == other

    def __hash__(self) -> int:
        return hash(self.value())


def read(value: Value) -> Value:
    """A value that is read by now: all that one stands for which was not, or the same."""
    return value.value() if isinstance(value, Unread) else value


def begun(value: Value) -> Value:
    """A value of which something was read: the beginning of one that was not read yet, or the same."""
    return value.beginning(_BEGINNING) if isinstance(value, Unread) else value
