"""A system's clock that stands anywhere."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from chainview.actor.session.direct import load_actor
from chainview.actor.session.places import kept_path
from chainview.chain.families.kept_chains import kept_chains, prune
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, UNIT
from chainview.system.clock import LAST_NS, wall_moment, wall_ns
from chainview.system.errors import limit_met
from tests.actor.guests import Guest


def test_a_clock_from_before_the_epoch_costs_no_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as the epoch: an actor that asks the time is answered, and its chain can be read again."""
    monkeypatch.setattr(time, "time_ns", lambda: -5_000_000_000)
    assert wall_ns() == 0
    path = tmp_path / "a.chain"
    guest = Guest().calling("f", "theater:simple/timer", "now", encode(UNIT)).written(tmp_path)
    with load_actor(guest, output=path) as actor:
        assert actor.call("f()").response == U64(0)
    with open_chain(path) as opened:
        assert verify(opened).sound
        assert {opened.table.extras(index).time_ns for index in range(len(opened.table))} == {0}


def _too_late() -> int:
    raise OverflowError("timestamp too large to convert to C _PyTime_t")


def test_a_clock_beyond_2262_costs_no_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as the last moment that can be told: an actor that asks for it is answered, and names have it."""
    monkeypatch.setattr(time, "time_ns", _too_late)
    monkeypatch.setattr(time, "time", _too_late)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert wall_ns() == LAST_NS
    assert wall_moment().year == 2262
    guest = Guest().calling("f", "theater:simple/timer", "now", encode(UNIT)).written(tmp_path)
    path = kept_path("a", ".chain")
    with load_actor(guest, output=path) as actor:
        assert actor.call("f()").response == U64(LAST_NS // 1_000_000)
    assert path.name.startswith("a-2262")
    with open_chain(path) as opened:
        assert verify(opened).sound
        assert {opened.table.extras(index).time_ns for index in range(len(opened.table))} == {LAST_NS}
    assert not prune(kept_chains(path.parent), older_than=1, dry_run=True).kept


def test_a_clock_that_python_cannot_tell_is_no_defect_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't even be loaded under such a clock ends in a sentence; no other number that is too large does."""
    other = OverflowError("int too large to convert to float")
    assert limit_met(other) is None
    monkeypatch.setattr(time, "time", _too_late)
    limit = limit_met(other)
    assert limit is not None
    assert "clock stands beyond the year 2262" in limit.sentence
