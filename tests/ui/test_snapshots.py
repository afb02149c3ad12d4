"""Pictures of the live screen: text at three sizes, SVG in three themes. CHAINVIEW_SNAPSHOTS=write makes them anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from chainview.ui.feeds.file_sources import FolderSource
from chainview.ui.feeds.live_feed import LiveFeed
from tests.ui.app_driver import Driven, drive, drive_live, few_calls
from tests.ui.recorded_family import write_family

pytestmark = pytest.mark.once

FOLDER = Path(__file__).parent / "snapshots"
_ID = re.compile(r"terminal-\d+-")


def same_as_kept(name: str, text: str) -> None:
    """Compares with the kept picture of that name, or writes it where that was asked for."""
    path = FOLDER / name
    if os.environ.get("CHAINVIEW_SNAPSHOTS") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"the screen is not as in {path}"


def rows(driven: Driven) -> str:
    """The screen as text."""
    strips = driven.app.screen._compositor.render_strips()
    return "".join([strip.text.rstrip() + "\n" for strip in strips])


async def settle(driven: Driven) -> None:
    """Brings the screen to a state that does not depend on when it was reached."""
    feed = driven.screen.feed
    assert isinstance(feed, LiveFeed)
    feed._counts.clear()
    feed._clock = lambda: int(driven.time * 1e9)
    await driven.press("g", "enter", "enter")
    if not driven.screen.details.display:
        await driven.press("enter")
    await driven.press("J", "j", "j")
    await driven.flush()


@pytest.mark.parametrize("size", [(80, 24), (120, 34), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_live_screen_as_text(size: tuple[int, int]) -> None:
    """The live screen shows chain, details and keys at the sizes people have."""

    async def script(driven: Driven) -> None:
        await settle(driven)
        same_as_kept(f"live-{size[0]}x{size[1]}.txt", rows(driven))

    drive_live(script, few_calls(5), size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 34)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_actors_of_a_folder_as_text(tmp_path: Path, size: tuple[int, int]) -> None:
    """The tree of a family lies over the chain of the one that is shown, whose details tell of a link."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        await driven.until(lambda: source.roster.settled)
        await driven.press("G", "k")
        if not driven.screen.details.display:
            await driven.press("enter")
        await driven.until(lambda: driven.screen.tick() > 0 and driven.screen.figures.sound[0] == "chain sound")
        await driven.press("o", "j")
        same_as_kept(f"family-{size[0]}x{size[1]}.txt", rows(driven))

    drive(source, script, size=size)


@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
def test_the_live_screen_in_colour(theme: str) -> None:
    """Each theme colours the same screen."""

    async def script(driven: Driven) -> None:
        await settle(driven)
        same_as_kept(f"live-{theme}.svg", _ID.sub("terminal-", driven.app.export_screenshot()))

    drive_live(script, few_calls(2), size=(100, 20), theme=theme)
