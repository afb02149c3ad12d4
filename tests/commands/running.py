"""Running chainview as a process of its own, the way a shell does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from chainview.chain.files.entries.entry import ReadEvent
from chainview.chain.files.native.reader import read_entries
from chainview.cli import main
from chainview.system.signals import ENDING, interruption
from tests.waiting import LIMIT, eventually

SAMPLES = Path(__file__).resolve().parents[2] / "sample_actors"
COMMAND = (sys.executable, "-m", "chainview")


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """An environment in which everything that chainview keeps lies in `folder`."""
    kept = {name: str(folder / name.lower()) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    return {**os.environ, "HOME": str(folder), **kept, **extra}


def chainview(folder: Path, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> Finished:
    """Runs a command in `folder` to its end."""
    done = subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        cwd=folder,
        env=environment(folder, **(env or {})),
        input=stdin,
        timeout=LIMIT,
        check=False,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_here(*words: str) -> int:
    """Runs a command in this process, which heeds signals afterwards as it did before; returns its exit code."""
    heeded = {number: signal.getsignal(number) for number in (*ENDING, signal.SIGALRM)}
    unraisable = sys.unraisablehook
    try:
        return main(list(words))
    finally:
        interruption.number, interruption.count = None, 0
        sys.unraisablehook = unraisable
        for number, handler in heeded.items():
            signal.signal(number, handler)


def finished_here(capsys: pytest.CaptureFixture[str], *words: str) -> Finished:
    """Runs a command to its end as `run_here`, with what it said."""
    capsys.readouterr()
    code = run_here(*words)
    said = capsys.readouterr()
    return Finished(code, said.out, said.err)


def recorded_up_to(path: Path, number: int) -> None:
    """Waits until a command has written that event of a chain; a call's own event is there before the guest runs."""

    def events() -> int:
        entries = read_entries(path.read_bytes()) if path.exists() else ()
        return sum(isinstance(entry, ReadEvent) for entry in entries)

    eventually(lambda: events() >= number, events)


def sample(name: str) -> str:
    """The path of a sample actor's module."""
    return str(SAMPLES / name / f"{name}.wasm")
