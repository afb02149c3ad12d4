"""Typing into a real shell on a terminal of its own, where the words that a command got in the end are told."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.commands.running import environment
from tests.waiting import LIMIT

_START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "PS1='re''ady> '; source ./completion\n"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit && compinit -u -D; source ./completion; PS1='re''ady> '\n"),
    "fish": (
        ["fish", "--no-config", "-i"],
        "source ./completion; function fish_prompt; echo -n 're''ady> '; end\n",
    ),
}
_PROGRAM = """#!/bin/sh
if [ "$1" = completion ]; then exec {python} -m chainview "$@"; fi
printf '%s\\n' "$@" > {told}.part && mv {told}.part {told}
"""

_ON_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Makes the terminal on standard input that of the session, and goes on as the shell."""


def is_installed(shell: str) -> bool:
    """Whether the shell is on this machine."""
    return shutil.which(shell) is not None


def words_typed(shell: str, folder: Path, keys: str) -> list[str]:
    """The words that chainview gets where these keys are typed behind its name and a blank; `folder` is the current."""
    told, program = folder / "told", folder / "bin" / "chainview"
    told.unlink(missing_ok=True)
    program.parent.mkdir(exist_ok=True)
    program.write_text(_PROGRAM.format(python=sys.executable, told=told))
    program.chmod(0o755)
    env = environment(folder, PATH=f"{program.parent}:{os.environ['PATH']}", TERM="xterm", PYTHONPATH=os.getcwd())
    script = subprocess.run(["chainview", "completion", shell], env=env, capture_output=True, check=True).stdout
    (folder / "completion").write_bytes(script)
    command, start = _START[shell]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _ON_TERMINAL, *command],
        cwd=folder,
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        os.write(ours, start.encode())
        shown = _until(ours, lambda shown: "ready> " in shown)
        os.write(ours, f"chainview {keys}\n".encode())
        shown += _until(ours, lambda _: told.exists())
        assert told.exists(), shown
        return told.read_text().splitlines()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _until(terminal: int, seen: Callable[[str], bool]) -> str:
    """What the shell shows until something is seen, or the time is up."""
    shown, end = "", time.monotonic() + LIMIT
    while not seen(shown) and time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            shown += os.read(terminal, 65536).decode("utf-8", "replace")
    return shown
