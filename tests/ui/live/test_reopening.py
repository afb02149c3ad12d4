"""A file that was replaced is opened again where one was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import linked
from chainview.ui.feeds.file_sources import FileSource
from chainview.ui.widgets.overlays import MessageBox
from tests.chain import samples
from tests.ui.app_driver import Driven, drive, few_calls

pytestmark = pytest.mark.once


def write(path: Path, calls: int) -> None:
    """Puts another chain in the place of the one that has this name."""
    new = path.with_suffix(".new")
    new.write_bytes(samples.native(list(linked(few_calls(calls)))))
    os.replace(new, path)


async def settled(driven: Driven, events: int) -> None:
    """Waits until the screen on top has so many events."""
    await driven.until(lambda: driven.screen.feed is not None)
    driven.screen.ticking = False
    for _ in range(20):
        await driven.flush()
        if len(driven.screen.chain_tree.table) == events:
            break
    assert len(driven.screen.chain_tree.table) == events


def test_place_folds_and_filter_are_kept(tmp_path: Path) -> None:
    """^r shows what has the name now, at the event, with the folds and the filter that the one before had."""
    path = tmp_path / "a.chain"
    write(path, 10)

    async def script(driven: Driven) -> None:
        await settled(driven, 43)
        await driven.press("-", "g", "J", "J", "space", "&")
        await driven.type("!log")
        await driven.press("enter", "F")
        before = driven.screen
        number, folded = before.number(), before.chain_tree.folded_calls
        write(path, 12)
        await driven.press("ctrl+r")
        await driven.until(lambda: driven.screen is not before)
        await settled(driven, 51)
        assert driven.screen.number() == number
        assert driven.screen.chain_tree.folded_calls == folded
        assert (driven.screen.find_actions.filter, driven.screen.find_actions.filtering) == ("!log", False)
        assert driven.screen.chain_tree.filter_count is None

    drive(FileSource(open_chain(path)), script)


def test_what_can_not_be_opened_keeps_the_old_and_says_why(tmp_path: Path) -> None:
    """Junk in the file's place is told, and what was read before is still there; a shorter one goes to its end."""
    path = tmp_path / "a.chain"
    write(path, 10)

    async def script(driven: Driven) -> None:
        await settled(driven, 43)
        await driven.press("G")
        before = driven.screen
        path.with_suffix(".new").write_text("junk")
        os.replace(path.with_suffix(".new"), path)
        await driven.press("ctrl+r")
        await driven.until(lambda: isinstance(driven.top, MessageBox))
        await driven.press("escape")
        assert driven.screen is before
        assert len(before.chain_tree.table) == 43
        write(path, 2)
        await driven.press("ctrl+r")
        await driven.until(lambda: driven.screen is not before)
        await settled(driven, 11)
        await driven.flush()
        assert driven.screen.number() == 11
        assert "there is no event 43 here any more" in driven.said()

    drive(FileSource(open_chain(path)), script)
