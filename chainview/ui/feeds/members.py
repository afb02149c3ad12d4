"""The actors of a live session, each with a feed of its own that has all of its events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from chainview.actor.session.status import SessionLike
from chainview.chain.families.link import Link, Place
from chainview.chain.families.links import Links
from chainview.chain.query.failures import FailureFinder
from chainview.chain.table import EventTable
from chainview.ui.feeds.live_feed import LiveFeed
from chainview.ui.feeds.newest_build import NewestBuild
from chainview.ui.lines.status import Figures

if TYPE_CHECKING:
    from chainview.workbench.build import Build, BuildWatchLike

_READING_SECONDS = 0.03
_READ_AT_ONCE = 500
_COUNTING_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class Member:
    """An actor of a family: its number from 0 in the order of their beginnings, and how deep it is below the root."""

    number: int
    depth: int
    session: SessionLike
    feed: LiveFeed

    @property
    def key(self) -> str:
        """The id of its actor."""
        return self.session.actor_id

    @property
    def title(self) -> str:
        """What its manifest or file calls it."""
        return self.session.status().actor

    def figures(self) -> Figures:
        """How it is, with all that it recorded, also what its feed did not take yet."""
        return replace(self.feed.figures(), events=self.session.chain.count)


class Members:
    """The actors so far; any thread may add one. `keep` is the most events that a feed holds, 0 for all of them."""

    def __init__(self, keep: int = 0) -> None:
        self._keep = keep
        self._members: list[Member] = []
        self._links, self._linked = Links(), 0
        self._failures: dict[int, FailureFinder] = {}
        self._told: set[tuple[int, int]] = set()
        """The builds that differ and were told of, by actor and number."""
        self._lock = threading.Lock()

    def add(self, session: SessionLike) -> None:
        """An actor that is about to begin."""
        with self._lock:
            number = len(self._members)
            parent = next((each for each in self._members if each.session.actor_id == session.parent_id), None)
            feed = LiveFeed(session, self._keep, number=number, family=self)
            self._members.append(Member(number, 0 if parent is None else parent.depth + 1, session, feed))

    def __len__(self) -> int:
        return len(self._members)

    def all(self) -> list[Member]:
        """Every actor, children behind their parent."""
        with self._lock:
            members = list(self._members)
        below: dict[str | None, list[Member]] = {}
        ids = {each.session.actor_id for each in members}
        for each in members:
            below.setdefault(each.session.parent_id if each.session.parent_id in ids else None, []).append(each)
        ordered, waiting = list[Member](), list(reversed(below.get(None, [])))
        while waiting:
            member = waiting.pop()
            ordered.append(member)
            waiting += reversed(below.get(member.session.actor_id, []))
        return ordered

    live = True
    remarks = ()

    def errors(self, number: int) -> int:
        """How many of an actor's events tell of a failure, as far as they were counted, which goes on for a moment."""
        feed = self._members[number].feed
        feed.take_unseen()
        failures = self._failures.setdefault(number, FailureFinder(feed.table))
        until = time.perf_counter() + _COUNTING_SECONDS
        while not failures.count_step() and time.perf_counter() < until:
            pass
        return failures.total

    def held(self, number: int) -> AbstractContextManager[None]:
        """Nothing is to be done: all events are held."""
        return nullcontext()

    def of(self, session: SessionLike) -> Member:
        """The member that a session is."""
        with self._lock:
            return {id(each.session): each for each in self._members}[id(session)]

    def watch(self, watch: Callable[[SessionLike, Callable[[Build], None]], BuildWatchLike]) -> None:
        """Looks for new builds of the actors that have begun since, but for the root, and of whose file is known."""
        for member in self.all():
            feed, session = member.feed, member.session
            if member.number and feed.newest_build is None and session.can_be_watched:
                feed.newest_build = NewestBuild(partial(watch, session))
                feed.newest_build.start()

    def with_waiting_builds(self, session: SessionLike) -> list[Member]:
        """Those but for one whose new build differs, and of which that was not told yet."""
        found = []
        for member in self.all():
            newest = member.feed.newest_build
            if newest is None or not newest.waits or newest.build is None:
                continue
            told = (member.number, newest.build.number)
            if told not in self._told:
                self._told.add(told)
                if member.session is not session:
                    found.append(member)
        return found

    def close(self) -> None:
        """Looks for no more builds."""
        for member in self.all():
            if member.number and member.feed.newest_build is not None:
                member.feed.newest_build.close()

    def reading(self, number: int) -> Generator[None, None, EventTable]:
        """Takes what has come of an actor's chain, in steps; returns its events."""
        feed = self._members[number].feed
        while feed.take_unseen():
            yield
        return feed.table

    def links(self, number: int, event: int) -> list[tuple[Member, Link]]:
        """What an event has to do with another actor's, with that actor, as far as it is known by now."""
        members = sorted(self.all(), key=lambda member: member.number)
        until = time.monotonic() + _READING_SECONDS
        for member in members[self._linked :]:
            self._links.add(member.key)
        self._linked = len(members)
        for member in members:
            member.feed.take_unseen()
            while time.monotonic() < until and not self._links.read(member.number, member.feed.table, _READ_AT_ONCE):
                pass
        found = []
        for link in self._links.of(Place(number, event - 1)):
            other = link.target if link.source.actor == number else link.source
            if other.actor != number:
                found.append((members[other.actor], link))
        return found

    def living(self) -> int:
        """How many have not ended."""
        with self._lock:
            members = list(self._members)
        return sum(not each.session.status().phase.over for each in members)
