"""The actors of a live session, each with a feed of its own that has all of its events."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from chainview.actor.session.status import SessionLike
from chainview.ui.feeds.live_feed import LiveFeed


@dataclass(frozen=True, slots=True)
class Member:
    """An actor of a family: its number from 0 in the order of their beginnings, and how deep it is below the root."""

    number: int
    depth: int
    session: SessionLike
    feed: LiveFeed


class Members:
    """The actors so far; any thread may add one. `keep` is the most events that a feed holds, 0 for all of them."""

    def __init__(self, keep: int = 0) -> None:
        self._keep = keep
        self._members: list[Member] = []
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

    def of(self, session: SessionLike) -> Member:
        """The member that a session is."""
        with self._lock:
            return next(each for each in self._members if each.session is session)

    def living(self) -> int:
        """How many have not ended."""
        with self._lock:
            members = list(self._members)
        return sum(not each.session.status().phase.over for each in members)
