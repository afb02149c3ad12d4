"""All chains of a family on one screen, in one order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chainview.chain.event import Extras
from chainview.chain.families.link import Place
from chainview.pack.values import UNIT
from chainview.ui.family.merged_screen import MergedScreen
from chainview.ui.feeds.file_sources import FolderSource
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.widgets.keys import ActionId
from tests.ui import samples
from tests.ui.app_driver import TIME_NS, Driven, PlayedSession, drive, few_calls
from tests.ui.recorded_family import found, index, steps, write_chain, write_family

pytestmark = pytest.mark.once


def merged(driven: Driven) -> MergedScreen:
    """The screen of all actors, which is up."""
    screen = driven.app.screen
    assert isinstance(screen, MergedScreen)
    return screen


async def shown(driven: Driven) -> MergedScreen:
    """That screen, once all that is there is on it."""
    await driven.press("M")
    screen = merged(driven)
    screen.ticking = False
    await driven.until(lambda: screen.tick() > 0 and screen._gathering.settled)
    return screen


def rows(screen: MergedScreen) -> list[str]:
    """The rows on the screen, without their times."""
    view = screen.chain_tree
    lines = [view.render_line(y).text.rstrip() for y in range(min(view.size.height, len(view._rows)))]
    return [line[1:].lstrip("0123456789:. ") if line[1:3].isdigit() else line[1:] for line in lines]


def record(session: PlayedSession, *events: tuple[float, samples.Part]) -> None:
    """Appends events at these seconds."""
    for second, (event_type, payload) in events:
        session.chain.append(event_type, payload, Extras(time_ns=TIME_NS + int(second * 1_000_000_000)))


def test_a_key_shows_all_actors_of_a_folder_and_enter_the_chain_of_one(tmp_path: Path) -> None:
    """A link leads from column to column; enter goes to the event in its chain, and the key back to the same row."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        screen = await shown(driven)
        assert "4 actors │ 33 events │ by their times" in screen._status.text
        assert len(rows(screen)) == 31
        handled = next(row for row in rows(screen) if "handle-send(" in row)
        assert handled.startswith("├─●")
        assert "1 worker" in handled
        await driven.press("/")
        await driven.type("handle-send")
        await driven.press("enter")
        assert screen.chain_tree.place == Place(1, 8)
        await driven.press("enter")
        await driven.until(lambda: driven.app.screen is driven.app.chain_screen)
        await driven.flush()
        assert "1 worker" in driven.line("status")
        assert driven.screen.chain_tree.cursor == 8
        await driven.press("g", "M")
        assert merged(driven) is screen
        screen.tick()
        assert screen.chain_tree.place == Place(1, 0)

    drive(source, script)


def test_a_filter_and_errors_go_over_all_actors(tmp_path: Path) -> None:
    """A row that fails is marked; the link key goes to the other end; esc leads back to the actor."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        screen = await shown(driven)
        await driven.press("&")
        await driven.type("kind:error")
        await driven.press("enter")
        assert screen.chain_tree.filter_count == (1, 33)
        (row,) = rows(screen)
        assert "✖" in row
        assert "error no" in row
        await driven.press("F", "g", "e")
        assert screen.chain_tree.place is not None
        assert screen.chain_tree.place.actor in (2, 3)
        await driven.press("/")
        await driven.type("handle-send")
        await driven.press("enter", "v")
        await driven.until(lambda: screen.chain_tree.place == Place(0, 6))
        assert "0 root" in driven.said()[-1]
        await driven.press("escape", "escape")
        assert driven.app.screen is driven.app.chain_screen

    drive(source, script)


def test_rows_of_a_live_family_are_followed_and_late_ones_put_in() -> None:
    """By their times; the cursor stays on its event when one comes to stand above it."""
    root, child = PlayedSession(), PlayedSession()

    async def script(driven: Driven) -> None:
        root.spawn(child, root)
        record(root, (1, samples.call("init")), (2, samples.result("init", UNIT)))
        screen = await shown(driven)
        assert "2 actors │ 2 events │ by their times" in screen._status.text
        record(child, (3, samples.call("first")), (5, samples.call("second")))
        await driven.until(lambda: screen.tick() > 0 and len(screen.chain_tree.table) == 4)
        assert screen.chain_tree.following
        assert screen.chain_tree.place == Place(1, 1)
        record(root, (4, samples.call("late")))
        await driven.until(lambda: screen.tick() > 0 and len(screen.chain_tree.table) == 5)
        assert [row.split()[-1] for row in rows(screen)] == ["init()", "ok", "first()", "late()", "second()"]
        await driven.press("k")
        assert (screen.chain_tree.following, screen.chain_tree.place) == (False, Place(0, 2))
        record(child, (6, samples.call("third")))
        record(root, (5.5, samples.call("between")))
        await driven.until(lambda: screen.tick() > 0 and len(screen.chain_tree.table) == 7)
        assert screen.chain_tree.place == Place(0, 2)
        assert [row.split()[-1] for row in rows(screen)][-2:] == ["between()", "third()"]

    drive(LiveSource(lambda: root), script)


def test_what_is_sought_and_filtered_holds_when_rows_are_put_in_before_it() -> None:
    """Hits and filtered rows are found anew from there on."""
    root, child = PlayedSession(), PlayedSession()

    async def script(driven: Driven) -> None:
        root.spawn(child, root)
        record(root, *[(at, samples.call("own" if at % 2 else "other")) for at in range(1, 9)])
        screen = await shown(driven)
        await driven.press("&")
        await driven.type("own")
        await driven.press("enter")
        assert screen.chain_tree.filter_count == (4, 8)
        record(child, (2.5, samples.call("own")), (9, samples.call("own")))
        await driven.until(lambda: screen.tick() > 0 and len(screen.chain_tree.table) == 10)
        assert screen.chain_tree.filter_count == (6, 10)
        assert ["1 counter" in row for row in rows(screen)] == [False, True, False, False, False, True]

    drive(LiveSource(lambda: root), script)


def test_one_actor_alone_has_nothing_to_merge(tmp_path: Path) -> None:
    """That is said, and the actor stays on the screen."""
    index(tmp_path, "only")
    write_chain(tmp_path / "0-only.chain", steps(1))

    async def script(driven: Driven) -> None:
        await driven.press("M")
        assert driven.app.screen is driven.app.chain_screen
        assert driven.said()

    drive(FolderSource(found(tmp_path)), script)


def test_events_that_are_let_go_leave_the_rows() -> None:
    """The others stay in their order, and the cursor on its event."""
    root, child = PlayedSession(), PlayedSession()

    async def script(driven: Driven) -> None:
        root.spawn(child, root)
        child.record(few_calls(1))
        screen = await shown(driven)
        for _ in range(40):
            root.record(few_calls(2))
        await driven.until(lambda: screen.tick() > 0 and len(screen.chain_tree.table) < child.chain.count + 200)
        table = screen.chain_tree.table
        assert all(table.event(row) is not None for row in range(len(table)))

    drive(LiveSource(lambda: root, keep=60), script)


def test_a_family_of_many_actors_is_searched_in_all_of_its_chains(tmp_path: Path) -> None:
    """Also where there are more than are held open for the screens of single actors."""
    names = ["root", *["worker"] * 19]
    index(tmp_path, *names)
    for number, name in enumerate(names):
        write_chain(tmp_path / f"{number}-{name}.chain", [samples.call("init"), samples.log("here")])

    async def script(driven: Driven) -> None:
        screen = await shown(driven)
        await driven.press("/")
        await driven.type("here")
        await driven.press("enter")
        search = screen.chain_tree.search
        assert search is not None
        await driven.until(lambda: search.complete)
        assert search.total == 20
        await driven.press("escape", "&")
        await driven.type("here")
        await driven.press("enter")
        await driven.until(lambda: screen.chain_tree._applied is not None)
        assert screen.chain_tree.filter_count == (20, 40)

    drive(FolderSource(found(tmp_path)), script)


def test_an_event_is_gone_to_and_taken_along_here_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number is that of an event of the actor under the cursor, a hash anybody's; what is taken is of that chain."""
    copied = list[str]()
    monkeypatch.setattr(
        "chainview.ui.find.copy_actions.copy", lambda screen, what, text, otherwise: copied.append(text)
    )
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        screen = await shown(driven)
        screen.show(1, 1)
        screen._go_to_wanted()
        for typed, place in (("5", Place(1, 4)), ("8", Place(1, 7)), ("+1", None)):
            await driven.press(":")
            await driven.type(typed)
            await driven.press("enter")
            assert place in (None, screen.chain_tree.place)
        held = screen.chain_tree.table.tables[0].hash(6)
        assert held is not None
        await driven.press(":")
        await driven.type(held.hex()[:12])
        await driven.press("enter")
        await driven.until(lambda: screen.tick() > 0 and screen.chain_tree.place == Place(0, 6))
        await driven.press("Y")
        await screen.act(ActionId.COPY_PATH)
        assert copied == [held.hex(), str(tmp_path / "0-root.chain")]
        await driven.press(":")
        await driven.type("99")
        await driven.press("enter")
        assert screen.prompt.purpose is not None
        await driven.press("escape", "s")
        assert screen.prompt.purpose is not None
        assert screen.prompt.input.value.startswith("0-root-")
        await driven.press("escape")
        assert ActionId.COPY_EVENT in screen.handlers
        assert ActionId.COPY_VALUE not in screen.handlers

    drive(source, script)


def test_columns_have_the_room_that_they_need(tmp_path: Path) -> None:
    """A long name is whole where there is room for it, and short ones leave theirs to the events."""
    names = ("a-name-of-some-thirty-letters", "b")
    index(tmp_path, *names)
    for number, name in enumerate(names):
        write_chain(tmp_path / f"{number}-{name}.chain", steps(2))

    async def script(driven: Driven) -> None:
        screen = await shown(driven)
        assert "a-name-of-some-thirty-letters   1 ▼ init()" in rows(screen)[0]

    drive(FolderSource(found(tmp_path)), script, size=(160, 30))

    async def narrow(driven: Driven) -> None:
        screen = await shown(driven)
        assert "a-name-of-some-thirty-le…   1 ▼ init()" in rows(screen)[0]

    drive(FolderSource(found(tmp_path)), narrow, size=(104, 30))


def test_a_file_that_is_not_what_was_read_is_told(tmp_path: Path) -> None:
    """The actor and what became of its chain stand in the status line, with how many more there are."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        screen = await shown(driven)
        first, second = sorted(tmp_path.glob("[12]-*.chain"))
        os.truncate(first, 600)
        await driven.until(lambda: screen.tick() > 0 and "✖ 1 worker: it became shorter" in screen._status.text)
        second.unlink()
        await driven.until(lambda: screen.tick() > 0 and screen._status.text.rstrip().endswith("(and 1 more)"))

    drive(source, script)
