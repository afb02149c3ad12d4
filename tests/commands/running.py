"""Running chainview as a process of its own, the way a shell does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
        timeout=120,
        check=False,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


def sample(name: str) -> str:
    """The path of a sample actor's module."""
    return str(SAMPLES / name / f"{name}.wasm")
