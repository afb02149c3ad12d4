"""What a position-independent module says of itself in its section `dylink.0`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

_HEADER_SIZE = 8
_CUSTOM = 0
_SIZES, _NEEDED = 1, 2


@dataclass(frozen=True, slots=True)
class Dylink:
    """The bytes of memory and the slots of a table that a module's own data and functions take, and what it needs."""

    memory: int
    table: int
    needed: tuple[str, ...]
    """The names of other modules without which it can't run."""


def read_dylink(module: bytes) -> Dylink | None:
    """What the section says; None where there is none that can be read. The module must be a valid one."""
    reader = _Reader(module, _HEADER_SIZE, len(module))
    # Validating a module does not look into its custom sections.
    with suppress(IndexError):
        while reader.left:
            kind, section = reader.byte(), reader.part()
            if kind == _CUSTOM and section.name() == "dylink.0":
                return _read(section)
    return None


def _read(section: _Reader) -> Dylink:
    memory = table = 0
    needed: tuple[str, ...] = ()
    while section.left:
        kind, part = section.byte(), section.part()
        if kind == _SIZES:
            memory, _, table = part.number(), part.number(), part.number()
        elif kind == _NEEDED:
            needed = tuple(part.name() for _ in range(part.number()))
    return Dylink(memory, table, needed)


class _Reader:
    def __init__(self, data: bytes, at: int, stop: int) -> None:
        self._data, self._at, self._stop = data, at, stop

    @property
    def left(self) -> bool:
        return self._at < self._stop

    def byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def number(self) -> int:
        value = 0
        for shift in range(0, 35, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise IndexError("a number of more than 32 bits")

    def part(self) -> _Reader:
        size = self.number()
        self._at += size
        return _Reader(self._data, self._at - size, self._at)

    def name(self) -> str:
        size = self.number()
        self._at += size
        return self._data[self._at - size : self._at].decode("utf-8", "replace")
