"""Every action in Textual's command palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from chainview.ui.widgets.keys import ACTIONS, MOVE, TREE, ActionId, KeyedScreen
from chainview.ui.widgets.themes import NAMES

_Command = tuple[str, str, Callable[[], object]]


class Actions(Provider):
    """The key table as commands, with the keys they have, and the themes."""

    def _commands(self) -> list[_Command]:
        screen = self.screen
        if not isinstance(screen, KeyedScreen):
            return []
        commands: list[_Command] = []
        for action in sorted(ACTIONS, key=lambda action: action.group in (MOVE, TREE)):
            if action.scope & screen.scope and action.id in screen.handlers and action.id is not ActionId.PALETTE:
                keys = " ".join(screen.keymap.keys(action.id))
                text = action.text + (f"  ({keys})" if keys else "")
                name = action.label[0].upper() + action.label[1:]
                commands.append((name, text, partial(screen.act, action.id)))
        commands += [
            (f"Theme {name}", "Change the colours", partial(setattr, screen.app, "theme", name)) for name in NAMES
        ]
        return commands

    async def discover(self) -> Hits:
        """All of them."""
        for name, text, run in self._commands():
            yield DiscoveryHit(name, run, help=text)

    async def search(self, query: str) -> Hits:
        """Those whose name or text matches what was typed."""
        matcher = self.matcher(query)
        for name, text, run in self._commands():
            score = max(matcher.match(name), 0.5 * matcher.match(text))
            if score > 0:
                yield Hit(score, matcher.highlight(name), run, help=text)
