"""What families do here, held against what the published Theater recorded of the same steps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from chainview.actor.hosts.registry.timer import TICK
from chainview.actor.session.host import SessionHost
from chainview.chain.event import Event
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import Call, read_payload
from tests.recordings.families import Played, Player, families, plain, playing
from tests.waiting import eventually

pytestmark = pytest.mark.once


class Recorded:
    """What Theater recorded of a family: the events of each actor, and how many there were after each step."""

    def __init__(self, folder: Path) -> None:
        self.files = [folder / each["file"] for each in json.loads((folder / "family.json").read_text())]
        self.after: list[list[int]] = [each["after"] for each in json.loads((folder / "family.json").read_text())]
        self.chains = list(map(events, self.files))
        self._ticked = set[tuple[int, int]]()

    def reached(self, player: Player, steps: int) -> bool:
        """Whether all is there that came of so many steps; lets timers tick where they did."""
        counts = player.counts()
        for number, (count, chain) in enumerate(zip(counts, self.chains, strict=False)):
            call = read_payload(chain[count].payload) if count < len(chain) else None
            if isinstance(call, Call) and call.function == TICK and call.params and (number, count) not in self._ticked:
                self._ticked.add((number, count))
                player.members[number].call_back(TICK, call.params)
        return counts == [each[steps] for each in self.after if each[steps]]


def events(path: Path) -> list[Event]:
    """The events of a chain."""
    with open_chain(path) as opened:
        return list(opened)


def made(folder: Path, count: int) -> Sequence[Path]:
    """The chains that were made here, in the order in which their actors began."""
    if folder.is_file():
        return [folder]
    files = sorted(folder.glob("*.chain"), key=lambda path: int(path.name.partition("-")[0]))
    assert len(files) == count
    return files


def _there(step: str, player: Player) -> tuple[str, list[int]]:
    return step, player.counts()


@pytest.fixture(autouse=True)
def without_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No timer ticks by itself: when it does is no part of what is compared."""
    start = SessionHost.start_timer
    monkeypatch.setattr(SessionHost, "start_timer", lambda self, name, milliseconds: start(self, name, 0))


@pytest.mark.parametrize("family", [each for each in families() if not each.replayed_alone], ids=lambda each: each.name)
def test_the_same_steps_make_the_same_events(family: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same order with the same bytes, but for ids, ports, and hashes, which ids are in."""
    recorded = Recorded(family.unpack(tmp_path))
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    with playing(family, home) as player:
        for steps, step in enumerate(("", *family.steps)):
            if step:
                player.play(step)
            eventually(partial(recorded.reached, player, steps), partial(_there, step, player))
    with ExitStack() as held:
        here, there = (
            [held.enter_context(open_chain(each)) for each in paths]
            for paths in (made(home / "made", len(recorded.files)), recorded.files)
        )
        assert plain(here) == plain(there)
