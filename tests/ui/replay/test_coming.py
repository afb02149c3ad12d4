"""What the replay screen shows before there is an explanation, and where there never will be one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.replay_sources import ReplaySource
from chainview.ui.widgets.key_map import KeyMap
from chainview.workbench.replay_request import ReplayRequest
from tests.ui.app_driver import ENVIRON, until
from tests.ui.replay_looks import PRICING, Looked, look, look_while_running, looked_at

pytestmark = pytest.mark.once


@pytest.mark.parametrize("fault", ["extra-middle", "missing-call", "changed-field"])
def test_both_sides_stand_beside_each_other_while_the_cause_is_looked_for(tmp_path: Path, fault: str) -> None:
    """Once all calls are made each row is there, what differs marked as not told yet, and the cursor on the first."""

    async def script(looked: Looked, finish: Callable[[], Awaitable[None]]) -> None:
        assert "◌ explaining what differs" in looked.line("status")
        assert "why is being found out" in looked.below
        first = looked.screen.progress.first_mismatch
        assert first is not None
        assert looked.here().startswith("?")
        assert not any(row.startswith(("≠", "↳")) for row in looked.rows())
        before, rows = looked.tree.aligned, looked.rows()
        await finish()
        assert looked.below.startswith("DIVERGES")
        assert looked.here().startswith("≠")
        assert (looked.tree.aligned.recorded, looked.tree.aligned.now) == (before.recorded, before.now)
        assert [row.replace("?", "") for row in rows if row[:1] == "?"]
        assert not any(row.startswith("?") for row in looked.rows())

    look_while_running(tmp_path, fault, script, explaining=True)


def test_where_one_has_gone_meanwhile_one_stays(tmp_path: Path) -> None:
    """The explanation takes nobody away from the row that they went to while it was looked for."""

    async def script(looked: Looked, finish: Callable[[], Awaitable[None]]) -> None:
        await looked.press("g", "j", "j")
        await finish()
        assert looked.tree.cursor == 2
        assert looked.below.startswith("DIVERGES")

    look_while_running(tmp_path, "changed-field", script, explaining=True)


def test_a_chain_whose_module_can_not_be_used_is_shown_all_the_same(tmp_path: Path) -> None:
    """What was recorded stands on its side, the sentence below it, and the footer has the key that tries again."""

    async def script(looked: Looked) -> None:
        assert "can't be replayed" in looked.line("status")
        assert "is no regular file" in looked.below
        assert looked.rows()[0].startswith("    1 ▼ init()")
        assert looked.rows()[0].count("init()") == 1
        assert "r replay again" in looked.line("footer")
        await looked.press("C")
        assert looked.said()[-1] == "nothing was replayed, so nothing is known to differ"
        await looked.press("r")
        await looked.until(lambda: any("is no regular file" in said for said in looked.said()))
        assert looked.line("status").count("can't be replayed") == 1
        assert not any("is still shown" in said for said in looked.said())
        await looked.pilot.resize_terminal(80, 24)
        await looked.until(lambda: "now –" in looked.line("why-title") or "is no" in looked.line("why-title"))

    look(tmp_path, "no-such-fault", script)


@pytest.mark.parametrize(("text", "says"), [("no chain\n", "is no chain"), ("[]", "holds no call"), ("", "is empty")])
def test_a_replay_of_what_is_no_chain_ends_with_the_sentence(tmp_path: Path, text: str, says: str) -> None:
    """There is nothing to look at, so the program says why and leaves no empty screen behind."""
    chain = tmp_path / "c.chain"
    chain.write_text(text)
    source = ReplaySource(ReplayRequest(str(PRICING / "pricing.wasm"), str(chain)).watched, "c.chain", chain)
    app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: app.failure is not None)

    asyncio.run(run())
    source.close()
    assert app.failure is not None
    assert says in app.failure.sentence
    assert source.exit_code == 2


def test_where_a_module_is_waited_for_an_empty_side_says_so(tmp_path: Path) -> None:
    """With a module that is watched the screen stays, and says in the place of rows that there are none to show."""
    chain = tmp_path / "c.chain"
    chain.write_text("[]")
    module = str(PRICING / "pricing.wasm")
    source = ReplaySource(ReplayRequest(module, str(chain)).watched, "c.chain", chain, module)
    app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)

    async def run() -> None:
        async with app.run_test(size=(120, 34)) as pilot:
            looked = await looked_at(app, pilot)
            await looked.until_done()
            assert looked.rows()[0].strip() == "there is nothing to be shown beside each other"
            assert "holds no call" in looked.below

    asyncio.run(run())
    source.close()
