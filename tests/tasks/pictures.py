"""Draws docs/live.png and docs/replay.png anew: the program on a terminal, by Textual's own SVG.

The pictures need Fira Code where fonts are installed (Debian: fonts-firacode).
"""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from dataclasses import dataclass
from pathlib import Path

import resvg_py

from tests.commands.running import SAMPLES, environment

DOCS = SAMPLES.parent / "docs"
COLUMNS, ROWS, WIDTH = 124, 33, 1100


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: the command, the keys that are pressed, and the second at which the screen is taken."""

    name: str
    words: tuple[str, ...]
    keys: str
    seconds: int


_PRICING = SAMPLES / "pricing"
PICTURES = (
    Picture("live", ("run", str(SAMPLES / "pulse" / "pulse.wasm")), "wait:8000,enter,K,K,2", 12),
    Picture(
        "replay",
        (
            *("replay", str(_PRICING / "faults" / "missing-call.wasm"), str(_PRICING / "workloads" / "session.chain")),
            *("--recorded-module", str(_PRICING / "pricing.wasm")),
        ),
        "",
        6,
    ),
)


def draw(picture: Picture, folder: Path) -> None:
    """Runs the command until its screen was taken, and writes it as PNG."""
    screenshot = folder / f"{picture.name}.svg"
    settings = {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_PRESS": picture.keys,
        "TEXTUAL_SCREENSHOT": str(picture.seconds),
        "TEXTUAL_SCREENSHOT_LOCATION": str(folder),
        "TEXTUAL_SCREENSHOT_FILENAME": screenshot.name,
    }
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "chainview", *picture.words, "--theme", "dark"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(folder, **settings),
        start_new_session=True,
    )
    os.close(slave)
    try:
        while os.read(master, 1 << 16):
            continue
    except OSError:  # The end of a pseudo-terminal on Linux.
        pass
    process.wait()
    os.close(master)
    (DOCS / f"{picture.name}.png").write_bytes(resvg_py.svg_to_bytes(svg_path=str(screenshot), width=WIDTH))


def main() -> None:
    """Draws each picture."""
    with tempfile.TemporaryDirectory() as folder:
        for picture in PICTURES:
            draw(picture, Path(folder))


if __name__ == "__main__":
    main()
