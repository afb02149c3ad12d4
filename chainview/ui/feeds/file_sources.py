"""Chains in files and pipes as what a screen shows: one of them, or those of a family's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError
from chainview.ui.widgets.keys import Scope

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.files.opened import OpenedChain
    from chainview.ui.feeds.feed import Feed
    from chainview.ui.feeds.file_feed import FileFeed, PipeFeed
    from chainview.ui.feeds.recorded_members import RecordedMembers
    from chainview.ui.feeds.spool import Spool

_ENOUGH = 1 << 12


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
            self._feed = MemberFeed(self._opened, self.roster, self.number, grows=self.follows)
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

    def __init__(self, family: RecordedFamily, *, follow: bool = False) -> None:
        from chainview.ui.feeds.recorded_members import RecordedMembers

        self.name = family.folder.name
        self.roster = RecordedMembers(family, follow=follow)
        self._sources: dict[int, FileSource] = {}
        """What is open for screens, by the numbers of the actors."""
        self.first = self._first()
        """What shows the actor that is shown first."""
        if follow and not self.first.follows:
            self.close()
            raise ChainviewError(f"--follow needs chainview's own format or JSON lines: {self.first.path()} is neither")
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


class PipeSource:
    """A chain that comes through a pipe: a native one, or one of a line an event, is shown as it comes."""

    scope = Scope.FILE
    name = "standard input"
    roster = None
    number = 0

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._opened: OpenedChain | None = None
        self._feed: PipeFeed | None = None
        self._closed = False

    def open(self) -> Feed:
        """Waits until it is clear what comes, then opens it."""
        from chainview.chain.files.formats import detect
        from chainview.chain.files.native.layout import MAGIC
        from chainview.chain.files.opened import open_chain
        from chainview.chain.files.theater.index import GROWING
        from chainview.ui.feeds.file_feed import PipeFeed

        spool = self._spool
        while not spool.ended and not self._closed:
            head = spool.head(_ENOUGH)
            if (len(head) == _ENOUGH and head.startswith(MAGIC)) or (b"\n" in head and detect(head) in GROWING):
                break
            spool.wait(0.1)
        if self._closed:
            spool.unlink()
            raise ChainviewError("nothing was opened: chainview ended before the chain came")
        try:
            self._opened = open_chain(spool.path)
        except ChainviewError as error:
            if spool.reason:
                raise ChainviewError(spool.reason) from None
            raise ChainviewError(error.sentence.replace(spool.path, "standard input"), error.exit_code) from None
        finally:
            spool.unlink()
        self._feed = PipeFeed(self._opened, spool)
        return self._feed

    def abandon(self) -> None:
        """Waits no longer for the pipe."""
        self._closed = True

    @property
    def unfinished(self) -> bool:
        """Nothing is called."""
        return False

    def path(self) -> Path | None:
        """A pipe has none."""
        return None

    def close(self) -> None:
        """Lets go of what has come."""
        self._closed = True
        self._spool.unlink()
        if self._feed is not None:
            self._feed.close()
        if self._opened is not None:
            self._opened.close()
