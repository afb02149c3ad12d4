"""chainview on a pseudo-terminal, timed from outside: what was typed against when its answer was drawn."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.commands.running import environment

_SIZE = struct.pack("HHHH", 34, 120, 0, 0)
_TICKS = os.sysconf("SC_CLK_TCK")


class Screen:
    """A running chainview; everything it draws is read and kept."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master
        self.drawn = b""

    def read(self, seconds: float) -> bool:
        """Reads what is drawn within that time; False when nothing was."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        self.drawn += os.read(self._master, 1 << 16)
        return True

    def wait(self, text: bytes, seconds: float = 60.0) -> float:
        """Seconds until `text` is drawn."""
        begun = time.perf_counter()
        while text not in self.drawn:
            self.read(0.05)
            if time.perf_counter() - begun > seconds:
                raise SystemExit(f"{text!r} was not drawn within {seconds} s")
        return time.perf_counter() - begun

    def quiet(self, seconds: float) -> None:
        """Reads on for that time."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def press(self, key: bytes) -> float:
        """Seconds from a key to the next thing that is drawn."""
        while self.read(0.0):
            continue
        begun = time.perf_counter()
        os.write(self._master, key)
        self.read(2.0)
        return time.perf_counter() - begun

    def type(self, text: bytes) -> None:
        """Types without waiting, forgetting what was drawn before."""
        self.drawn = b""
        os.write(self._master, text)

    def processor_seconds(self) -> float:
        """What the process has used so far; NaN where the system does not tell."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return float("nan")
        return (int(stat[11]) + int(stat[12])) / _TICKS

    def resident_bytes(self) -> float:
        """What the process holds of the memory; NaN where the system does not tell."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return float("nan")
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    def share(self, seconds: float) -> float:
        """The share of one core used over that time."""
        before = self.processor_seconds()
        self.quiet(seconds)
        return (self.processor_seconds() - before) / seconds


@contextmanager
def screen(folder: Path, *words: str) -> Iterator[Screen]:
    """A screen of 120 columns and 34 rows on which a command runs until the end of the block."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, _SIZE)
    process = subprocess.Popen(
        [sys.executable, "-m", "chainview", *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(folder, TERM="xterm-256color", COLORTERM="truecolor"),
        start_new_session=True,
    )
    os.close(slave)
    shown = Screen(process, master)
    try:
        yield shown
    finally:
        os.write(master, b"q")
        end = time.perf_counter() + 10
        while process.poll() is None and time.perf_counter() < end:
            try:
                shown.read(0.1)
            except OSError:
                break
        process.kill()
        process.wait()
        os.close(master)
