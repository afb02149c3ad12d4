"""A system's clock that stands anywhere."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from chainview.actor.session.direct import load_actor
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, UNIT
from chainview.system.clock import wall_ns
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
