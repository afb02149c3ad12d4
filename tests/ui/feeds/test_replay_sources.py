"""Replays as screens show them: what the program ends with."""

from __future__ import annotations

from pathlib import Path

from chainview.chain.families.folder import RecordedFamily
from chainview.chain.files.opened import OpenedChain
from chainview.system.errors import ChainviewError
from chainview.ui.feeds.replay_sources import FamilyReplaySource, ReplaySource
from chainview.workbench.family_thread import FamilyReplayThread
from chainview.workbench.replay_request import ReplayRequest
from chainview.workbench.replay_thread import Begun, ReplayThread


def _not_there() -> OpenedChain:
    raise ChainviewError("there is no file c.chain")


def _never(opened: OpenedChain) -> Begun:
    raise AssertionError(opened)


def test_a_replay_that_can_not_be_made_is_no_success(tmp_path: Path) -> None:
    """Its screen says why, and the program ends as the report would, of a chain and of a family."""
    alone = ReplaySource(lambda: ReplayThread("c", _not_there, _never), "c", tmp_path)
    assert alone.exit_code == 0
    request, family = ReplayRequest(str(tmp_path), str(tmp_path)), RecordedFamily(tmp_path, ())
    together = FamilyReplaySource(lambda: FamilyReplayThread(request, family), "f", tmp_path)
    assert together.exit_code == 0
    for source in (alone, together):
        source.open()
        source.replay.wait()
        assert (source.exit_code, source.unfinished) == (2, False)
        source.close()
