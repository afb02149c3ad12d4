"""Finding, filtering and going from error to error through all actors of a family."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.pack.values import UNIT
from chainview.ui.feeds.file_sources import FolderSource
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.lines.line import plain
from chainview.ui.live.actors import Actors
from tests.ui import samples
from tests.ui.app_driver import Driven, PlayedSession, drive
from tests.ui.recorded_family import found, index, steps, write_chain, write_family

pytestmark = pytest.mark.once


def rows(driven: Driven) -> list[str]:
    """The lines of the tree that is up."""
    assert isinstance(driven.top, Actors)
    return [plain(line).rstrip() for line in driven.top.rows(120)]


async def shown(driven: Driven, name: str) -> None:
    """Waits until the actor of that number and name is on the screen."""

    def there() -> bool:
        driven.screen.tick()
        return driven.screen.figures.name == name

    await driven.until(there)
    await driven.flush()


def four(folder: Path) -> FolderSource:
    """Four actors, in the second and the last of which `needle` is found, once and twice."""
    index(folder, "a", "b", "c", "d")
    needle = [samples.call("increment"), samples.log("a needle"), samples.result("increment", UNIT)]
    for number, name in enumerate("abcd"):
        write_chain(folder / f"{number}-{name}.chain", [*steps(2), *needle * (0, 1, 0, 2)[number]])
    return FolderSource(found(folder))


def test_a_search_goes_on_in_the_next_actor(tmp_path: Path) -> None:
    """From hit to hit through all of them, either way and around; what is searched for stays, and it is said where."""
    source = four(tmp_path)

    async def script(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("needle")
        await driven.press("enter")
        await shown(driven, "1 b")
        assert "no more hits in 0 a: this one is in 1 b" in driven.said()[-1]
        assert driven.screen.chain_tree.cursor == 9
        driven.screen.unsay()
        await driven.press("n")
        await shown(driven, "3 d")
        assert driven.screen.chain_tree.cursor == 9
        await driven.press("n")
        assert driven.screen.chain_tree.cursor == 12
        driven.screen.unsay()
        await driven.press("n")
        await shown(driven, "1 b")
        assert "this one is in 1 b, the first of all" in driven.said()[-1]
        driven.screen.unsay()
        await driven.press("N")
        await shown(driven, "3 d")
        assert driven.screen.chain_tree.cursor == 12

    drive(source, script)


def test_the_tree_tells_the_hits_of_each_actor(tmp_path: Path) -> None:
    """Counted between keys; the screen's line tells all of them together. Without a search there are none."""
    source = four(tmp_path)

    async def script(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("needle")
        await driven.press("enter")
        await shown(driven, "1 b")
        driven.screen.unsay()
        await driven.until(lambda: driven.screen.tick() > 0 and "3 in all actors" in driven.line("line"))
        await driven.press("o")
        hits = [next((part for part in row.split("  ") if "hit" in part), "").strip() for row in rows(driven)[:4]]
        assert hits == ["0 hits", "1 hit", "0 hits", "2 hits"]
        await driven.press("escape", "escape")
        await driven.until(lambda: not driven.screen.searching)
        await driven.until(lambda: driven.screen.tick() > 0 and "in all actors" not in driven.line("line"))
        await driven.press("o")
        await driven.until(lambda: driven.screen.tick() > 0 and not any("hit" in row for row in rows(driven)))

    drive(source, script)


def test_what_no_actor_has_is_told(tmp_path: Path) -> None:
    """With how many were looked through, and how many could not be read."""
    source = four(tmp_path)
    (tmp_path / "2-c.chain").unlink()

    async def script(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("nothing like it")
        await driven.press("enter")
        await driven.until(lambda: driven.screen.tick() > 0 and "no hit in any" in " ".join(driven.said()))
        assert "no hit in any of 4 actors; 1 chain can't be read" in driven.said()
        assert driven.screen.figures.name == "0 a"

    drive(source, script)


def test_a_filter_stays_on_the_way_to_another_actor(tmp_path: Path) -> None:
    """And what it hides is no hit; switched off it is off there too, and still known."""
    source = four(tmp_path)

    async def script(driven: Driven) -> None:
        await driven.press("ampersand")
        await driven.type("kind:call")
        await driven.press("enter")
        await driven.press("o", "j", "enter")
        await shown(driven, "1 b")
        assert driven.screen.chain_tree.filter_count == (4, 11)
        assert "& kind:call  4 of 11" in driven.line("line")
        await driven.press("slash")
        await driven.type("needle")
        await driven.press("enter")
        await shown(driven, "3 d")
        assert driven.screen.chain_tree.cursor == 9
        assert "this one is in 3 d: the filter hid it, so it is off now: F filters again" in driven.said()[-1]
        assert driven.screen.chain_tree.filter_count is None
        driven.screen.unsay()
        await driven.press("b")
        await shown(driven, "1 b")
        assert driven.screen.chain_tree.filter_count is None
        assert "& kind:call  off" in driven.line("line")

    drive(source, script)


def test_what_a_filter_hides_in_the_actor_that_is_shown_is_opened(tmp_path: Path) -> None:
    """Where no actor has a hit that is shown the filter is switched off, which is said; where none has any it stays."""
    index(tmp_path, "a", "b")
    write_chain(tmp_path / "0-a.chain", [*steps(1), samples.call("increment"), samples.log("a needle")])
    write_chain(tmp_path / "1-b.chain", steps(1))

    async def script(driven: Driven) -> None:
        await driven.press("ampersand")
        await driven.type("kind:result")
        await driven.press("enter")
        for pattern, told in (
            ("nowhere", "no hit in any of 2 actors"),
            ("needle", "the filter hid it, so"),
        ):
            assert driven.screen.chain_tree.filter_count == (2, 7)
            driven.screen.find_actions.search_for(pattern)
            await driven.press("n")
            await driven.until(lambda told=told: driven.screen.tick() > 0 and told in " ".join(driven.said()))  # type: ignore[misc]
        assert driven.screen.chain_tree.filter_count is None
        assert driven.screen.chain_tree.cursor == 6
        assert driven.screen.figures.name == "0 a"

    drive(FolderSource(found(tmp_path)), script)


def test_errors_are_gone_through_in_all_actors(tmp_path: Path) -> None:
    """The next error of all, also before the chains were looked through."""
    source = FolderSource(write_family(tmp_path))

    async def script(driven: Driven) -> None:
        await driven.press("e")
        await shown(driven, "2 failing")
        assert "no more errors in 0 root: this one is in 2 failing" in driven.said()[-1]
        assert driven.screen.chain_tree.cursor == 3
        await driven.press("e")
        await shown(driven, "3 spoilt")
        await driven.press("E")
        await shown(driven, "2 failing")

    drive(source, script)


def test_a_live_family_is_searched_as_well() -> None:
    """What actors that no screen shows have recorded is found, counted and gone to."""
    root, child = PlayedSession(), PlayedSession()

    async def script(driven: Driven) -> None:
        root.spawn(child)
        child.record([*steps(1), samples.call("increment"), samples.error("increment", "a needle")])
        await driven.flush()
        await driven.press("o")
        await driven.until(lambda: "1 error" in rows(driven)[1])
        await driven.press("escape", "e")
        await shown(driven, "1 counter.wasm")
        assert driven.screen.chain_tree.cursor == 6
        await driven.press("b")
        await shown(driven, "counter.wasm")
        await driven.press("slash")
        await driven.type("needle")
        await driven.press("enter")
        await shown(driven, "1 counter.wasm")
        await driven.press("n")
        await driven.until(lambda: driven.screen.tick() > 0 and "the only hit of all actors" in " ".join(driven.said()))

    drive(LiveSource(lambda: root), script)


def test_a_key_stops_a_search_of_all_actors(tmp_path: Path) -> None:
    """It is told how far it is meanwhile, and the screen stays at the actor it shows."""
    source = four(tmp_path)

    async def script(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("needle")
        await driven.press("escape")
        driven.screen.find_actions.search_for("needle")
        await driven.pilot.press("n")
        driven.screen.family.look()
        await driven.pilot.press("n")
        await driven.pilot.pause()
        assert "seek on" in driven.screen.slices
        await driven.pilot.press("escape")
        assert "the search was stopped" in driven.said()[-1]
        await driven.flush()
        assert driven.screen.figures.name == "0 a"

    drive(source, script)
