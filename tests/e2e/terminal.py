"""A real terminal of a fixed size, driven by tmux: real keys in, what a person would see out."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands.running import COMMAND, environment
from tests.waiting import LIMIT

EXITED = "exit code"


class Terminal:
    """One tmux window."""

    def __init__(self, socket: str) -> None:
        self._socket = socket

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-L", self._socket, *words], capture_output=True, text=True, check=False)
        return done.stdout

    def keys(self, *keys: str) -> None:
        """Presses keys, by their tmux names."""
        for key in keys:
            self._tmux("send-keys", key)
            time.sleep(0.05)

    def type(self, text: str) -> None:
        """Types text."""
        self._tmux("send-keys", "-l", text)

    def leave_prompt(self) -> None:
        """Closes the prompt, which stays after a call, and waits until keys are actions again."""
        self.keys("Escape")
        self.wait("? help")

    def resize(self, columns: int, rows: int) -> None:
        """Makes the window another size."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self) -> str:
        """What is on the screen."""
        return self._tmux("capture-pane", "-p")

    def colours(self) -> str:
        """What is on the screen, with the escape codes that colour it."""
        return self._tmux("capture-pane", "-pe")

    def wait(self, holds: str | Callable[[str], bool]) -> str:
        """Waits until the screen has a text, or holds; returns it, and fails with what is there instead."""
        end = time.monotonic() + LIMIT
        while True:
            screen = self.screen()
            if holds in screen if isinstance(holds, str) else holds(screen):
                return screen
            assert time.monotonic() < end, f"waited for {holds!r} in:\n{screen}"
            time.sleep(0.05)


@contextmanager
def terminal(
    folder: Path, *words: str, columns: int = 100, rows: int = 30, before: str = "", **env: str
) -> Iterator[Terminal]:
    """A window that runs a command of chainview and then says its exit code; skips where tmux is absent.

    A line of text may stand there before.
    """
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed, and a real terminal is driven by it")
    socket = f"chainview-{os.getpid()}-{time.monotonic_ns()}"
    quoted = " ".join(f"'{word}'" for word in (*COMMAND, *words))
    kept = {**environment(folder), "COLORTERM": "truecolor", **env}
    names = ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "COLORTERM", *env)
    settings = " ".join(f"{name}='{kept[name]}'" for name in names)
    first = f"echo '{before}'; " if before else ""
    script = f"{first}env {settings} {quoted}; echo {EXITED} $?; sleep 600"
    start = ["tmux", "-L", socket, "-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), script]
    subprocess.run(start, check=True, cwd=folder, env={**os.environ, "TERM": "xterm-256color"})
    try:
        yield Terminal(socket)
    finally:
        subprocess.run(["tmux", "-L", socket, "kill-server"], capture_output=True, check=False)
