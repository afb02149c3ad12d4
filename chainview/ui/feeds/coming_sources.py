"""Chains that come while they are shown: through a pipe, or, of several actors, into one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError
from chainview.ui.feeds.file_sources import FolderSource
from chainview.ui.widgets.keys import Scope

if TYPE_CHECKING:
    from chainview.chain.files.opened import OpenedChain
    from chainview.ui.feeds.feed import Feed
    from chainview.ui.feeds.file_feed import PipeFeed
    from chainview.ui.feeds.spool import Spool

_ENOUGH = 1 << 12
_NOTHING = "nothing was opened: chainview ended before the chain came"


class PipeSource:
    """A chain that comes through a pipe, or those of several actors, shown as they come where they can be."""

    scope = Scope.FILE
    name = "standard input"
    roster = None
    number = 0

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._opened: OpenedChain | None = None
        self._feed: PipeFeed | None = None
        self._closed = False
        self.family: FolderSource | None = None
        """What shows them once it is open, of a format that may hold the chains of several actors."""

    def open(self) -> Feed:
        """Waits until it is clear what comes, then opens it."""
        from chainview.chain.families.division.whose import DIVISIBLE
        from chainview.chain.files.formats import GROWING, NEAR, detect, detect_begun
        from chainview.chain.files.native.layout import MAGIC
        from chainview.chain.files.opened import open_chain
        from chainview.ui.feeds.file_feed import PipeFeed

        spool, format = self._spool, None
        while not spool.ended and not self._closed:
            head = spool.head(NEAR)
            format = detect_begun(head)
            if (len(head) >= _ENOUGH and head.startswith(MAGIC)) or format in GROWING:
                break
            spool.wait(0.1)
        format = detect(spool.head(NEAR)) if spool.ended else format
        try:
            if self._closed:
                raise ChainviewError(_NOTHING)
            if format in DIVISIBLE:
                return self._divided(format)
            self._opened = open_chain(spool.path)
        except ChainviewError as error:
            if spool.reason:
                raise ChainviewError(spool.reason) from None
            raise ChainviewError(error.sentence.replace(spool.path, "standard input"), error.exit_code) from None
        finally:
            spool.unlink()
        self._feed = PipeFeed(self._opened, spool)
        return self._feed

    def _divided(self, format: str) -> Feed:
        spool = self._spool
        self.family = _divided(self.name, format, spool.descriptor, lambda: spool.ended or self._closed)
        return self.family.open()

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
        if self.family is not None:
            self.family.close()
        if self._feed is not None:
            self._feed.close()
        if self._opened is not None:
            self._opened.close()


class FollowedSource:
    """The chains of several actors that another program writes into a file, one line after the other."""

    scope = Scope.FILE
    roster = None
    number = 0

    def __init__(self, path: str) -> None:
        self.name = Path(path).name
        self._path = path
        self._closed = False
        self._before: FolderSource | None = None
        self.family: FolderSource | None = None
        """What shows them, once it is open."""

    def open(self) -> Feed:
        """Divides what is there; raises ChainviewError where that can't be."""
        from chainview.chain.families.division.divided import format_of_many
        from chainview.system.errors import words_of

        try:
            with Path(self._path).open("rb") as file:
                format = format_of_many(file)
                if format is None:
                    raise ChainviewError(f"{self._path} holds no chains of several actors any more: open it again")
                self.family = _divided(self._path, format, file.fileno(), lambda: self._closed, self._path)
        except OSError as error:
            raise ChainviewError(f"can't read {self._path}: {words_of(error)}") from None
        return self.family.open()

    def again(self) -> Feed:
        """Divides what has the file's name now; raises ChainviewError where that can't be."""
        if self._before is not None:
            self._before.close()
        # The screen still shows the ones before until the next come.
        self._before = self.family
        return self.open()

    def abandon(self) -> None:
        """Waits no longer for an actor."""
        self._closed = True

    @property
    def unfinished(self) -> bool:
        """Nothing is called."""
        return False

    def path(self) -> Path | None:
        """The file."""
        return Path(self._path)

    def close(self) -> None:
        """Lets go of the file, and of what was divided."""
        self._closed = True
        for family in (self._before, self.family):
            if family is not None:
                family.close()


def _divided(name: str, format: str, descriptor: int, over: Callable[[], bool], path: str = "") -> FolderSource:
    """The actors whose chains stand in a file, one line after the other, and come until it is `over`.

    Raises ChainviewError where nothing comes that is of an actor.
    """
    from chainview.chain.families.division.division import Division
    from chainview.chain.families.folder import family_of
    from chainview.ui.feeds.dividing import Dividing

    division = Division(name, format)
    dividing: Dividing | None = None
    try:
        dividing = Dividing(division, descriptor, over, path)
        family = family_of(division, read_chains=False)
        if family is None:
            raise ChainviewError(f"{name} holds no event of an actor" if not over() else _NOTHING)
        return FolderSource(family, follow=True, dividing=dividing)
    except BaseException:
        division.close() if dividing is None else dividing.close()
        raise
