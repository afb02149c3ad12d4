"""The replay screen: recorded and now beside each other, why they differ, and what its keys do."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.pack.cgrf import encode
from chainview.pack.values import String
from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.replay_sources import ReplaySource
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.replay.replay_screen import ReplayScreen
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.key_table import ACTIONS
from chainview.ui.widgets.keys import Scope
from chainview.ui.widgets.overlays import Help
from chainview.workbench.programs import record_actor
from chainview.workbench.replay_request import ReplayRequest
from chainview.workbench.replay_thread import Stage
from tests.actor.guests import Guest
from tests.ui.app_driver import ENVIRON, Driven, PlayedSession, at_rest, drive, few_calls
from tests.ui.replay_looks import PRICING, Looked, look, look_while_running, looked_at, replay_of

pytestmark = pytest.mark.once


def test_it_opens_on_the_first_mismatch_with_both_sides_and_the_reason(tmp_path: Path) -> None:
    """The row of the first mismatch is centred, has both sides, is marked, and the explanation stands below."""

    async def script(looked: Looked) -> None:
        row = next(row for row in looked.rows() if row.startswith("≠  17"))
        left, _, right = row.partition("│≠")
        assert 'region: "at"' in left
        assert 'region: "AT"' in right
        assert abs(looked.rows().index(row) - looked.tree.size.height // 2) <= 1
        assert looked.tree.cursor == 16
        assert "≠ first mismatch at event 17 │ 16 same · 1 cause" in looked.line("status")
        assert looked.below.startswith("DIVERGES at event 17 of 55")
        assert 'recorded  "at"' in looked.below

    source = look(tmp_path, "changed-field", script)
    assert source.differs


def test_what_only_follows_is_a_dim_rail(tmp_path: Path) -> None:
    """Consequences have the rail for a mark and no colour of an error or of a difference."""

    async def script(looked: Looked) -> None:
        tree = looked.tree
        dim = tree._painter.style("dim")
        y = next(y for y, row in enumerate(looked.rows()) if row.startswith("┊  18"))
        segments = [segment for segment in tree.render_line(y) if segment.text.strip(" ┊│")]
        assert segments
        assert all(segment.style == dim for segment in segments)

    look(tmp_path, "changed-field", script)


def test_nothing_that_only_follows_is_red(tmp_path: Path) -> None:
    """A host call that could not be answered is dim where that follows from another difference."""

    async def script(looked: Looked) -> None:
        tree = looked.tree
        dim = tree._painter.style("dim")
        y = next(y for y, row in enumerate(looked.rows()) if row.startswith("↳") and "no recorded answer" in row)
        styles = {segment.style for segment in tree.render_line(y) if segment.text.strip(" ↳│▕")}
        assert styles == {dim}

    look(tmp_path, "replaced-call", script)


def test_an_extra_call_is_a_gap_row(tmp_path: Path) -> None:
    """What is new stands beside a gap, and the rows below it go on side by side."""

    async def script(looked: Looked) -> None:
        rows = looked.rows()
        at = next(at for at, row in enumerate(rows) if "╌╌ not recorded ╌╌" in row)
        assert "2 lines priced" in rows[at]
        left, _, right = rows[at + 1].partition("│┊")
        assert "21 │" in left
        assert "22 │" in right

    look(tmp_path, "extra-middle", script)


def test_keys_go_from_difference_to_difference(tmp_path: Path) -> None:
    """] and [ go to the causes in order and say when there is no further one; m goes back to the first mismatch."""

    async def script(looked: Looked) -> None:
        await looked.press("]")
        assert looked.tree.cursor == 27
        await looked.press("]")
        assert looked.said() == ["there is none further down"]
        await looked.press("[")
        assert looked.tree.cursor == 16
        await looked.press("G")
        assert looked.tree.cursor == 54
        await looked.press("m")
        assert looked.tree.cursor == 16

    look(tmp_path, "changed-field", script)


def test_only_differences_and_back(tmp_path: Path) -> None:
    """d leaves only rows whose sides say something else, with the cursor's row among them; d again shows all."""

    async def script(looked: Looked) -> None:
        await looked.press("d")
        shown = [row for row in looked.rows() if row.strip()]
        assert [row[:5] for row in shown] == ["≠  17", "↳  19", "≠  28"]
        await looked.press("escape")
        assert len([row for row in looked.rows() if row.strip()]) == looked.tree.size.height

    look(tmp_path, "changed-field", script)


def test_details_show_the_leaf_on_both_sides_and_stacks_both_stacks(tmp_path: Path) -> None:
    """enter tells the differing leaf before the whole values, t the stacks of both builds; esc goes back to why."""

    async def script(looked: Looked) -> None:
        await looked.press("enter")
        assert "input  1 place differs" in looked.below
        assert 'region  recorded "at"  now "AT"' in looked.below
        assert 'was "at"' in looked.below
        await looked.press("t")
        assert looked.below.splitlines()[0].split() == ["recorded", "│now"]
        assert any(line.count("pricing::quote::quote") == 2 for line in looked.below.splitlines())
        await looked.press("escape")
        assert looked.below.startswith("DIVERGES")

    look(tmp_path, "changed-field", script)


def test_both_sides_fold_together(tmp_path: Path) -> None:
    """A folded call is one row with a summary on each side, marked when a cause is inside."""

    async def script(looked: Looked) -> None:
        await looked.press("space")
        row = looked.rows()[looked.tree._rows.row_of(13) - round(looked.tree.scroll_y)]
        assert row.startswith("≠  14 ▶ quote(")
        assert row.count("▶ quote(") == 2

    look(tmp_path, "changed-field", script)


def test_what_is_said_and_where_the_cursor_is_belong_together(tmp_path: Path) -> None:
    """What the thread finds between two looks is neither told nor acted on before the rows of it are shown."""

    async def script(looked: Looked) -> None:
        replay = looked.screen.replay
        done = replay.progress
        replay.progress = replace(done, explanation=None)
        looked.screen.tick()
        replay.progress = done
        await looked.pilot.press("w", "a")
        assert "DIVERGES" not in looked.below
        assert looked.said()[-1] == "what differs is not explained yet"

    look(tmp_path, "changed-field", script)


def test_a_narrow_terminal_gets_one_column(tmp_path: Path) -> None:
    """Below 110 columns a pair that differs is two rows; grown again they are one, the cursor on the same event."""

    async def script(looked: Looked) -> None:
        rows = looked.rows()
        at = next(at for at, row in enumerate(rows) if row.startswith("≠rec   17"))
        assert 'region: "at"' in rows[at]
        assert rows[at + 1].startswith("≠now   17")
        assert 'region: "AT"' in rows[at + 1]
        assert max(map(len, rows)) <= 80
        await looked.pilot.resize_terminal(160, 45)
        await at_rest(looked.pilot)
        assert looked.tree.cursor == 16
        assert any(row.startswith("≠  17") for row in looked.rows())

    look(tmp_path, "changed-field", script, size=(80, 24))


def test_an_identical_replay_says_so(tmp_path: Path) -> None:
    """Nothing is marked, and the keys for differences say that there is none."""

    async def script(looked: Looked) -> None:
        assert "✓ identical, 55 events" in looked.line("status")
        assert not any("≠" in row or "┊" in row for row in looked.rows())
        for key in ("m", "d", "]"):
            looked.screen.say("")
            await looked.press(key)
            assert looked.said() == ["nothing differs"]

    source = look(tmp_path, "", script)
    assert not source.differs


@pytest.mark.parametrize(
    ("word", "status", "below"),
    [
        (b"actor.init", "✖ the recording is damaged", "UNUSABLE"),
        (b"rate of tea", "✖ identical up to event 5, then damaged", "identical up to event 5 of 55"),
    ],
)
def test_a_damaged_recording_is_replayed_up_to_where_it_is_damaged(
    tmp_path: Path, word: bytes, status: str, below: str
) -> None:
    """All of the recorded side is there to be looked at, the other one as far as the recording is sound."""
    chain = tmp_path / "short.chain"
    shutil.copy(PRICING / "workloads" / "short.chain", chain)
    data = bytearray(chain.read_bytes())
    data[data.index(word)] ^= 1
    chain.write_bytes(data)
    source = ReplaySource(ReplayRequest(str(PRICING / "pricing.wasm"), str(chain)).watched, "short.chain", chain)

    async def run() -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(160, 45)) as pilot:
            looked = await looked_at(app, pilot)
            await looked.until_done()
            assert status in looked.line("status")
            assert looked.below.startswith(below)
            assert any(row.startswith("≠") for row in looked.rows())
            await looked.press("enter", "t", "d", "G")
            await looked.pilot.resize_terminal(80, 24)
            await at_rest(looked.pilot)
            assert any(row.strip() for row in looked.rows())

    try:
        asyncio.run(run())
    finally:
        source.close()
    assert source.differs


@pytest.mark.parametrize("width", [160, 70])
def test_rows_that_print_the_same_say_what_differs(tmp_path: Path, width: int) -> None:
    """Two texts of the same letters, one composed and one not: each row tells its code points."""

    def logging(name: str, text: str) -> str:
        return str(Guest().calling("f", "theater:simple/runtime", "log", encode(String(text))).written(tmp_path, name))

    chain = tmp_path / "c.chain"
    record_actor(logging("then.wat", "caf\u00e9"), chain, ["f()"])
    source = ReplaySource(ReplayRequest(logging("now.wat", "cafe\u0301"), str(chain)).watched, "c.chain", chain)

    async def run() -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(width, 40)) as pilot:
            looked = await looked_at(app, pilot)
            await looked.until_done()
            rows = "\n".join(looked.rows())
            assert "(U+00E9)" in rows
            assert "(U+0065 U+0301)" in rows

    try:
        asyncio.run(run())
    finally:
        source.close()


def test_every_action_of_the_replay_screen_has_a_handler(tmp_path: Path) -> None:
    """What help and footer promise here does something, and help lists only that."""

    async def script(looked: Looked) -> None:
        here = {action.id for action in ACTIONS if action.scope & Scope.REPLAY}
        assert here == set(looked.screen.handlers)
        await looked.press("?")
        assert isinstance(looked.app.screen, Help)
        await looked.press("escape")
        await looked.press("c")
        assert looked.said() == ["c (“call”) needs an actor that runs: chainview run ACTOR starts one"]

    look(tmp_path, "changed-field", script)


def test_a_mismatch_is_told_while_the_replay_runs(tmp_path: Path) -> None:
    """Before the end the rows that were made stand beside the recorded ones, and the first mismatch is known."""

    async def script(looked: Looked, finish: Callable[[], Awaitable[None]]) -> None:
        assert "◌ replaying" in looked.line("status")
        assert "≠ first mismatch at event 17" in looked.line("status")
        assert looked.below == "differs at event 17; why is found out once all calls are made"
        row = looked.rows()[15]
        assert row.count("quote 1 for Ada") == 2
        assert looked.rows()[17].count("→") == 1
        await finish()
        assert looked.below.startswith("DIVERGES")

    look_while_running(tmp_path, "changed-field", script)


def test_a_replay_that_runs_is_stopped_by_a_key(tmp_path: Path) -> None:
    """The footer offers the key while it runs; then status and pane say how far it came, and what the key can't do."""

    async def script(looked: Looked, finish: Callable[[], Awaitable[None]]) -> None:
        replay = looked.screen.replay
        assert "x stop" in looked.line("footer")
        await looked.press("x")
        assert replay._stopped
        replay.progress = replace(
            replay.progress, stage=Stage.STOPPED, calls=1, of=9, first_mismatch=None, stopped_at=4
        )
        looked.screen.tick()
        assert "■ stopped after 1 of 9 calls" in looked.line("status")
        said = "the replay was stopped after 1 of 9 calls: nothing differed so far; why was not looked for"
        assert looked.below == said
        assert looked.screen.panes.sides.known == 4
        assert "x stop" not in looked.line("footer")
        await looked.press("x")
        assert looked.said() == ["the replay is over"]

    look_while_running(tmp_path, "changed-field", script)


def test_r_replays_the_chain_so_far_and_esc_returns(tmp_path: Path) -> None:
    """From the live screen one key leads to the replay and another back; leaving ends the replay."""
    chain = tmp_path / "short.chain"
    shutil.copy(PRICING / "workloads" / "short.chain", chain)
    replay = replay_of(chain, "changed-field", "so far")
    session = PlayedSession()

    async def script(driven: Driven) -> None:
        await driven.press("r")
        assert driven.said() == ["there is nothing to replay yet"]
        session.record(few_calls(1))
        await driven.flush()
        await driven.pilot.press("r")
        await at_rest(driven.pilot)
        assert isinstance(driven.top, ReplayScreen)
        await driven.pilot.press("escape")
        await at_rest(driven.pilot)
        assert driven.at_chain
        assert replay.begun is None or not replay._thread.is_alive()

    drive(LiveSource(lambda: session, replay=lambda session: replay), script)


def test_a_chain_that_can_not_be_opened_is_told(tmp_path: Path) -> None:
    """What keeps the replay from beginning is kept as its failure."""
    replay = replay_of(tmp_path / "none.chain", "")
    replay.start()
    replay.wait()
    assert replay.progress.stage is Stage.FAILED
    assert "none.chain" in str(replay.progress.failure)
    replay.close()
