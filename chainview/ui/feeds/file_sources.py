"""Chains in files as what a screen shows: one of them, or those of a family's folder."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError
from chainview.ui.widgets.keys import Scope

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.files.opened import OpenedChain
    from chainview.ui.feeds.dividing import Dividing
    from chainview.ui.feeds.feed import Feed
    from chainview.ui.feeds.file_feed import FileFeed
    from chainview.ui.feeds.recorded_members import RecordedMembers


class FileSource:
    """A chain file that was opened already, of a family's actor where `roster` and `number` say so."""

    scope = Scope.FILE

    def __init__(
        self,
        opened: OpenedChain,
        *,
        follow: bool = False,
        roster: RecordedMembers | None = None,
        number: int = 0,
    ) -> None:
        self.name = Path(opened.path).name
        self.roster = roster
        self.number = number
        self._opened = opened
        self.follows = follow
        """Whether it shows what is appended."""
        self._feed: FileFeed | None = None
        self._before: OpenedChain | None = None

    def open(self) -> Feed:
        """A feed that indexes the file."""
        from chainview.ui.feeds.file_feed import FileFeed, MemberFeed

        if self.roster is None:
            self._feed = FileFeed(self._opened, grows=self.follows)
        else:
            dividing = self.roster.dividing
            name = "" if dividing is None else PurePath(dividing.division.name).name
            self._feed = MemberFeed(
                self._opened, self.roster, self.number, grows=self.follows, name=name, coming=dividing
            )
            self.roster.show(self.number, self._feed)
        return self._feed

    def again(self) -> Feed:
        """Opens what has the file's name now; raises ChainviewError where it can't."""
        from chainview.chain.files.opened import open_chain

        opened = open_chain(self._opened.path)
        if self.follows and not opened.can_grow:
            opened.close()
            raise ChainviewError(f"--follow needs a format that grows, and {opened.path} is {opened.format} now")
        if self._before is not None:
            self._before.close()
        # The screen still shows the file before until the next one comes.
        self._before, self._opened = self._opened, opened
        if self._feed is not None:
            self._feed.close()
        return self.open()

    def abandon(self) -> None:
        """Opening waits for nobody here."""

    @property
    def unfinished(self) -> bool:
        """Nothing is called."""
        return False

    def path(self) -> Path | None:
        """The file."""
        return Path(self._opened.path)

    @property
    def passing(self) -> bool:
        """Whether the file is there only meanwhile, so that nothing is to be kept beside it."""
        return self.roster is not None and self.roster.passing

    def close(self) -> None:
        """Lets go of the file."""
        if self.roster is not None:
            self.roster.show(self.number, None)
        if self._feed is not None:
            self._feed.close()
        self._opened.close()
        if self._before is not None:
            self._before.close()


class FolderSource:
    """The actors whose chains lie in a folder; with `follow` what is appended to them is shown, where that can be."""

    scope = Scope.FILE

    def __init__(self, family: RecordedFamily, *, follow: bool = False, dividing: Dividing | None = None) -> None:
        """`dividing` is what the chains come from, where they do meanwhile; this closes it."""
        from chainview.ui.feeds.recorded_members import RecordedMembers

        self.name = Path(family.where).name
        self.roster = RecordedMembers(family, follow=follow, dividing=dividing)
        self._dividing = dividing
        self._sources: dict[int, FileSource] = {}
        """What is open for screens, by the numbers of the actors."""
        self.first = self._first()
        """What shows the actor that is shown first."""
        if follow and not self.first.follows:
            self.close()
            raise ChainviewError(f"--follow needs a format that grows: {self.first.path()} is written as a whole")
        self.number = self.first.number

    def _first(self) -> FileSource:
        """The first that can be read; raises ChainviewError where there is none."""
        failures = list[str]()
        for number in range(len(self.roster)):
            try:
                return self._source(number)
            except ChainviewError as error:
                failures.append(error.sentence)
        raise ChainviewError(f"no chain in {self.roster.folder} can be read: {failures[0]}")

    def open(self) -> Feed:
        """The feed of the first."""
        return self.first.open()

    def of(self, key: str) -> FileSource:
        """What shows the actor of a key; raises ChainviewError where its chain can't be read."""
        return self._source(next(each.number for each in self.roster.all() if each.key == key))

    def _source(self, number: int) -> FileSource:
        from chainview.chain.files.opened import open_chain

        member = self.roster.of(number)
        if member.problem:
            raise ChainviewError(f"{member.file}: {member.problem}")
        opened = open_chain(member.file)
        follow = self.roster.follow and opened.can_grow
        self._sources[number] = FileSource(opened, follow=follow, roster=self.roster, number=number)
        return self._sources[number]

    def let_go(self, number: int) -> None:
        """Closes the file of an actor that no screen shows any more."""
        source = self._sources.pop(number, None)
        if source is not None:
            source.close()

    def abandon(self) -> None:
        """Opening waits for nobody here."""

    @property
    def unfinished(self) -> bool:
        """Nothing is called."""
        return False

    def path(self) -> Path | None:
        """The folder."""
        return self.roster.folder

    def close(self) -> None:
        """Lets go of the files."""
        for number in list(self._sources):
            self.let_go(number)
        self.roster.close()
        if self._dividing is not None:
            self._dividing.close()
