"""States inside a module that were too large to be recorded, made for who looks at one."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.actor import Actor
from chainview.actor.session.direct import load_actor
from chainview.chain.event import StateGap
from chainview.chain.files.opened import open_chain
from chainview.chain.states import ToldState
from chainview.pack.cgrf import encode
from chainview.pack.values import S32
from chainview.system.errors import ChainviewError
from chainview.ui.feeds.file_sources import FileSource
from chainview.workbench import state_maker
from chainview.workbench.state_maker import StateMaker
from tests.actor.guests import inner_counter
from tests.ui.app_driver import Driven, drive

MADE = "the instance was made again by a closed replay of "


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chain whose module's state was too large to be asked for, as whatever has more than 10 bytes is here.

    Its events are init from 1, spawned 3, increment(1) from 4, one that traps from 7, increment(2) from 9.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(Actor.show_state, "__defaults__", (10, 1.0))
    path = tmp_path / "a.chain"
    with load_actor(inner_counter().written(tmp_path), output=path, stub=True) as actor:
        actor.call("increment(1s32)")
        actor.call("boom(5s32)")
        actor.call("increment(2s32)")
    return path


def told(number: int, state: int, calls: str) -> ToldState:
    """A state that was made."""
    return ToldState(number, encode(S32(state), 3), beside=True, made=MADE + calls)


@pytest.mark.parametrize(
    ("at", "made"),
    [
        (2, told(2, 0, "1 call")),
        (5, told(2, 0, "1 call")),
        (6, told(6, 1, "2 calls")),
        (8, told(8, 1, "2 calls")),
        (11, told(11, 3, "3 calls")),
        (12, told(11, 3, "3 calls")),
    ],
)
def test_the_state_behind_an_event_is_made_by_a_closed_replay(chain: Path, at: int, made: ToldState) -> None:
    """The calls that had ended by an event are made again, but for one that trapped, and the state asked for once."""
    with open_chain(chain) as opened:
        assert opened.load().table.shown.at(2) is StateGap.LARGE
    assert StateMaker(lambda: chain).told(at) == made


def test_a_state_is_made_once(chain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking again, or at another event behind the same call, makes nothing again."""
    maker = StateMaker(lambda: chain)
    first = maker.told(11)
    monkeypatch.setattr(StateMaker, "_make", None)
    assert maker.told(12) is first


def test_why_a_state_can_not_be_made_is_told(chain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, no call behind the event, a state that is larger still, one not wanted any more, no module."""
    maker = StateMaker(lambda: chain)
    with pytest.raises(ChainviewError, match="kept in no file"):
        StateMaker(lambda: None).told(2)
    for number in (1, 13):
        with pytest.raises(ChainviewError, match=f"does not hold a call that ended by event {number}"):
            maker.told(number)
    with monkeypatch.context() as smaller:
        smaller.setattr(state_maker, "LARGEST_MADE", 10)
        with pytest.raises(ChainviewError, match="more than 10 bytes"):
            maker.told(2)
    with monkeypatch.context() as shorter:
        shorter.setattr(state_maker, "_MOST_SECONDS", -1.0)
        with pytest.raises(ChainviewError, match="longer than"):
            maker.told(2)
    maker.close()
    with pytest.raises(ChainviewError, match="not wanted any more"):
        maker.told(2)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
    with pytest.raises(ChainviewError, match="module that made it is not kept"):
        StateMaker(lambda: chain).told(2)


@pytest.mark.once
def test_the_state_tab_makes_what_was_not_recorded(
    chain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tab shows the state that was made, with its changes, and how it came to be; or why it could not be made."""

    async def script(driven: Driven) -> None:
        def shown() -> str:
            return " ".join(driven.details.split())

        while "chain sound" not in driven.line("status"):
            await driven.flush()
        await driven.press("2", "end")
        await driven.until(lambda: f"not recorded: {MADE}3 calls" in shown())
        assert "as event 11 left it" in shown()
        await driven.press("up")
        await driven.until(lambda: "1 change since event 8" in shown())
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
        await driven.press("home", "down")
        await driven.until(lambda: "it can't be made: the module that made it is not kept" in shown())

    drive(FileSource(open_chain(chain)), script)
