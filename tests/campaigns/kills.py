"""Recordings that are killed at a random moment: what was told is in the file, and the file opens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from chainview.chain.files.completeness import RecordingState
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from tests.campaigns.campaign import Campaign, Figures
from tests.reference import REPOSITORY

CHATTER = REPOSITORY / "sample_actors/chatter/chatter.wasm"


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    path = folder / "killed.chain"
    call = f"chat(1000000u32, {random.choice((1, 40, 2_000))}u32)"
    command = [sys.executable, "-m", "chainview", "record", str(CHATTER), "--call", call, "-o", str(path)]
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "PYTHONPATH": str(REPOSITORY),
    }
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(random.randint(1, 2_000))]
        time.sleep(random.random() * 0.01)
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    told = sum(line.endswith(b"\n") for line in said)
    figures.count("kills")
    figures.count("events told", told)
    with open_chain(path) as opened:
        verdict = verify(opened)
        assert len(opened.table) >= told, f"{told} events were told, {len(opened.table)} are in the file"
        state = verdict.completeness.state
        assert verdict.sound == (state is not RecordingState.CUT), f"{state.value}: {[*verdict.problems]}"
        figures.count(f"files that are {state.value}")


CAMPAIGN = Campaign("A kill at any moment costs no event that was told.", _attack, short=2)
