"""The actors of a family as screens see them, whether they run or lie in files."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from chainview.chain.families.link import Link
from chainview.chain.table import EventTable
from chainview.ui.lines.status import Figures


class RosterMember(Protocol):
    """An actor of a family: its number from 0, and how deep it is below the one that nobody of the family spawned."""

    @property
    def number(self) -> int: ...
    @property
    def depth(self) -> int: ...
    @property
    def id(self) -> str:
        """The id that the runtime gave it; empty where that is not known."""
        ...

    @property
    def is_guessed(self) -> bool:
        """Whether its id is told by order alone."""
        ...

    @property
    def key(self) -> str:
        """What no other member has: its id, or where that is not known the name of its file."""
        ...

    @property
    def title(self) -> str:
        """What it is called, as it stands in its manifest or file."""
        ...

    def path(self) -> Path | None:
        """The file of its chain, where it is in one."""
        ...

    def figures(self) -> Figures:
        """How it is, and how many events it has recorded, as far as that is known."""
        ...


class Roster(Protocol):
    """Who the actors of a family are, what they recorded, and how their chains are linked.

    Only the screen's thread may use it.
    """

    @property
    def live(self) -> bool:
        """Whether they run, so that the events of all of them are held."""
        ...

    def __len__(self) -> int: ...
    def all(self) -> Sequence[RosterMember]:
        """Every actor, children behind their parent."""
        ...

    @property
    def alone(self) -> str:
        """Why there is no other actor, where there is none."""
        ...

    @property
    def remarks(self) -> Sequence[str]:
        """What there is to tell of them together, such as what is amiss with the folder they lie in, in sentences."""
        ...

    def untold_news(self) -> Sequence[str]:
        """Those of the remarks that are new since it was asked for last, on whatever screen."""
        ...

    def errors(self, number: int) -> int | None:
        """How many of an actor's events tell of a failure; None while they were not counted."""
        ...

    def reading(self, number: int) -> Generator[None, None, EventTable | None]:
        """Reads in what is there of an actor's chain, in steps that no key has to wait for; returns its events.

        None where the chain can't be read. Of a file the events can be read until other chains were read after it, and
        for as long as the chain is `held`.
        """
        ...

    def places(self, number: int) -> Sequence[int] | None:
        """Where an actor's events stood among those of all, where lines told of them one after the other."""
        ...

    def held(self, number: int) -> AbstractContextManager[None]:
        """Keeps what is read of an actor's chain meanwhile, whatever else is read."""
        ...

    def hold_open(self) -> None:
        """Lets the events of every actor be read at any time from now on, also where that needs many open files."""
        ...

    def links(self, number: int, event: int) -> Sequence[tuple[RosterMember, Link]]:
        """What an event of an actor has to do with another's, with that actor, as far as it is known by now."""
        ...
