"""Replays in a real terminal: by the command, and from the live screen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.running import SAMPLES, chainview, sample
from tests.e2e.terminal import EXITED, terminal

PRICING = SAMPLES / "pricing"


@pytest.mark.once
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45)])
def test_a_replay_that_differs_opens_on_its_first_mismatch(tmp_path: Path, columns: int, rows: int) -> None:
    """The screen shows both sides and the reason, and the command ends with 1, as its report does."""
    chain = tmp_path / "short.chain"
    shutil.copy(PRICING / "workloads" / "short.chain", chain)
    words = ("replay", str(PRICING / "faults" / "changed-field.wasm"), str(chain))
    with terminal(tmp_path, *words, columns=columns, rows=rows) as window:
        window.wait("DIVERGES at event 17 of 55")
        screen = window.wait('region: "AT"')
        assert 'region: "at"' in screen
        assert max(map(len, screen.splitlines())) <= columns
        window.keys("q")
        window.wait(f"{EXITED} 1")
    assert chainview(tmp_path, *words, "--text").code == 1


@pytest.mark.once
def test_a_replay_that_is_identical_ends_with_0(tmp_path: Path) -> None:
    """So does one whose differences were accepted on the screen."""
    chain = tmp_path / "short.chain"
    shutil.copy(PRICING / "workloads" / "short.chain", chain)
    with terminal(tmp_path, "replay", sample("pricing"), str(chain)) as window:
        window.wait("✓ identical, 55 events")
        window.keys("q")
        window.wait(f"{EXITED} 0")
    with terminal(tmp_path, "replay", str(PRICING / "faults" / "changed-field.wasm"), str(chain)) as window:
        window.wait("DIVERGES")
        window.keys("a")
        window.wait("as seen at")
        window.keys("Enter")
        window.wait("why is C1 accepted")
        window.type("upper case is meant")
        window.keys("Enter")
        window.wait("✓ differs only in what is accepted")
        window.keys("q")
        window.wait(f"{EXITED} 0")
    assert (tmp_path / "short.chain.accept.toml").is_file()


@pytest.mark.once
def test_r_replays_the_live_chain_and_esc_returns(tmp_path: Path) -> None:
    """The chain so far is replayed while the actor lives on."""
    with terminal(tmp_path, "run", sample("pulse")) as window:
        window.wait("tick 2")
        window.keys("r")
        window.wait("✓ identical")
        window.keys("Escape")
        window.wait("● LIVE")
        window.keys("q")
        window.wait(f"{EXITED} 0")
