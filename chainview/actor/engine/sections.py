"""The sections of a module, and the custom ones: what its tools say of it, which no engine looks into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

_HEADER_SIZE = 8
_CUSTOM = 0
_MOST_BITS = 35
_SIZES, _NEEDED = 1, 2


class SectionReader:
    """Reads a part of a module from its beginning; raises IndexError where the module ends before it should."""

    def __init__(self, data: bytes, at: int = 0, stop: int | None = None) -> None:
        self._data, self._at = data, at
        self._stop = len(data) if stop is None else stop

    @property
    def place(self) -> int:
        """Where in the module the next byte stands."""
        return self._at

    @property
    def stop(self) -> int:
        """Where in the module the part ends."""
        return self._stop

    @property
    def left(self) -> bool:
        """Whether anything is left to read."""
        return self._at < self._stop

    def byte(self) -> int:
        """The next byte."""
        self._at += 1
        return self._data[self._at - 1]

    def number(self) -> int:
        """The next unsigned number of at most 32 bits."""
        value = 0
        for shift in range(0, _MOST_BITS, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise IndexError("a number of more than 32 bits")

    def part(self) -> SectionReader:
        """The next part, which tells its size first."""
        size = self.number()
        self._at += size
        return SectionReader(self._data, self._at - size, self._at)

    def name(self) -> str:
        """The next text, which tells its size first."""
        size = self.number()
        self._at += size
        return self._data[self._at - size : self._at].decode("utf-8", "replace")


def sections(module: bytes) -> Iterator[tuple[int, SectionReader]]:
    """The sections of a valid module, each by its kind; a broken one raises IndexError where it is read."""
    reader = SectionReader(module, _HEADER_SIZE)
    while reader.left:
        yield reader.byte(), reader.part()


def custom_sections(module: bytes) -> Iterator[tuple[str, SectionReader]]:
    """The custom sections of a valid module, each by its name; a broken one raises IndexError where it is read."""
    for kind, section in sections(module):
        if kind == _CUSTOM:
            yield section.name(), section


@dataclass(frozen=True, slots=True)
class Dylink:
    """The bytes of memory and the slots of a table that a module's own data and functions take, and what it needs."""

    memory: int
    table: int
    needed: tuple[str, ...]
    """The names of other modules without which it can't run."""


def read_dylink(module: bytes) -> Dylink | None:
    """What the section `dylink.0` of a position-independent module says; None where there is none that can be read.

    The module must be a valid one.
    """
    # Validating a module does not look into its custom sections.
    with suppress(IndexError):
        for name, section in custom_sections(module):
            if name == "dylink.0":
                return _read(section)
    return None


def _read(section: SectionReader) -> Dylink:
    memory = table = 0
    needed: tuple[str, ...] = ()
    while section.left:
        kind, part = section.byte(), section.part()
        if kind == _SIZES:
            memory, _, table = part.number(), part.number(), part.number()
        elif kind == _NEEDED:
            needed = tuple(part.name() for _ in range(part.number()))
    return Dylink(memory, table, needed)
