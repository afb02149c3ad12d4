"""A chain tree in a headless app, for tests that look at it and press on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from chainview.chain.table import EventTable
from chainview.ui.tree.chain_tree import ChainTree
from tests.ui import samples

HEIGHT = 12


class CountedTree(ChainTree):
    """A tree that counts the lines it paints."""

    painted = 0

    def render_line(self, y: int) -> Strip:
        self.painted += 1
        return super().render_line(y)


class TreeApp(App[None]):
    """An app that is nothing but a tree."""

    def __init__(self, table: EventTable) -> None:
        super().__init__()
        self.shown = CountedTree(table)

    def compose(self) -> ComposeResult:
        yield self.shown


class TreeScreen:
    """A tree on a screen, and what it said."""

    def __init__(self, pilot: Pilot[None], tree: CountedTree, messages: list[Message]) -> None:
        self.pilot, self.tree, self.messages = pilot, tree, messages

    def lines(self) -> list[str]:
        return [self.tree.render_line(y).text.rstrip() for y in range(HEIGHT)]

    def numbers(self) -> list[int]:
        words = [line[1:].split() for line in self.lines()]
        return [int(each[0]) for each in words if each and each[0].isdigit()]

    def cursor_line(self) -> int:
        return next(y for y, line in enumerate(self.lines()) if line.startswith("»"))

    def more(self, *parts: samples.Part) -> None:
        samples.append(self.tree.table, parts)
        self.tree.extended()

    def said(self, kind: type[Message]) -> list[Message]:
        return list({id(message): message for message in self.messages if isinstance(message, kind)}.values())


def run(
    table: EventTable, steps: Callable[[TreeScreen], Awaitable[None]], size: tuple[int, int] = (80, HEIGHT)
) -> None:
    """Takes the steps on a screen of that size that shows the table."""

    async def main() -> None:
        app = TreeApp(table)
        messages: list[Message] = []
        async with app.run_test(size=size, message_hook=messages.append) as pilot:
            app.shown.extended()
            await pilot.pause()
            await steps(TreeScreen(pilot, app.shown, messages))

    asyncio.run(main())
