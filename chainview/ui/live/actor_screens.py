"""The screens of a family's actors, of which one is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from textual.app import App

from chainview.ui.feeds.file_sources import FileSource, FolderSource
from chainview.ui.feeds.sources import LiveSource, MemberSource
from chainview.ui.live.chain_screen import ChainScreen
from chainview.ui.widgets.key_map import KeyMap

if TYPE_CHECKING:
    from chainview.actor.session.status import SessionLike
    from chainview.ui.family.merged_screen import MergedScreen
    from chainview.ui.feeds.sources import Source

    Family = LiveSource[SessionLike] | FolderSource

_MOST_KEPT = 16
"""Screens of actors from files that are kept as they were left."""


class ActorScreens:
    """The screens of a family's actors, each as it was left. Of those from files the last ones are kept."""

    def __init__(self, app: App[None], keymap: KeyMap) -> None:
        self._app, self._keymap = app, keymap
        self._family: Family | None = None
        self._screens: dict[str, ChainScreen] = {}
        """By the keys of their actors, the one shown last at the end."""
        self._sources: dict[str, FileSource] = {}
        self._merged: MergedScreen | None = None
        """That of all actors, once it was shown."""
        self._shown: list[str] = []
        """The keys of the actor that is shown and, before it, of the one that was shown before."""

    async def begin(self, family: Family, source: Source, screen: ChainScreen) -> None:
        """The screen of a family's first actor is up; those of a family before are not kept."""
        for key in list(self._screens):
            await self._let_go(key)
        merged, self._merged = self._merged, None
        if merged is not None:
            self._app.uninstall_screen(merged)
            await merged.remove()
        self._family, self._shown = family, []
        assert source.roster is not None
        self._keep(next(each.key for each in source.roster.all() if each.number == source.number), source, screen)

    def _keep(self, key: str, source: Source, screen: ChainScreen) -> None:
        self._app.install_screen(screen, f"actor-{uuid4()}")
        self._screens[key] = screen
        if isinstance(source, FileSource):
            self._sources[key] = source
        self._shown = [*self._shown[-1:], key]

    async def _let_go(self, key: str) -> None:
        screen, source = self._screens.pop(key), self._sources.pop(key, None)
        self._app.uninstall_screen(screen)
        await screen.remove()
        if source is not None and isinstance(self._family, FolderSource):
            self._family.let_go(source.number)

    @property
    def shown(self) -> FileSource | None:
        """What shows the actor of a folder's family that is on the screen."""
        return self._sources.get(self._shown[-1]) if self._shown else None

    async def show(self, key: str | None, number: int | None = None) -> ChainScreen | None:
        """Puts the screen of the actor of a key in the place of the one that is shown, with None the one before.

        With a number it goes to that event. Raises ChainviewError where its chain can't be read.
        """
        if key is None and len(self._shown) < 2:
            return None
        wanted, before = self._shown[0] if key is None else key, self._screens[self._shown[-1]]
        screen = self._screens.pop(wanted, None)
        if screen is None:
            screen = await self._first_shown(wanted)
        else:
            self._screens[wanted] = screen
            self._shown = [self._shown[-1], wanted]
            await self._app.switch_screen(screen)
        screen.take_over(before)
        screen.go_to(number)
        kept = [each for each in self._screens if each in self._sources and each not in self._shown]
        for oldest in kept[: max(0, len(self._sources) - _MOST_KEPT)]:
            await self._let_go(oldest)
        return screen

    async def _first_shown(self, key: str) -> ChainScreen:
        assert self._family is not None
        source = self._family.of(key)
        screen = screen_of(self._keymap, source)
        feed = source.open()
        self._keep(key, source, screen)
        await self._app.switch_screen(screen)
        screen.begin(feed)
        return screen

    async def show_merged(self, number: int, event: int | None) -> None:
        """Puts the screen of all actors over the one that is shown, as it was left, at an event of an actor."""
        from chainview.ui.family.merged_screen import MergedScreen

        assert self._family is not None
        roster = self._family.roster
        assert roster is not None
        if self._merged is None:
            self._merged = MergedScreen(self._keymap, roster, self._family.scope)
            self._app.install_screen(self._merged, f"merged-{uuid4()}")
        self._merged.show(number, event)
        await self._app.push_screen(self._merged)

    async def replaced(self, screen: ChainScreen) -> None:
        """Another screen is in the place of the one that is shown, of the same file."""
        key = self._shown[-1]
        before = self._screens.pop(key)
        self._app.uninstall_screen(before)
        await before.remove()
        self._app.install_screen(screen, f"actor-{uuid4()}")
        self._screens[key] = screen


def screen_of(keymap: KeyMap, source: Source) -> ChainScreen:
    """The screen for what is shown."""
    if isinstance(source, LiveSource | MemberSource):
        # What a running actor's screen can do takes as long to load as all that one of a file can.
        from chainview.ui.live.live_screen import LiveScreen

        return LiveScreen(keymap, source)
    return ChainScreen(keymap, source)
