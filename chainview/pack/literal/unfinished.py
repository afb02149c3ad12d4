"""What is typed where a type is declared: `5`, `none`, `[]`, `red`, which are no values until the type says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from chainview.pack.values import PartLabel, Value
from chainview.pack.values.compounds import Compound


class Form(Enum):
    """What is typed: digits, a list in brackets, or a word that parts may follow."""

    NUMBER = "number"
    LIST = "list"
    WORD = "word"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Unfinished(Compound):
    """A part of a literal that leaves its type out; a list with such parts, or without any, is one too.

    `text` is the digits or the word. The keys and values of a map take turns.
    """

    form: Form
    text: str
    parts: tuple[Value, ...] = ()

    @property
    def own(self) -> tuple[object, ...]:
        return self.form, self.text

    @property
    def held(self) -> tuple[Value, ...]:
        return self.parts

    def labels(self) -> Iterator[PartLabel]:
        return (PartLabel(str(at), True) for at in range(len(self.parts)))

    def holding(self, held: tuple[Value, ...]) -> Unfinished:
        return Unfinished(self.form, self.text, held)
