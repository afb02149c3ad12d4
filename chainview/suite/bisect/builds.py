"""What a search for the first build that differs is given to search in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from chainview.suite.bisect.bisection import Between

_B = TypeVar("_B", bound=Hashable)


class NotBuilt(Exception):
    """A build is not there, and nothing can be judged by it: why, and the last lines that its command said."""

    def __init__(self, sentence: str, said: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence, self.said = sentence, tuple(said)


@dataclass(frozen=True, slots=True)
class BuildName:
    """What a build is called: shortly, then what a person calls it, and all that programs are told of it."""

    short: str
    more: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """Both in one."""
        return f"{self.short} {self.more}".rstrip()


class Builds(Between[_B], Protocol[_B]):
    """Builds from one that is to be identical to one that is to differ."""

    @property
    def first(self) -> _B:
        """The one that is to be identical."""

    @property
    def last(self) -> _B:
        """The one that is to differ."""

    @property
    def noun(self) -> str:
        """What one of them is."""

    def name(self, build: _B) -> BuildName:
        """What a build is called."""

    def made(self, build: _B) -> str:
        """The module, or the manifest that names it, of a build, which is there until the next one is made.

        Raises NotBuilt.
        """

    def in_order(self, builds: Sequence[_B]) -> Sequence[_B]:
        """Some of them, each behind those that it comes after."""
