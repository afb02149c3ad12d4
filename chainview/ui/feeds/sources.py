"""What a screen shows, opened after its first frame: a session and the actors of its family, or a replay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from chainview.system.wording import plural
from chainview.ui.widgets.keys import Scope

if TYPE_CHECKING:
    from chainview.actor.session.status import SessionLike
    from chainview.ui.feeds.feed import Feed
    from chainview.ui.feeds.members import Member, Members
    from chainview.ui.feeds.newest_build import NewestBuild
    from chainview.ui.feeds.pane_terminal import PaneTerminal
    from chainview.ui.feeds.roster import Roster
    from chainview.workbench.build import Build, BuildWatchLike
    from chainview.workbench.rebuilding.workshop import Workshop
    from chainview.workbench.replay_thread import ReplayThread


class Source(Protocol):
    """Something to show."""

    @property
    def scope(self) -> Scope: ...
    @property
    def name(self) -> str: ...
    @property
    def roster(self) -> Roster | None:
        """The family whose actor's chain it is, once it is open; None where there is none."""
        ...

    @property
    def number(self) -> int:
        """That of the actor in the family."""
        ...

    def open(self) -> Feed | None:
        """Makes the feed, None for a replay; called once, on a thread, after the first frame. Raises ChainviewError."""
        ...

    def abandon(self) -> None:
        """Lets `open` come to an end, for the app is ending."""
        ...

    @property
    def unfinished(self) -> bool:
        """Whether a call ran when it was ended, or calls were left."""
        ...

    def path(self) -> Path | None:
        """The chain file, where there is one."""
        ...

    def close(self) -> None:
        """Ends it, once the terminal is the user's again."""
        ...


_Session = TypeVar("_Session", bound="SessionLike")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where chains are kept: a file with one, or the folder of a family."""

    path: Path
    chains: int | None = None
    """How many there are in the folder; None for a file."""
    events: int = 0

    @property
    def words(self) -> str:
        """What there is, without where."""
        if self.chains is None:
            return "chain is"
        verb = "is" if self.chains == 1 else "are"
        return f"{plural(self.chains, 'chain')} with {plural(self.events, 'event')} {verb}"


def _kept(session: SessionLike, members: Members | None) -> Kept | None:
    """Where the chains of a session are kept, with those of the other actors of its family."""
    if session.family_folder is None or members is None:
        return None if session.chain_path is None else Kept(session.chain_path)
    kept = [each.session for each in members.all() if each.session.chain_path is not None]
    return Kept(session.family_folder, len(kept), sum(each.chain.count for each in kept))


class LiveSource(Generic[_Session]):
    """A session, made after the first frame, which does not wait for the engine to load."""

    scope = Scope.LIVE
    name = ""
    number = 0

    def __init__(
        self,
        make: Callable[[], _Session],
        keep: int = 0,
        watch: Callable[[_Session, Callable[[Build], None]], BuildWatchLike] | None = None,
        replay: Callable[[_Session], ReplayThread] | None = None,
        first: Callable[[], ReplayThread] | None = None,
        terminal: PaneTerminal | None = None,
        workshop: Workshop | None = None,
    ) -> None:
        """`watch` makes what looks for new builds of a session's module, once the session has started; `replay` makes
        a replay of what it recorded so far, by the newest build, and `first` the replay that is looked at first.

        `workshop` is what goes on beside the session, which may build the module before there is a session.
        """
        self._replay = replay
        self.first = first
        self.terminal = terminal
        """That of the session's actors."""
        self.workshop = workshop
        self.on_waiting: Callable[[], object] = lambda: None
        """Called, on the thread that opens it, when a module has to be built before the session can begin."""
        self.session: _Session | None = None
        self.newest_build: NewestBuild | None = None
        self.roster: Members | None = None
        """The actors of the session's family."""
        self.ended: list[Kept] = []
        """What is left of the sessions before this one."""
        self._make = make
        self._keep = keep
        self._watch = watch
        self._opening: _Session | None = None
        """The session whose module is loaded."""
        self._abandoned = False

    def open(self) -> Feed:
        """Subscribes to the session's chain, then starts the session; raises what keeps the actor from starting.

        A module that is missing, or can't be used, is built before; of one that was is waited for the next build.
        """
        if self.workshop is None or self.session is not None:
            return self._begin()
        from chainview.actor.module import ModuleError

        self.workshop.start()
        builder = self.workshop.builder
        while builder is not None:
            if not builder.has_module:
                self.on_waiting()
                builder.wait_for_module()
            built = builder.built
            try:
                return self._begin()
            except ModuleError as error:
                if self._abandoned:
                    raise
                builder.refuse(error, built)
        return self._begin()

    def _begin(self) -> Feed:
        from chainview.ui.feeds.members import Members
        from chainview.ui.feeds.newest_build import NewestBuild

        session = self._make()
        members = Members(self._keep)
        session.tell_of_family(members.add)
        self._opening = session
        session.start()
        refused = session.wait_started()
        if refused is not None:
            if not self._abandoned:
                self._opening = None
            raise refused
        self.session, self._opening, self.roster = session, None, members
        feed = members.of(session).feed
        if self._watch is not None:
            self.newest_build = feed.newest_build = NewestBuild(partial(self._watch, session))
            self.newest_build.start()
        return feed

    def look_for_builds(self) -> None:
        """Begins to look for new builds of what was spawned since."""
        if self.roster is not None and self._watch is not None:
            self.roster.watch(cast("Callable[[SessionLike, Callable[[Build], None]], BuildWatchLike]", self._watch))

    def of(self, key: str) -> MemberSource:
        """What shows an actor that the session's spawned, by its key."""
        assert self.roster is not None
        member = next(each for each in self.roster.all() if each.key == key)
        return MemberSource(member, self.roster, cast("LiveSource[SessionLike]", self))

    def replay_of(self, member: Member) -> ReplayThread | None:
        """A replay of what an actor of the family recorded so far, by its module as it is now."""
        return None if self._replay is None else self._replay(cast("_Session", member.session))

    def replayed(self) -> ReplayThread | None:
        """A replay of what the session recorded so far, by the newest build."""
        return None if self._replay is None or self.session is None else self._replay(self.session)

    def afresh(self) -> Feed:
        """Begins another session, then ends the one before; that one goes on where the new one can't start."""
        session, build, before = self.session, self.newest_build, self.roster
        feed = self.open()
        if build is not None:
            build.close()
        if session is not None:
            session.close()
            kept = _kept(session, before)
            if kept is not None:
                self.ended.append(kept)
        return feed

    def abandon(self) -> None:
        """A session that has not begun never does."""
        self._abandoned = True
        if self.workshop is not None:
            self.workshop.close()
        if self._opening is not None:
            self._opening.stop()

    @property
    def unfinished(self) -> bool:
        """Whether it was ended while a call ran, or with calls left that were asked for."""
        return any(each.unfinished for each in (self._opening, self.session) if each is not None)

    def path(self) -> Path | None:
        """The chain file, from when the module is loaded."""
        return None if self.session is None else self.session.chain_path

    def kept(self) -> Kept | None:
        """Where what the session recorded is kept, once it has begun."""
        return None if self.session is None else _kept(self.session, self.roster)

    def sessions(self) -> Sequence[SessionLike]:
        """Those of all actors, the root first."""
        return () if self.roster is None else [member.session for member in self.roster.all()]

    def close(self) -> None:
        """Ends watching for builds, then the session, and closes its chain file."""
        if self.workshop is not None:
            self.workshop.close()
        if self.newest_build is not None:
            self.newest_build.close()
        if self.roster is not None:
            self.roster.close()
        for session in (self._opening, self.session):
            if session is not None:
                session.close()


class MemberSource:
    """An actor that the root of a live family spawned; the root's source ends it."""

    scope = Scope.LIVE

    def __init__(self, member: Member, members: Members, root: LiveSource[SessionLike]) -> None:
        self.session: SessionLike = member.session
        self.name = ""
        self.roster = members
        self.number = member.number
        self.terminal = root.terminal
        self.workshop = root.workshop
        self._member = member
        self._root = root

    @property
    def newest_build(self) -> NewestBuild | None:
        """The newest build of its module."""
        return self._member.feed.newest_build

    def sessions(self) -> Sequence[SessionLike]:
        """Those of all actors, the root first."""
        return self._root.sessions()

    def look_for_builds(self) -> None:
        """Begins to look for new builds of what was spawned since."""
        self._root.look_for_builds()

    def replay_of(self, member: Member) -> ReplayThread | None:
        """A replay of what an actor of the family recorded so far, by its module as it is now."""
        return self._root.replay_of(member)

    def replayed(self) -> ReplayThread | None:
        """A replay of what it recorded so far, by its module as it is now."""
        return self.replay_of(self._member)

    def open(self) -> Feed:
        """Its feed, which has taken all of its events."""
        return self._member.feed

    def abandon(self) -> None:
        """It began with the family."""

    @property
    def unfinished(self) -> bool:
        """Calls are left to the root."""
        return False

    def path(self) -> Path | None:
        """The chain file, from when the module is loaded."""
        return self.session.chain_path

    def close(self) -> None:
        """It ends with the family."""
