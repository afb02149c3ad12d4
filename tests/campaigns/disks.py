"""Disks that are full or slow: what was written before is kept, and what was told as written is on the disk."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from unittest.mock import patch

from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.state_chain import StateChain
from tests.campaigns.campaign import Campaign, Figures
from tests.chain import samples
from tests.reference import REPOSITORY

COUNTER = REPOSITORY / "sample_actors/counter/counter.wasm"
BOUNDED = """
import resource, sys
from chainview.chain.files.native.writer import ChainWriter
from chainview.cli import main
room, create = int(sys.argv[1]), ChainWriter.create
# The engine needs files of its own before: the disk is full once there is a chain.
def create_bounded(*words, **options):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    return create(*words, **options)
ChainWriter.create = create_bounded
try:
    sys.exit(main(sys.argv[2:]))
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def _full(random: Random, folder: Path, figures: Figures) -> None:
    """A recording, and at times one that replaces another, for which the disk has a random number of bytes left."""
    path, room = folder / "full.chain", random.choice((random.randint(0, 400), random.randint(0, 30_000)))
    replaces = random.random() < 0.5
    old = b"".join([b"an older file that is no chain, ", random.randbytes(20)])
    if replaces:
        path.write_bytes(old)
    calls = [word for number in range(20) for word in ("--call", f"increment({number}s32)")]
    words = ["record", str(COUNTER), *calls, "-o", str(path), *["--force"] * replaces]
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "PYTHONPATH": str(REPOSITORY),
    }
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(room), *words], env=environment, capture_output=True, text=True, check=False
    )
    figures.count("full disks")
    assert "Traceback" not in done.stderr, done.stderr
    if done.returncode == 0:
        figures.count("recordings that fitted")
        return
    assert done.stderr.strip(), f"exit code {done.returncode} and not a word"
    left = sorted(each.name for each in folder.iterdir() if each.is_file())
    assert left in ([path.name], []), f"files are left behind: {left}"
    if path.exists() and path.read_bytes() != old:
        with open_chain(path) as opened:
            assert verify(opened).completeness.state.value != "damaged"
            figures.count("recordings kept up to where the disk was full")
            figures.count("events kept", len(opened.table))
    elif replaces:
        assert str(path) in done.stderr, f"the file that was asked for is not named: {done.stderr}"
        assert path.exists(), "the old file is gone, and there is no new one"
        figures.count("old files that stayed")


def _slow(random: Random, folder: Path, figures: Figures) -> None:
    """Syncs that take their time: the last one begins behind the last write, and ends before the file is closed."""
    path, synced, sync = folder / "slow.chain", list[int](), os.fsync

    def slow(descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        time.sleep(random.random() * 0.2)
        sync(descriptor)
        synced.append(size)

    with patch("os.fsync", slow), ChainWriter.create(path, samples.header()) as writer:
        chain = StateChain(sink=writer)
        for event_type, payload in samples.parts(random.randint(1, 50)):
            chain.append(event_type, payload)
            if random.random() < 0.2:
                chain.call_ended()
    figures.count("slow disks")
    assert path.stat().st_size in synced, f"{path.stat().st_size} bytes were written, synced were up to {max(synced)}"


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    random.choice((_full, _slow, _slow))(random, folder, figures)


CAMPAIGN = Campaign(
    "A full disk costs what came after, in a sentence; a slow one nothing.",
    _attack,
    short=3,
)
