"""Choosing one of the kept chains."""

from __future__ import annotations

import asyncio
import os
import threading
from functools import partial
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from chainview.chain.families.kept_chains import KeptChain, kept_chains
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_header
from chainview.chain.files.opened import open_chain
from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.file_sources import FileSource
from chainview.ui.lines.line import plain
from chainview.ui.live.chain_screen import ChainScreen
from chainview.ui.picker.kept_rows import NEWEST_FIRST, UNCHECKED, Columns, head, meant, row
from chainview.ui.picker.kept_source import KeptSource, PickerPlace
from chainview.ui.picker.picker_screen import PickerScreen
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.text_line import TextLine
from tests.chain import samples
from tests.ui.app_driver import ENVIRON, until
from tests.waiting import LIMIT


def keep(folder: Path, name: str, actor: str, *, age: int = 0, damaged: bool = False) -> KeptChain:
    """A kept chain of an actor."""
    data = samples.native(samples.events(6))
    began = Header(actor_name=actor, time_ns=samples.START_NS - age * 10**9)
    data = pack_header(began) + data[len(pack_header(samples.header())) :]
    path = folder / f"{name}.chain"
    path.write_bytes(data[:-60] if damaged else data)
    return next(chain for chain in kept_chains(folder) if chain.path == path)


async def picker(app: ChainviewApp, pilot: Pilot[None]) -> PickerScreen:
    """The list of chains, once it is shown."""
    await until(pilot, lambda: isinstance(app.screen, PickerScreen))
    assert isinstance(app.screen, PickerScreen)
    return app.screen


def names(screen: PickerScreen) -> list[str]:
    """The chains that are listed."""
    return [each.path.stem for each in screen.shown]


def test_rows_fit_and_are_found_by_words(tmp_path: Path) -> None:
    """A row has the cells that it may have, and every word of what is typed has to stand in it."""
    chains = [keep(tmp_path, "a", "counter.wasm"), keep(tmp_path, "b", "漢字の役者" * 8, age=10)]
    for width in (60, 80, 160):
        columns = Columns.of(chains, {}, width)
        assert all(cell_len(plain(row(each, UNCHECKED, width, columns))) == width for each in chains)
    assert meant(chains, "COUNTER a.chain", {}) == chains[:1]
    assert meant(chains, "sound", {chains[1].path: ("sound", "good")}) == chains[1:]
    assert meant(chains, "", {}) == chains
    assert meant(chains, "counter nothing", {}) == []


def test_names_of_files_have_the_room_that_the_other_columns_do_not_need(tmp_path: Path) -> None:
    """At 80 columns a name as chainview gives it can be told from others; the titles stand over their columns."""
    chains = [keep(tmp_path, f"counter-20261127T11551{at}Z", "counter.wasm", age=at) for at in range(3)]
    sound = {chain.path: ("sound", "good") for chain in chains}
    columns = Columns.of(chains, sound, 80)
    lines = [plain(row(chain, sound[chain.path], 80, columns)) for chain in chains]
    for chain, line in zip(chains, lines, strict=True):
        assert line.rstrip().endswith(chain.path.name[:24] + "…") or chain.path.name in line
    titles = plain(head(80, NEWEST_FIRST, columns))
    for title, text in (("actor", "counter.wasm"), ("verdict", "sound"), ("file", "counter-2026")):
        assert {line.index(text) for line in lines} == {titles.index(title)}


@pytest.mark.once
def test_a_chain_is_filtered_for_and_chosen(tmp_path: Path) -> None:
    """Verdicts come by themselves, typing hides what does not fit and says how much, enter chooses; esc goes back."""
    keep(tmp_path, "a", "counter.wasm")
    keep(tmp_path, "b", "orders.wasm", age=10)
    keep(tmp_path, "c", "orders.wasm", age=20, damaged=True)
    source = KeptSource(kept_chains(tmp_path))

    async def run() -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(120, 30)) as pilot:
            screen = await picker(app, pilot)
            await until(pilot, lambda: screen.view.text.count("sound") == 2)
            assert "1 problem" in screen.view.text
            await pilot.press(*"ordx")
            assert screen.shown == []
            await pilot.press("backspace")
            assert [each.path.name for each in screen.shown] == ["b.chain", "c.chain"]
            await pilot.press("down", "up", "down", "enter")
            await pilot.pause()

    asyncio.run(run())
    assert source.chosen is not None
    assert source.chosen.path == tmp_path / "c.chain"
    assert os.path.exists(source.chosen.path)


@pytest.mark.once
def test_the_list_follows_its_folder(tmp_path: Path) -> None:
    """What comes, grows or goes does so in the list, the cursor stays on its chain; one that is gone is not opened."""
    keep(tmp_path, "a", "counter.wasm")
    keep(tmp_path, "b", "orders.wasm", age=10)
    held = threading.Event()

    def listed() -> list[KeptChain]:
        held.wait(LIMIT)
        return kept_chains(tmp_path)

    async def run() -> KeptSource:
        source = KeptSource(kept_chains(tmp_path), None, listed)
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(120, 30)) as pilot:
            screen = await picker(app, pilot)

            await pilot.press("down")
            (tmp_path / "b.chain").unlink()
            await pilot.press("enter")
            await until(pilot, lambda: "b.chain was removed" in screen.query_one("#line", TextLine).text)
            keep(tmp_path, "c", "orders.wasm", age=5)
            held.set()
            await until(pilot, lambda: names(screen) == ["a", "c"])
            await until(pilot, lambda: screen.view.text.count("sound") == 2)
            await pilot.press("end")
            keep(tmp_path, "d", "orders.wasm", age=-5)
            await until(pilot, lambda: names(screen) == ["d", "a", "c"])
            assert screen.shown[screen.cursor].path.stem == "c"
            # It grows by what makes it unsound.
            with (tmp_path / "c.chain").open("ab") as file:
                file.write(b"no entry")
            await until(pilot, lambda: "1 problem" in screen.view.text)
            for path in tmp_path.iterdir():
                path.unlink()
            await until(pilot, lambda: "no chains are kept" in screen.view.text)
            await pilot.press("enter", "escape")
            await pilot.pause()
        return source

    assert asyncio.run(run()).chosen is None


@pytest.mark.once
def test_a_click_on_a_columns_head_sorts_by_it(tmp_path: Path) -> None:
    """Once more the other way round; the cursor stays on its chain, and the head says what it is sorted by."""
    keep(tmp_path, "a", "orders.wasm")
    keep(tmp_path, "b", "counter.wasm", age=10)
    keep(tmp_path, "c", "zebra.wasm", age=5)
    source = KeptSource(kept_chains(tmp_path))

    async def run() -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(120, 30)) as pilot:
            screen = await picker(app, pilot)

            def in_order(expected: list[str]) -> bool:
                return names(screen) == expected

            def head() -> str:
                return screen.query_one("#picker-head", TextLine).text

            assert names(screen) == ["a", "c", "b"]
            await until(pilot, lambda: "begun (UTC)↓" in head())
            await pilot.press("down")
            for expected in (["b", "a", "c"], ["c", "a", "b"]):
                await pilot.click("#picker-head", offset=(head().index("actor"), 0))
                await until(pilot, partial(in_order, expected))
                assert screen.shown[screen.cursor].path.stem == "c"
            assert "actor↓" in head()

    asyncio.run(run())


@pytest.mark.once
def test_back_from_a_chosen_chain_is_where_one_was_in_the_list(tmp_path: Path) -> None:
    """esc leaves the details, then the chain; the list has what was typed, and the cursor on the chain."""
    keep(tmp_path, "a", "counter.wasm")
    keep(tmp_path, "b", "orders.wasm", age=10)
    keep(tmp_path, "c", "orders.wasm", age=20)
    place = PickerPlace()

    async def choose(source: KeptSource) -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(120, 30)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, PickerScreen))
            await pilot.press(*"orders", "down", "enter")
            await pilot.pause()

    async def leave(source: FileSource) -> ChainviewApp:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON, returns=True)
        async with app.run_test(size=(120, 30)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, ChainScreen) and len(app.screen.chain_tree.table) > 0)
            screen = app.screen
            assert isinstance(screen, ChainScreen)
            assert "esc hide the details" in screen.footer.text
            await pilot.press("escape")
            await until(pilot, lambda: "esc kept chains" in screen.footer.text)
            await pilot.press("escape")
            await until(pilot, lambda: app.went_back)
        return app

    source = KeptSource(kept_chains(tmp_path), place)
    asyncio.run(choose(source))
    assert source.chosen is not None
    assert source.chosen.path.stem == "c"
    file = FileSource(open_chain(source.chosen.path))
    assert asyncio.run(leave(file)).went_back
    file.close()
    screen = PickerScreen(KeptSource(kept_chains(tmp_path), place))
    assert (screen.typed, screen.shown[screen.cursor].path.stem) == ("orders", "c")
