"""The replay screen on a seeded fault, with its ticks in the test's hands."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from chainview.actor.engine.loading import compile_module, read_module
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.replay.explain.rules.store import rules_file
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.replay_sources import ReplaySource
from chainview.ui.replay.pair_tree import PairTree
from chainview.ui.replay.replay_screen import ReplayScreen
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.text_line import TextLine
from chainview.workbench.replay_thread import Begun, ReplayThread, Stage
from tests.commands.running import SAMPLES
from tests.ui.app_driver import ENVIRON, at_rest, until

PRICING = SAMPLES / "pricing"


class Looked:
    """A replay screen whose replay is done, its ticks in the test's hands."""

    def __init__(self, app: ChainviewApp, screen: ReplayScreen, pilot: Pilot[None]) -> None:
        self.app, self.screen, self.pilot = app, screen, pilot

    @property
    def tree(self) -> PairTree:
        return self.screen.panes.active

    def rows(self) -> list[str]:
        return [self.tree.render_line(y).text.rstrip() for y in range(self.tree.size.height)]

    def line(self, name: str) -> str:
        return self.screen.query_one(f"#{name}", TextLine).text

    def here(self, tree: PairTree | None = None) -> str:
        """The row under the cursor of a tree, by default of the active one."""
        tree = tree or self.tree
        assert tree.cursor is not None
        return tree.render_line(tree._rows.row_of(tree.cursor) - round(tree.scroll_y)).text.rstrip()

    @property
    def below(self) -> str:
        return self.screen.pane.view.text

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        self.screen.tick()
        await at_rest(self.pilot)

    async def type(self, text: str) -> None:
        """Types a text into the prompt and enters it."""
        field = self.app.focused
        assert isinstance(field, Input)
        field.insert_text_at_cursor(text)
        await at_rest(self.pilot)
        await self.press("enter")

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until something is so; fails when it never is."""
        await until(self.pilot, true, self.screen.tick)

    async def until_title(self, says: str) -> None:
        """Waits until the title of the pane says so, as what is searched is counted in slices."""
        await self.until(lambda: says in self.line("why-title"))

    async def until_done(self) -> None:
        """Waits for the replay's thread, then shows what it brought."""
        await asyncio.to_thread(self.screen.replay.wait)
        self.screen.tick()
        await at_rest(self.pilot)

    def said(self) -> list[str]:
        notice = self.screen.notice
        return [notification.message for notification in self.app._notifications] + [notice.text] * bool(notice.text)


def replay_of(chain: Path, fault: str, name: str = "short.chain") -> ReplayThread:
    """The replay of a chain by a faulty build of the pricing desk."""

    def begin(opened: OpenedChain) -> Begun:
        opened.load()
        module = PRICING / "pricing.wasm"
        loaded = compile_module(read_module(PRICING / "faults" / f"{fault}.wasm" if fault else module))
        recording = Recording.of(opened)
        return Begun(opened.table, Replay(recording, loaded), rules_file(chain), module)

    return ReplayThread(name, lambda: open_chain(chain), begin)


async def looked_at(app: ChainviewApp, pilot: Pilot[None]) -> Looked:
    """The replay screen once it is up."""
    await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
    assert isinstance(app.screen, ReplayScreen)
    app.screen.ticking = False
    return Looked(app, app.screen, pilot)


def _shown(source: ReplaySource, size: tuple[int, int], script: Callable[[Looked], Awaitable[None]]) -> None:
    """Gives the screen to the script as soon as it is up."""

    async def run() -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=size) as pilot:
            await script(await looked_at(app, pilot))

    try:
        asyncio.run(run())
    finally:
        source.close()


def look(
    tmp_path: Path,
    fault: str,
    script: Callable[[Looked], Awaitable[None]],
    size: tuple[int, int] = (160, 45),
    workload: str = "short",
) -> ReplaySource:
    """Replays a workload by a faulty build on a screen of that size, and gives the screen to the script once done."""
    chain = tmp_path / "short.chain"
    shutil.copy(PRICING / "workloads" / f"{workload}.chain", chain)
    source = ReplaySource(lambda: replay_of(chain, fault), "short.chain", chain)

    async def once_done(looked: Looked) -> None:
        await looked.until_done()
        await script(looked)

    _shown(source, size, once_done)
    return source


class _BegunSource(ReplaySource):
    """A replay that was begun before its screen is up."""

    def open(self) -> None:
        """Shows it."""
        self._replay = self._make()


def look_while_running(
    tmp_path: Path,
    fault: str,
    script: Callable[[Looked, Callable[[], Awaitable[None]]], Awaitable[None]],
    *,
    explaining: bool = False,
) -> None:
    """Gives the screen to the script while the replay seems to run, or to be explained, with what brings its end."""
    chain = tmp_path / "short.chain"
    shutil.copy(PRICING / "workloads" / "short.chain", chain)
    replay = replay_of(chain, fault)
    # Its end is held back before there is a screen, which could look at it before the script does.
    replay.start()
    replay.wait()
    done = replay.progress
    replay.progress = replace(done, stage=Stage.REPLAYING, explanation=None, asks=())
    if explaining:
        assert done.explanation is not None
        rows = done.explanation.rows
        replay.progress = replace(done, stage=Stage.EXPLAINING, explanation=None, rows=rows)

    async def before_done(looked: Looked) -> None:
        async def finish() -> None:
            replay.progress = done
            looked.screen.tick()
            await at_rest(looked.pilot)

        looked.screen.tick()
        await at_rest(looked.pilot)
        await script(looked, finish)

    _shown(_BegunSource(lambda: replay, "short.chain", chain), (160, 45), before_done)
