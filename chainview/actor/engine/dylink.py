"""What a position-independent module says of itself in its section `dylink.0`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from chainview.actor.engine.sections import SectionReader, custom_sections

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
