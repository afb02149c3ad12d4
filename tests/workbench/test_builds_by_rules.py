"""Builds that run by what is accepted, which may be accepted no longer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from chainview.replay.explain.rules.store import append_rule, rules_file
from chainview.replay.run.build_notes import BuildState
from tests.waiting import eventually
from tests.workbench.test_build_watch import CHANGED_LOG, actor, watching


def test_a_build_that_runs_until_a_day_is_told_when_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day after the last one of its rule it runs on, accepted no longer; nothing is looked at before."""
    rules, today = rules_file(tmp_path / "s.chain"), date.today()
    append_rule(rules, CHANGED_LOG.because("for now", today))
    tomorrow = SimpleNamespace(today=lambda: today + timedelta(days=1))

    with watching(tmp_path) as (path, _, watch, builds):
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.ACCEPTED)
        told = len(builds)
        watch.look_at_rules()
        assert len(builds) == told
        for module in ("held", "rule"):
            monkeypatch.setattr(f"chainview.replay.explain.rules.{module}.date", tomorrow)
        watch.look_at_rules()
        eventually(lambda: watch.build.state is BuildState.WITHDRAWN)
        assert "no rule accepts it any more" in watch.build.text


def test_what_another_program_accepts_lets_a_build_go_on_that_waits(tmp_path: Path) -> None:
    """A rule that comes into the file beside the chain is noticed; a file that can't be read is told of."""
    rules = rules_file(tmp_path / "s.chain")
    with watching(tmp_path) as (path, _, watch, builds):
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        append_rule(rules, CHANGED_LOG)
        watch.look_at_rules()
        eventually(lambda: watch.build.state is BuildState.ACCEPTED)
        rules.write_text("not toml")
        watch.look_at_rules()
        eventually(lambda: "can't be told" in builds[-1].message)
