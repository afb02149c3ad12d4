"""The folder of a family on the screen: its actors, one after the other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chainview.chain.files.theater.json_array import event_json_pieces
from chainview.chain.state_chain import linked
from chainview.system.errors import ChainviewError
from chainview.ui.feeds.file_sources import FolderSource
from chainview.ui.lines.line import plain
from chainview.ui.live import actor_screens
from chainview.ui.live.actors import Actors
from chainview.ui.live.links import ShowActor
from chainview.ui.panes.value_view import LINK_MARK
from tests.ui.app_driver import Driven, drive
from tests.ui.recorded_family import found, index, steps, write_chain, write_family

pytestmark = pytest.mark.once


def rows(driven: Driven) -> list[str]:
    """The lines of the tree that is up."""
    assert isinstance(driven.top, Actors)
    return [plain(line).rstrip() for line in driven.top.rows(100)]


def test_a_folder_is_a_tree_of_actors(tmp_path: Path) -> None:
    """With how each is; enter goes to one and `b` back, to the same event; the status line says whose chain it is."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        await driven.until(lambda: source.roster.settled)
        await driven.flush()
        root = driven.screen
        assert "0 root │ ▤ FILE" in driven.line("status")
        assert "of 4 actors" in driven.line("status")
        assert "o actors" in driven.line("footer")
        await driven.press("j", "j", "o")
        assert rows(driven)[0].startswith("▸ 0 root")
        assert "✔ sound" in rows(driven)[1]
        assert "✖ failed    4 events  1 error  no" in rows(driven)[2]
        assert "▞ damaged  11 events  1 error  event " in rows(driven)[3]
        assert "4 actors  2 sound  1 failed  1 damaged" in rows(driven)[5]
        await driven.press("j", "enter")
        await driven.until(lambda: driven.app.chain_screen is not root)
        await driven.flush()
        assert "1 worker │ ▤ FILE  10 events" in driven.line("status")
        await driven.press("b")
        await driven.until(lambda: driven.app.chain_screen is root)
        assert root.chain_tree.cursor == 2

    drive(source, script)


def test_a_key_goes_along_an_inferred_link_between_files(tmp_path: Path) -> None:
    """The details tell the other end, the key goes there, and from there back."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        root = driven.screen
        await driven.press("G", "k")
        assert "handled by 1 worker, event 9 (inferred)" in " ".join(driven.details.split())
        await driven.press("v")
        await driven.until(lambda: driven.app.chain_screen is not root)
        await driven.flush()
        assert driven.screen.chain_tree.cursor == 8
        assert "sent by 0 root, event 7 (inferred)" in " ".join(driven.details.split())
        await driven.press("v")
        await driven.until(lambda: driven.app.chain_screen is root)
        assert root.chain_tree.cursor == 6

    drive(source, script)


def test_a_click_on_a_link_goes_along_it(tmp_path: Path) -> None:
    """The line of the details that tells the other end takes clicks; other lines lead nowhere."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        root = driven.screen
        await driven.press("G", "k")
        view = root.details.view
        rows = [at for at in range(view.size.height) if LINK_MARK in view.render_line(at).text]
        await driven.pilot.click(view, offset=(4, view.size.height - 1))
        await driven.flush()
        assert driven.app.chain_screen is root
        await driven.pilot.click(view, offset=(4, rows[0]))
        await driven.until(lambda: driven.app.chain_screen is not root)
        await driven.flush()
        assert driven.screen.chain_tree.cursor == 8

    drive(source, script)


def test_an_actor_whose_chain_can_not_be_read_is_told_of(tmp_path: Path) -> None:
    """The screen stays, and says why; the first that can be read is shown at the beginning."""
    index(tmp_path, "gone", "here", "other")
    write_chain(tmp_path / "1-here.chain", steps(1))
    write_chain(tmp_path / "2-other.chain", steps(1))
    source = FolderSource(found(tmp_path))

    async def script(driven: Driven) -> None:
        assert "1 here" in driven.line("status")
        await driven.press("o", "g", "enter")
        assert "the file is missing" in driven.said()[-1]
        assert "1 here" in driven.line("status")

    drive(source, script)


def test_a_file_of_a_family_is_opened_again(tmp_path: Path) -> None:
    """It is the one on the screen, and its place in the tree stays."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        root = driven.screen
        await driven.press("o", "j", "enter")
        await driven.until(lambda: driven.app.chain_screen is not root)
        worker = driven.screen
        write_chain(tmp_path / "1-worker.chain", steps(5))
        await driven.press("ctrl+r")
        await driven.until(lambda: driven.app.chain_screen not in (root, worker))
        await driven.flush()
        assert "1 worker │ ▤ FILE  17 events" in driven.line("status")
        await driven.press("b")
        await driven.until(lambda: driven.app.chain_screen is root)

    drive(source, script)


def test_only_so_many_actors_are_kept_as_they_were_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their files are closed, oldest first; one that is gone to again is read again. At the end none is open."""
    monkeypatch.setattr(actor_screens, "_MOST_KEPT", 2)
    index(tmp_path, *"abcd")
    for number, name in enumerate("abcd"):
        write_chain(tmp_path / f"{number}-{name}.chain", steps(1))
    before = len(os.listdir("/dev/fd"))
    source = FolderSource(found(tmp_path))

    async def script(driven: Driven) -> None:
        async def shown(key: str, event: int) -> None:
            there = key.removesuffix(".chain").replace("-", " ")
            driven.screen.post_message(ShowActor(key, event))
            await driven.until(lambda: driven.screen.tick() > 0 and driven.screen.figures.name == there)
            assert driven.screen.chain_tree.cursor == event - 1

        await shown("1-b.chain", 3)
        await shown("2-c.chain", 3)
        await shown("3-d.chain", 3)
        assert list(source._sources) == [2, 3]
        await shown("0-a.chain", 4)

    drive(source, script)
    assert len(os.listdir("/dev/fd")) <= before


def test_a_folder_without_a_readable_chain_is_refused(tmp_path: Path) -> None:
    """With what is wrong with the first."""
    index(tmp_path, "a", "b")
    with pytest.raises(ChainviewError, match=r"no chain in .* can be read: .*0-a\.chain: the file is missing"):
        FolderSource(found(tmp_path))


def test_to_follow_needs_chains_that_grow(tmp_path: Path) -> None:
    """A saved chain does not, whose hash stands behind its events: that is said, with the file."""
    event = b"".join(event_json_pieces(next(iter(linked(steps(0)))), 1))
    (tmp_path / "0.json").write_bytes(b'{"events":[' + event + b'],"current_hash":null}')
    with pytest.raises(ChainviewError, match=r"--follow needs a format that grows: .*0\.json is written as a whole"):
        FolderSource(found(tmp_path), follow=True)
