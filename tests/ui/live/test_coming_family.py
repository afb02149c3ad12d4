"""A pipe, or a followed file, of the chains of several actors on the screen: a family as its lines come."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chainview.system.errors import ChainviewError
from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.coming_sources import FollowedSource, PipeSource
from chainview.ui.feeds.spool import Spool
from chainview.ui.lines.line import plain
from chainview.ui.live.actors import Actors
from chainview.ui.widgets.key_map import KeyMap
from tests.chain.families.division.printed import CHAINS, OTHER, ROOT, WORKER, capture, dump, lines
from tests.chain.files.theater.writings import as_cli_line
from tests.ui.app_driver import ENVIRON, Driven, drive, until

pytestmark = pytest.mark.once


@pytest.fixture
def pipe() -> Iterator[tuple[PipeSource, Callable[[bytes], None], Callable[[], None]]]:
    """A source that reads a pipe, what writes into it, and what ends it."""
    source_end, pipe_end = os.pipe()
    left = [pipe_end]
    source = PipeSource(Spool(source_end))

    def end() -> None:
        if left:
            os.close(left.pop())

    yield source, lambda data: [os.write(pipe_end, data)].clear(), end
    end()
    source.close()


Pipe = tuple[PipeSource, Callable[[bytes], None], Callable[[], None]]


def test_a_pipe_becomes_a_family_when_another_actor_comes(pipe: Pipe) -> None:
    """One actor alone is a plain screen; a second one makes a family of it, with a tree, `o`, `b` and how each is."""
    source, write, end = pipe
    told = lines()
    write(b"".join(told[:4]))

    async def script(driven: Driven) -> None:
        await driven.until(lambda: driven.app.chain_screen is not None)
        await driven.flush()
        root = driven.screen
        assert "standard input │ ▤ FILE" in driven.line("status")
        assert "o actors" not in driven.line("footer")
        await driven.press("o")
        assert driven.said()[-1] == "nothing of another actor has come yet"
        write(b"".join(told[4:]))
        family = source.family
        assert family is not None
        await driven.until(lambda: len(family.roster) == 3)
        end()
        dividing = family.roster.dividing
        assert dividing is not None
        await driven.until(lambda: dividing.ended and family.roster.settled)
        await driven.until(lambda: [each.parent for each in map(family.roster.of, range(3))] == ["", ROOT, ROOT])
        await driven.flush()
        assert "0 90035e44 │ ▤ FILE" in driven.line("status")
        assert "of 3 actors" in driven.line("status")
        await until(driven.pilot, lambda: not root.can_follow, root.tick)
        await driven.press("o")
        assert isinstance(driven.top, Actors)
        rows = [plain(line).rstrip() for line in driven.top.rows(100)]
        assert [row.split()[:2] for row in rows[1:3]] == [["1", WORKER[:8]], ["2", OTHER[:8]]]
        assert "◇ links right" in rows[1]
        await driven.press("j", "enter")
        await driven.until(lambda: driven.app.chain_screen is not root)
        await driven.flush()
        assert "1 0c94fa74 │ ▤ FILE" in driven.line("status")
        assert len(driven.screen.chain_tree.table) == len(CHAINS[WORKER])
        await driven.press("b")
        await driven.until(lambda: driven.app.chain_screen is root)
        await driven.press("*")
        assert "only for as long as this is open" in driven.said()[-1]

    drive(source, script)
    assert source.family is not None
    assert not source.family.roster.folder.exists()


@pytest.mark.parametrize("data", [b"".join(capture()), dump()], ids=["capture", "dump"])
def test_every_format_of_several_chains_comes_as_a_family(pipe: Pipe, data: bytes) -> None:
    """A supervisor's capture, and the dump for people, too."""
    source, write, end = pipe
    write(data)
    end()

    async def script(driven: Driven) -> None:
        assert source.family is not None
        await driven.until(lambda: source.family is not None and source.family.roster.settled)
        assert len(source.family.roster) == 3

    drive(source, script)


def test_a_followed_file_becomes_a_family(tmp_path: Path) -> None:
    """As a pipe does; where another file takes its name that is told, and `^r` shows what has the name now."""
    path = tmp_path / "events.jsonl"
    told = lines()
    path.write_bytes(b"".join(told[:3]))
    source = FollowedSource(str(path))

    async def script(driven: Driven) -> None:
        await driven.flush()
        assert "events.jsonl │ ▤ FILE" in driven.line("status")
        with path.open("ab") as file:
            file.writelines(told[3:])
        first = source.family
        assert first is not None
        await driven.until(lambda: len(first.roster) == 3)
        (tmp_path / "new").write_bytes(b"".join(as_cli_line(event, OTHER).encode() for event in CHAINS[OTHER]))
        os.replace(tmp_path / "new", path)
        dividing = first.roster.dividing
        assert dividing is not None
        await driven.until(lambda: dividing.ended)
        before = driven.screen
        await until(driven.pilot, lambda: not before.can_follow, before.tick)
        await driven.flush()
        assert "it was replaced by another file: open it again" in driven.line("status")
        await driven.press("ctrl+r")
        await driven.until(lambda: driven.app.chain_screen is not before)
        await driven.flush()
        assert len(driven.screen.chain_tree.table) == len(CHAINS[OTHER])
        await driven.press("o")
        assert driven.said()[-1] == "nothing of another actor has come yet"

    drive(source, script)
    source.close()


def test_a_followed_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """Also where it holds something else by now."""
    path = tmp_path / "events.jsonl"
    with pytest.raises(ChainviewError, match=r"can't read .*events\.jsonl: no such file"):
        FollowedSource(str(path)).open()
    path.write_text("[]")
    with pytest.raises(ChainviewError, match="holds no chains of several actors any more"):
        FollowedSource(str(path)).open()


def test_quitting_does_not_wait_for_the_first_event(pipe: Pipe) -> None:
    """A first line without end keeps nobody from leaving."""
    source, write, _ = pipe
    write(b'{"actor_id":\n{"hash": "00", "event_type": "x", ')
    app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)

    async def run() -> None:
        async with app.run_test() as pilot:
            await pilot.press("q")

    asyncio.run(run())
    assert not app.crash
