"""The actors of a live session, each with a feed of its own that has all of its events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.actor.session.status import SessionLike
from chainview.chain.families.link import Link, Place
from chainview.chain.families.links import Links
from chainview.chain.query.failures import FailureFinder
from chainview.chain.table import EventTable
from chainview.replay.run.build_notes import BuildState
from chainview.system.wording import plural
from chainview.ui.feeds.live_feed import LiveFeed
from chainview.ui.feeds.newest_build import NewestBuild
from chainview.ui.lines.line import Told
from chainview.ui.lines.status import Figures

if TYPE_CHECKING:
    from chainview.workbench.build import Build, BuildWatchLike

_READING_SECONDS = 0.03
_READ_AT_ONCE = 500
_COUNTING_SECONDS, _COUNTING_EVERY_SECONDS = 0.02, 0.3


@dataclass(frozen=True, slots=True)
class Member:
    """An actor of a family: its number from 0 in the order of their beginnings, and how deep it is below the root."""

    number: int
    depth: int
    session: SessionLike
    feed: LiveFeed

    @property
    def id(self) -> str:
        """The id that it has in its session."""
        return self.session.actor_id

    def path(self) -> Path | None:
        """The file of its chain, once it has begun."""
        return self.session.chain_path

    @property
    def is_guessed(self) -> bool:
        """Whether its id is told by order alone, which that of a session never is."""
        return False

    @property
    def key(self) -> str:
        """The id of its actor."""
        return self.session.actor_id

    @property
    def title(self) -> str:
        """What its manifest or file calls it."""
        return self.session.status().actor

    @property
    def build(self) -> Build | None:
        """The newest build of its module; None before there is one, and where none is looked for."""
        return None if self.feed.newest_build is None else self.feed.newest_build.build

    @property
    def state(self) -> BuildState | None:
        """What that comes to for it."""
        return None if self.build is None else self.build.state

    def figures(self) -> Figures:
        """How it is, with all that it recorded, also what its feed did not take yet."""
        return replace(self.feed.figures(), events=self.session.chain.count)


@dataclass(frozen=True, slots=True)
class FamilyBuild:
    """A build and the actors of whose module it is one, living and ended, through each of whose chains it is put."""

    title: str
    sha256: str
    members: tuple[Member, ...] = ()

    @property
    def differing(self) -> list[Member]:
        """In whose chains it differs, who differs first before the others."""
        return sorted([each for each in self.members if each.state is BuildState.DIVERGED], key=_when_it_differs)

    @property
    def checked(self) -> int:
        """In how many chains it is known whether it differs."""
        return sum(each.state is not BuildState.CHECKING for each in self.members)

    @property
    def says(self) -> Told:
        """What it comes to in fewer and fewer words, with the role they are shown in."""
        count, differing = len(self.members), self.differing
        chains, so_far = plural(count, "chain"), "" if self.checked == count else f", {self.checked:,} checked"
        if differing:
            verb = "differs" if len(differing) == 1 else "differ"
            first = differing[0]
            brief = () if first.build is None else first.build.brief
            said = f"≠ {self.title}: {len(differing):,} of {chains} {verb}"
            whole = [f"{said}, first {first.number}{so_far}, which {each}" for each in brief]
            return (*whole, f"{said}, first {first.number}{so_far}", said, f"≠ {len(differing):,} {verb}"), "warn"
        if so_far:
            return (f"… {self.title}: {self.checked:,} of {chains} checked",), "dim"
        broken = sum(each.state is BuildState.BROKEN for each in self.members)
        if broken:
            return (f"✖ {self.title}: can't be used for {broken:,} of {chains}", "✖ can't be used"), "warn"
        same = sum(each.state in (BuildState.IDENTICAL, BuildState.ACCEPTED) for each in self.members)
        said = f"the same in {'' if same == count else f'{same:,} of '}{chains}"
        return (f"✓ {self.title}: {said}", f"✓ {said}"), "good"


def _when_it_differs(member: Member) -> tuple[bool, int, int]:
    """By when what its new build does differently was recorded, where that is known."""
    time_ns = 0 if member.build is None else member.build.time_ns
    return not time_ns, time_ns, member.number


class Members:
    """The actors so far; any thread may add one. `keep` is the most events that a feed holds, 0 for all of them."""

    def __init__(self, keep: int = 0) -> None:
        self._keep = keep
        self._members: list[Member] = []
        self._links, self._linked = Links(), 0
        self._turn = 0
        """The actor whose events were read for links last."""
        self._failures: dict[int, FailureFinder] = {}
        self._counting_at = float("-inf")
        self._news_told = 0
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

    alone = "this actor has spawned no other one"

    @property
    def remarks(self) -> Sequence[str]:
        """What was told of the actors while they run."""
        return self._members[0].session.news

    def untold_news(self) -> Sequence[str]:
        """Those of the remarks that are new since it was asked for last, on whatever screen."""
        news = self.remarks
        untold = news[self._news_told :]
        self._news_told = len(news)
        return untold

    def errors(self, number: int) -> int:
        """How many of an actor's events tell of a failure, as far as they were counted, which goes on for a moment."""
        feed, now = self._members[number].feed, time.perf_counter()
        if now - self._counting_at > _COUNTING_EVERY_SECONDS:
            self._counting_at = now
        failures = self._failures.setdefault(number, FailureFinder(feed.table))
        # Of all that are asked for at once, so that a tree of hundreds holds up no key.
        until = self._counting_at + _COUNTING_SECONDS
        if now < until:
            feed.take_unseen()
        while time.perf_counter() < until and not failures.count_step():
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

    def newest_build(self) -> FamilyBuild | None:
        """The build that came last, of all that are watched, and how it fares with each actor that it is for."""
        members = [each for each in self.all() if each.build is not None]
        if not members:
            return None
        last = max(members, key=lambda each: 0 if each.feed.newest_build is None else each.feed.newest_build.begun_ns)
        build = FamilyBuild(last.title, "" if last.build is None else last.build.sha256)
        alike = [
            each for each in members if each.build and (each.title, each.build.sha256) == (build.title, build.sha256)
        ]
        return replace(build, members=tuple(alike))

    def with_waiting_builds(self) -> list[Member]:
        """Those whose new build differs, who differs first before the others."""
        return sorted([each for each in self.all() if each.state is BuildState.DIVERGED], key=_when_it_differs)

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

    def places(self, number: int) -> None:
        """Events that are recorded here have times."""

    def hold_open(self) -> None:
        """Their events are at hand as it is."""

    def links(self, number: int, event: int) -> list[tuple[Member, Link]]:
        """What an event has to do with another actor's, with that actor, as far as it is known by now."""
        members = sorted(self.all(), key=lambda member: member.number)
        until = time.monotonic() + _READING_SECONDS
        for member in members[self._linked :]:
            self._links.add(member.key)
        self._linked = len(members)
        self._read_links(members[number], until)
        for _ in members:
            if time.monotonic() >= until:
                break
            self._turn = (self._turn + 1) % len(members)
            self._read_links(members[self._turn], until)
        found = []
        for link in self._links.of(Place(number, event - 1)):
            other = link.target if link.source.actor == number else link.source
            if other.actor != number:
                found.append((members[other.actor], link))
        return found

    def _read_links(self, member: Member, until: float) -> None:
        member.feed.take_unseen()
        while time.monotonic() < until and not self._links.read(member.number, member.feed.table, _READ_AT_ONCE):
            pass

    def living(self) -> int:
        """How many have not ended."""
        with self._lock:
            members = list(self._members)
        return sum(not each.session.status().phase.over for each in members)
