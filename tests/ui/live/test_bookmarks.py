"""Bookmarks on the screen, and the way back to where one came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.files.bookmarks import file_beside, read_beside, write_beside
from chainview.chain.files.opened import open_chain
from chainview.chain.files.theater.json_array import event_json
from chainview.chain.state_chain import linked
from chainview.ui.feeds.file_sources import FileSource
from tests.chain import samples
from tests.ui.app_driver import Driven, drive, drive_live, few_calls

pytestmark = pytest.mark.once


def row(driven: Driven, index: int) -> str:
    """A row as it is painted."""
    return driven.screen.chain_tree.render_line(index).text


async def read_whole(driven: Driven, count: int) -> None:
    """Waits for all events, and until nothing of the file is left to read: before that it is not written to."""

    def is_read() -> bool:
        feed = driven.screen.feed
        return feed is not None and not feed.indexing and len(driven.screen.chain_tree.table) == count

    await driven.until(is_read)


def test_bookmarks_are_kept_in_the_chain_file_and_shown_again(tmp_path: Path) -> None:
    """Set, written on, gone to and taken away: each says where it was kept, and opening the chain shows them."""
    path = tmp_path / "a.chain"
    path.write_bytes(samples.native(samples.events(12)))

    async def set_them(driven: Driven) -> None:
        await read_whole(driven, 12)
        await driven.press("j", "*")
        assert "event 2 is bookmarked, in the chain file; 1 bookmark in all" in driven.said()
        await driven.press("j", "j", "j", "B")
        await driven.type("look here")
        await driven.press("enter")
        assert row(driven, 1).startswith("◆")
        assert "◆ bookmark  look here  in the chain file" in driven.details
        await driven.press("g", "'", "'", "'")
        assert driven.screen.chain_tree.cursor == 1

    async def find_them(driven: Driven) -> None:
        await read_whole(driven, 12)
        await driven.flush()
        assert row(driven, 1).startswith("◆")
        await driven.press('"')
        assert driven.screen.chain_tree.cursor == 4
        assert any("bookmark 2 of 2: look here" in said for said in driven.said())
        await driven.press("*")
        assert "event 5 has no bookmark any more, in the chain file; 1 bookmark in all" in driven.said()

    drive(FileSource(open_chain(path)), set_them)
    drive(FileSource(open_chain(path)), find_them)
    assert not file_beside(path).exists()


def test_bookmarks_of_other_formats_lie_beside(tmp_path: Path) -> None:
    """A chain that is not ours is not written to: its bookmarks lie beside it, which is said."""
    path = tmp_path / "theater.json"
    events = [event_json(event, number) for number, event in enumerate(linked(few_calls()), 1)]
    path.write_bytes(b"[" + b",".join(events) + b"]")
    before = path.read_bytes()

    async def script(driven: Driven) -> None:
        await read_whole(driven, 15)
        await driven.press("*")
        assert any("beside the chain, in theater.json.bookmarks.json" in said for said in driven.said())
        await driven.press("*")

    drive(FileSource(open_chain(path)), script)
    assert path.read_bytes() == before
    assert not file_beside(path).exists()


def test_bookmarks_that_another_screen_keeps_of_the_same_chain_stay(tmp_path: Path) -> None:
    """What somebody else bookmarked since the chain was opened is kept beside what is bookmarked here, and shown."""
    path = tmp_path / "theater.json"
    events = [event_json(event, number) for number, event in enumerate(linked(few_calls()), 1)]
    path.write_bytes(b"[" + b",".join(events) + b"]")

    async def script(driven: Driven) -> None:
        await read_whole(driven, 15)
        write_beside(path, {1: "theirs"})
        await driven.press("j", "*")
        assert row(driven, 0).startswith("◆")
        assert read_beside(path) == {1: "theirs", 2: ""}

    drive(FileSource(open_chain(path)), script)


def test_bookmarks_of_a_running_actor_go_into_its_chain() -> None:
    """The session that writes the file writes the bookmark too, which stands on its row and not between events."""

    async def script(driven: Driven) -> None:
        await driven.press("f", "g", "j", "*")
        assert row(driven, 1).startswith("◆")
        assert len(driven.screen.chain_tree._rows) == 15

    drive_live(script, few_calls())


def test_one_gets_back_to_where_one_came_from() -> None:
    """^o goes back over far moves, ^n forward again; steps are no places."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        await driven.press("f", "g", "j", "j", "G", "f")
        await driven.press("ctrl+o")
        assert tree.cursor == 2
        await driven.press("ctrl+n")
        assert tree.cursor == len(tree.table) - 1
        await driven.press("ctrl+n")
        assert "there is no place to go forward to" in driven.said()

    drive_live(script, few_calls(40))
