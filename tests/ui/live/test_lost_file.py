"""What the live screen does about a chain file that somebody takes away."""

from __future__ import annotations

import pytest

from chainview.chain.files.native.rescue import Loss
from chainview.chain.files.native.writer import ChainWriteError
from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.terminal import _farewell
from chainview.ui.widgets.overlays import MessageBox, Question
from tests.ui.app_driver import Driven, PlayedSession, drive, few_calls

SENTENCE = "r.chain was removed or renamed while it was written: the chain was written again, whole, to r.chain.rescued"


@pytest.mark.once
def test_a_lost_chain_file_is_told_and_asked_about_and_ends_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The status line says it, a question offers to write the chain again, and the farewell tells what became of it."""
    session = PlayedSession()
    source = LiveSource(lambda: session)

    async def script(driven: Driven) -> None:
        session.record(few_calls())
        session.loss = Loss.GONE
        await driven.flush()
        assert driven.screen.figures.sound == ("✖ the chain file was removed or renamed", "bad")
        assert isinstance(driven.app.screen, Question)
        await driven.press("w")
        assert "rescue" in session.done
        session.loss, session.rescues = None, (SENTENCE,)
        await driven.flush()
        assert isinstance(driven.app.screen, MessageBox)
        assert driven.screen.figures.sound == ("chain sound", "good")

    app: ChainviewApp = drive(source, script)
    assert _farewell(app, source) == 1
    assert SENTENCE in capsys.readouterr().err


@pytest.mark.once
def test_a_chain_file_that_comes_back_is_asked_about_no_longer() -> None:
    """The question goes with its reason, and another loss asks one question, not two above each other."""

    async def script(driven: Driven) -> None:
        depth = len(driven.app.screen_stack)
        for loss in (Loss.GONE, None, Loss.GONE, Loss.REPLACED):
            session.loss = loss
            await driven.flush()
            assert isinstance(driven.app.screen, Question) == (loss is not None)
            assert len(driven.app.screen_stack) == depth + (loss is not None)

    session = PlayedSession()
    drive(LiveSource(lambda: session), script)


def test_a_signal_hides_nothing_that_was_lost() -> None:
    """What could not be written, or only elsewhere, is told by the exit code also where a signal ended the screen."""
    session = PlayedSession()
    source = LiveSource(lambda: session)

    async def script(driven: Driven) -> None:
        await driven.flush()

    app: ChainviewApp = drive(source, script)
    app.ended_by = 1
    session.rescues = (SENTENCE,)
    assert _farewell(app, source) == 1
    session.failure = ChainWriteError("can't write on in the chain file r.chain: no space left on device")
    with pytest.raises(ChainWriteError):
        _farewell(app, source)
