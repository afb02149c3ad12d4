"""What is recorded becomes a test by a key on the live screen."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from chainview.actor.session.status import Phase, Status
from chainview.chain.files.opened import open_chain
from chainview.suite.settings import FILE
from chainview.ui.feeds.sources import LiveSource
from tests.suite.folders import ending_in_a_call
from tests.ui.app_driver import Driven, PlayedSession, drive, drive_live, few_calls

pytestmark = pytest.mark.once


def noted(driven: Driven) -> str:
    """What stands below the prompt, on a line."""
    return " ".join(driven.line("prompt-note").split())


def added(driven: Driven) -> None:
    """Goes on until what is done between keys is done."""
    while driven.screen.slices:
        driven.screen.tick()


def test_the_calls_that_have_ended_become_a_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a name and a line about it; a name that is taken is replaced only when it was entered again."""
    crate = tmp_path / "crate"
    crate.mkdir()
    monkeypatch.chdir(crate)
    session = PlayedSession()
    session.chain_path = ending_in_a_call(tmp_path, "open.chain")

    async def script(driven: Driven) -> None:
        session.record(few_calls())
        await driven.flush()
        await driven.press("ctrl+t")
        assert driven.screen.prompt.input.value == "counter"
        assert "and a suite begins in" in noted(driven)
        await driven.type(" sold in March")
        await driven.press("enter")
        added(driven)
        assert "chains/counter.chain is a test" in driven.said()[-1]
        assert tomllib.loads((crate / FILE).read_text())["chain"][0]["description"] == "sold in March"
        await driven.press("ctrl+t")
        assert driven.screen.prompt.input.value == "counter-2"
        driven.screen.prompt.input.value = "counter"
        await driven.press("enter")
        assert "enter again replaces it" in noted(driven)
        await driven.press("enter")
        added(driven)
        driven.screen.unsay()
        for wrong, why in (("", "a name, please"), ("..", "can't be the name of a test")):
            await driven.press("ctrl+t")
            driven.screen.prompt.input.value = wrong
            await driven.press("enter")
            assert why in noted(driven)
            await driven.press("escape")

    drive(LiveSource(lambda: session), script)


def test_what_cant_become_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was recorded yet, or the chain is gone: a sentence says so, and nothing is written."""
    monkeypatch.chdir(tmp_path)

    async def nothing(driven: Driven) -> None:
        await driven.press("ctrl+t")
        assert driven.said()[-1] == "there is nothing to test yet"

    drive_live(nothing)

    async def gone(driven: Driven) -> None:
        await driven.press("ctrl+t", "enter")
        added(driven)
        assert "there is no file" in driven.said()[-1]

    drive_live(gone, few_calls())
    assert not list(tmp_path.iterdir())


def events_of(chain: Path) -> int:
    """How many events a chain holds."""
    with open_chain(chain) as opened:
        return len(opened.load().table)


def test_a_family_is_a_test_as_far_as_its_calls_have_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one of its actors lives the call that runs is left out; once all have ended all of it is there."""
    monkeypatch.chdir(tmp_path)
    family = tmp_path / "family"
    family.mkdir()
    (family / "0-counter.chain").write_bytes(ending_in_a_call(tmp_path, "x.chain").read_bytes())
    (family / "family.jsonl").write_text('{"file": "0-counter.chain", "id": "a", "name": "counter"}\n')
    session = PlayedSession()
    session.family_folder = family

    async def script(driven: Driven) -> None:
        session.record(few_calls())
        await driven.flush()
        await driven.press("ctrl+t", "enter")
        added(driven)
        assert "chains/counter is a test" in driven.said()[-1]
        session.state = Status(Phase.ENDED, "counter.wasm")
        await driven.press("ctrl+t", "enter")
        added(driven)
        assert "chains/counter-2 is a test" in driven.said()[-1]

    drive(LiveSource(lambda: session), script)
    assert events_of(tmp_path / "chains" / "counter" / "0-counter.chain") == 3
    assert events_of(tmp_path / "chains" / "counter-2" / "0-counter.chain") == 5
