"""Prints how long it takes from starting chainview to its first frame, and to the chain on it, in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from statistics import median

RUNS = 7
SIZE = struct.pack("HHHH", 34, 120, 0, 0)
FIRST_WORD = b"chainview"


def first_output(command: list[str], *, until: bytes) -> tuple[float, float]:
    """Seconds to the first frame, and to the frame that holds `until`."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, SIZE)
    start = time.perf_counter()
    environ = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True)
    os.close(slave)
    seen, first = b"", 0.0
    try:
        while time.perf_counter() - start < 20:
            if select.select([master], [], [], 0.2)[0]:
                seen += os.read(master, 1 << 16)
            if not first and FIRST_WORD in seen:
                first = time.perf_counter() - start
            if until in seen:
                return first, time.perf_counter() - start
        raise SystemExit(f"no frame with {until!r} came from {' '.join(command)}")
    finally:
        os.write(master, b"q")
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
        os.close(master)


def main() -> None:
    """Prints the median and the best of some runs for the command given, such as `open CHAIN` or `run ACTOR`."""
    words = sys.argv[1:]
    if not words:
        raise SystemExit(f"usage: python {Path(__file__).name} open CHAIN | run ACTOR")
    command = [sys.executable, "-m", "chainview.cli", *words]
    runs = [first_output(command, until=b" event") for _ in range(RUNS)]
    for name, seconds in zip(("first frame", "chain shown"), zip(*runs, strict=True), strict=True):
        print(f"{name}: {1000 * median(seconds):.0f} ms (best {1000 * min(seconds):.0f} ms)")


if __name__ == "__main__":
    main()
