"""The app as a person uses it: what is on the screen, what the keys do, what errors become."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.actor.session.status import Phase
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import StateChain
from chainview.system.errors import ChainviewError
from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.coming_sources import PipeSource
from chainview.ui.feeds.file_feed import FileFeed
from chainview.ui.feeds.file_sources import FileSource
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.feeds.spool import Spool
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.key_table import ACTIONS
from chainview.ui.widgets.keys import ActionId, Scope
from chainview.ui.widgets.overlays import Help, MessageBox, Question
from chainview.ui.widgets.text_line import TextLine
from tests.chain.unsound import WRONG, wrong_number
from tests.ui import samples
from tests.ui.app_driver import ENVIRON, IDLE, Driven, PlayedSession, drive, drive_live, few_calls

pytestmark = pytest.mark.once


def written(path: Path, parts: list[samples.Part]) -> Path:
    """A chain file of these events."""
    with ChainWriter.create(path, Header()) as writer:
        chain = StateChain(sink=writer)
        for event_type, payload in parts:
            chain.append(event_type, payload)
    return path


def test_live_events_appear_and_are_counted() -> None:
    """What a session records is in the tree after a tick, and the status line counts it."""

    async def script(driven: Driven) -> None:
        assert len(driven.screen.chain_tree.table) == 15
        assert "● LIVE" in driven.line("status")
        assert "15 events" in driven.line("status")
        assert driven.screen.chain_tree.cursor == 14

    drive_live(script, few_calls())


def test_the_session_starts_after_the_screen_listens_and_its_events_are_all_there() -> None:
    """A session is started by the app, so that nothing it records can come before the subscription."""
    session = PlayedSession()
    begin = session.start

    def start() -> None:
        begin()
        session.record(few_calls(1))

    session.start = start  # type: ignore[method-assign]

    async def script(driven: Driven) -> None:
        assert len(driven.screen.chain_tree.table) == 7

    drive(LiveSource(lambda: session), script)


def test_what_is_found_to_be_wrong_is_marked_in_its_row(tmp_path: Path) -> None:
    """Once the file is checked the row of the event that is wrong has its mark, and no other row has one."""
    (tmp_path / "wrong.chain").write_bytes(WRONG["another hash"])

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        row = wrong_number("another hash") - 1

        while "✖" not in driven.line("status"):
            await driven.flush()
        assert [at for at in range(len(tree.table)) if "⚠" in tree.render_line(at).text] == [row]

    drive(FileSource(open_chain(tmp_path / "wrong.chain")), script)


def test_details_follow_the_cursor() -> None:
    """The details show the event under the cursor: its hash, its call, its values."""

    async def script(driven: Driven) -> None:
        await driven.press("g", "j")
        details = driven.details
        table = driven.screen.chain_tree.table
        hash_ = table.hash(1)
        assert hash_ is not None
        assert hash_.hex() in details
        assert "computed, sound" in details
        assert "step 1 of 2" in details
        assert '"counting from 0"' in details

    drive_live(script, few_calls())


def test_escape_goes_back_one_level_and_never_quits() -> None:
    """Escape ends the search, then the zoom, then closes the details, and then does nothing."""

    async def script(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("adding")
        await driven.press("enter", "z")
        body = driven.screen.query_one("#body")
        assert driven.screen.searching
        await driven.press("escape")
        assert not driven.screen.searching
        assert body.has_class("-zoomed")
        await driven.press("escape")
        assert not body.has_class("-zoomed")
        assert driven.screen.details.display
        await driven.press("escape")
        assert not driven.screen.details.display
        await driven.press("escape", "escape")
        assert driven.app.is_running

    drive_live(script, few_calls())


def test_narrow_screens_put_the_details_below_and_begin_without_them() -> None:
    """Below 100 columns the chain has the screen for itself until enter opens the details below it."""

    async def script(driven: Driven) -> None:
        body = driven.screen.query_one("#body")
        assert body.has_class("-below")
        assert not driven.screen.details.display
        await driven.press("enter")
        details, tree = driven.screen.details, driven.screen.chain_tree
        assert details.region.y >= tree.region.bottom
        assert details.region.width == 80
        assert tree.region.height >= 8

    drive_live(script, few_calls(), size=(80, 24))


def test_a_screen_too_small_says_so() -> None:
    """Below 60 by 10 there is one line that names the size needed."""

    async def script(driven: Driven) -> None:
        assert driven.screen.query_one("#small").display
        assert "60×10" in driven.line("small")
        assert not driven.screen.query_one("#body").display

    drive_live(script, size=(50, 9))


def test_quit_keys_close_overlays_first() -> None:
    """q on the help closes the help; only then it quits."""

    async def script(driven: Driven) -> None:
        await driven.press("question_mark")
        assert isinstance(driven.top, Help)
        await driven.pilot.press("q")
        await driven.pilot.pause()
        assert driven.at_chain
        await driven.pilot.press("ctrl+c")
        assert any("quits chainview" in text for text in driven.said())
        assert driven.app.is_running
        source = driven.app.source
        assert isinstance(source, LiveSource)
        session = source.session
        assert isinstance(session, PlayedSession)
        session.state = replace(session.state, function="sample:counter/counter.increment")
        await driven.flush()
        await driven.pilot.press("ctrl+c")
        assert driven.said()[-1] == "x interrupts the call, q or ^q quits"
        await driven.press("c")
        await driven.pilot.press("ctrl+c")
        assert driven.said()[-1] == "esc, then x interrupts the call, q or ^q quits"
        await driven.press("escape")
        await driven.pilot.press("q")

    drive_live(script)


def test_pause_interrupt_and_stop_reach_the_session() -> None:
    """p pauses and resumes, x interrupts a running call, stopping asks first."""

    async def script(driven: Driven) -> None:
        session = driven.app.source.session  # type: ignore[attr-defined]
        await driven.press("p")
        assert session.paused
        assert "⏸ ACTOR PAUSED" in driven.line("status")
        await driven.press("p")
        assert not session.paused
        await driven.press("x")
        assert "interrupt" not in session.done
        session.state = replace(IDLE, phase=Phase.RUNNING, function="my:counter/api.spin")
        await driven.press("x")
        assert "interrupt" in session.done
        await driven.screen.act(ActionId.ACTOR_STOP)
        await driven.pilot.pause()
        assert isinstance(driven.top, Question)
        await driven.pilot.press("n")
        assert "stop" not in session.done
        await driven.screen.act(ActionId.ACTOR_STOP)
        await driven.pilot.pause()
        await driven.pilot.press("y")
        await driven.flush()
        assert "stop" in session.done
        assert "○ ENDED (stopped)" in driven.line("status")

    drive_live(script, few_calls())


def test_file_screens_have_no_actor_to_drive(tmp_path: Path) -> None:
    """On a file the actor's keys say where they work and do nothing; the chain is read and verified."""
    path = written(tmp_path / "a.chain", few_calls())

    async def script(driven: Driven) -> None:
        feed = driven.screen.feed
        assert isinstance(feed, FileFeed)
        while "chain sound" not in driven.line("status"):
            await driven.flush()
        assert "▤ FILE" in driven.line("status")
        assert driven.screen.chain_tree.cursor == 0
        await driven.press("c")
        assert any("needs an actor that runs" in text for text in driven.said())

    drive(FileSource(open_chain(path)), script)


def test_a_file_answers_for_its_actions_and_no_others(tmp_path: Path) -> None:
    """What help and palette promise where a chain is read does something, and nothing does what they do not tell."""
    path = written(tmp_path / "a.chain", few_calls())

    async def script(driven: Driven) -> None:
        assert set(driven.screen.handlers) == {action.id for action in ACTIONS if action.scope & Scope.FILE}

    drive(FileSource(open_chain(path)), script)


def test_an_error_before_the_screen_ends_the_app_with_its_sentence() -> None:
    """A session that can't be made ends the app; the sentence is for the caller to print."""

    def make() -> PlayedSession:
        raise ChainviewError("there is no file x.wasm")

    app = ChainviewApp(LiveSource(make), KeyMap(), "dark", ENVIRON)

    async def run() -> None:
        async with app.run_test():
            while app.failure is None:
                await asyncio.sleep(0.005)

    asyncio.run(run())
    assert app.failure is not None
    assert app.failure.sentence == "there is no file x.wasm"


def test_an_error_in_a_worker_becomes_a_message() -> None:
    """What goes wrong in a thread is shown in a box, and the app goes on."""

    async def script(driven: Driven) -> None:
        def work() -> None:
            raise RuntimeError("[red] went wrong")

        driven.app.run_worker(work, thread=True, exit_on_error=False)
        await driven.until(lambda: isinstance(driven.top, MessageBox))
        await driven.pilot.pause()
        assert isinstance(driven.top, MessageBox)
        assert "[red] went wrong" in driven.top.view.text
        await driven.pilot.press("escape")
        assert driven.at_chain

    drive_live(script)


def test_a_crash_keeps_its_traceback_for_the_log() -> None:
    """An error inside the app ends it with the traceback kept, not printed."""
    crash = ""

    async def script(driven: Driven) -> None:
        def fail() -> None:
            raise RuntimeError("a bug")

        driven.screen.handlers = {**driven.screen.handlers, ActionId.HELP: fail}
        await driven.pilot.press("question_mark")

    session = PlayedSession()
    apps: list[ChainviewApp] = []

    async def remembering(driven: Driven) -> None:
        apps.append(driven.app)
        await script(driven)

    with pytest.raises(RuntimeError, match="a bug"):
        drive(LiveSource(lambda: session), remembering)
    crash = apps[0].crash
    assert "a bug" in crash


def test_a_failed_session_says_why() -> None:
    """A session that fails while it starts shows its sentence in a box and in the status line."""

    async def script(driven: Driven) -> None:
        session = driven.app.source.session  # type: ignore[attr-defined]
        session.state = replace(IDLE, phase=Phase.FAILED, message="x.wasm is no WebAssembly module")
        await driven.flush()
        assert isinstance(driven.top, MessageBox)
        assert "✖ FAILED" in driven.line("status")

    drive_live(script)


def test_footer_keys_and_tabs_can_be_clicked() -> None:
    """A click on a word of the footer or on a tab does what its key does."""

    async def script(driven: Driven) -> None:
        title = driven.screen.query_one("#details-title", TextLine)
        await driven.pilot.click(title, offset=(title.text.index("state"), 0))
        await driven.flush()
        assert driven.screen.details.tab == "state"
        footer = driven.line("footer")
        await driven.pilot.click("#footer", offset=(footer.index("help"), 0))
        await driven.pilot.pause()
        assert isinstance(driven.top, Help)

    drive_live(script, few_calls())


def test_what_the_footer_offers_while_something_is_typed_can_be_clicked() -> None:
    """A click on enter finishes what is typed, as the key does, so that a search needs the mouse alone."""

    async def script(driven: Driven) -> None:
        await driven.press("slash")
        for letter in "xyz":
            await driven.press(letter)
        await driven.pilot.click("#footer", offset=(driven.line("footer").index("stay at the hit"), 0))
        await driven.until(lambda: driven.screen.prompt.purpose is None)
        assert "there is none" in driven.line("line")

    drive_live(script, few_calls())


def test_quitting_does_not_wait_for_a_pipe_that_gives_nothing() -> None:
    """Before the first bytes have come q ends the app, and so does the thread that waits for them."""
    source_end, pipe = os.pipe()
    source = PipeSource(Spool(source_end))
    app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)

    async def run() -> None:
        async with app.run_test() as pilot:
            await pilot.press("q")

    asyncio.run(run())
    source.close()
    assert app.failure is None
    assert not app.crash
    os.close(pipe)
