"""The screen in a browser: what `textual serve` starts, spoken to as it does."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.commands.running import COMMAND, SAMPLES, environment
from tests.waiting import LIMIT

pytestmark = pytest.mark.once
CHAIN = str(SAMPLES / "pricing" / "workloads" / "short.chain")
BROWSER = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "COLUMNS": "90", "ROWS": "30", "TERM": "xterm"}


@contextmanager
def served(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The screen of a chain, as the server starts it."""
    started = subprocess.Popen(
        [*COMMAND, "open", CHAIN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(folder, **BROWSER),
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def read_until(stream: IO[bytes], words: bytes) -> bytes:
    """What it draws, up to some words."""
    drawn = b""
    while words not in drawn:
        part = stream.read1(1 << 16)  # type: ignore[attr-defined]
        assert part, drawn
        drawn += part
    return drawn


def send(started: subprocess.Popen[bytes], keys: str) -> None:
    """What is typed in the browser."""
    assert started.stdin is not None
    data = keys.encode()
    started.stdin.write(b"D" + len(data).to_bytes(4, "big") + data)
    started.stdin.flush()


def test_keys_and_screen_go_through_a_server(tmp_path: Path) -> None:
    """It is drawn in the browser's size, keys work, and quitting ends it well, though there is no terminal."""
    with served(tmp_path) as started:
        assert started.stdout is not None
        drawn = read_until(started.stdout, b"event 1 of 55")
        assert b"short.chain" in drawn
        send(started, "j")
        read_until(started.stdout, b"2")
        send(started, "q")
        started.stdout.read()
        assert started.wait(LIMIT) == 0


def test_a_screen_ends_with_its_server(tmp_path: Path) -> None:
    """A server that has gone says nothing: its end of the pipe is closed."""
    with served(tmp_path) as started:
        assert started.stdout is not None
        assert started.stdin is not None
        read_until(started.stdout, b"event 1 of 55")
        started.stdin.close()
        started.stdin = None
        started.stdout.read()
        assert started.wait(LIMIT) is not None
