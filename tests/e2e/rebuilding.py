"""The manners in which builds reach a file, and what a person must see on the live screen after each."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.commands.running import SAMPLES
from tests.e2e.terminal import Terminal

PRICING = SAMPLES / "pricing"
IDENTICAL, DIFFERS, BROKEN = "identical", "differs at", "can't be used"
GONE = "module gone"
"""No verdict: a file that is removed is no build."""
_VERDICT = re.compile(r"build (\d+)(?: is build \d+ again)?: ([^│\n]*)")

Manner = Callable[[Path, bytes], None]


def build(fault: str = "") -> bytes:
    """A built module: the correct one, or one of the faults."""
    return (PRICING / (f"faults/{fault}.wasm" if fault else "pricing.wasm")).read_bytes()


def remark(text: str) -> bytes:
    """The correct build with a section that holds a text: other bytes that do the same."""
    content = bytes([4]) + b"note" + text.encode()
    return build() + bytes([0, len(content)]) + content


def renamed(path: Path, data: bytes) -> None:
    """Written beside it and renamed over it."""
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    beside.replace(path)


def in_place(path: Path, data: bytes) -> None:
    """Truncated and written again at once."""
    path.write_bytes(data)


def in_chunks(path: Path, data: bytes) -> None:
    """Written as a slow linker does, a piece at a time."""
    size = len(data) // 8 + 1
    with path.open("wb") as file:
        for start in range(0, len(data), size):
            file.write(data[start : start + size])
            file.flush()
            time.sleep(0.05)


def appended(path: Path, data: bytes) -> None:
    """The rest of what is there already."""
    with path.open("ab") as file:
        file.write(data)


def linked(path: Path, data: bytes) -> None:
    """A hard link to a file that was built elsewhere, as cargo makes."""
    built = path.parent / "built" / f"{time.monotonic_ns()}.wasm"
    built.parent.mkdir(exist_ok=True)
    built.write_bytes(data)
    path.unlink()
    os.link(built, path)


def as_symlink(path: Path, data: bytes) -> None:
    """A symbolic link to a file that was built elsewhere."""
    built = path.parent / f"{time.monotonic_ns()}.elsewhere"
    built.write_bytes(data)
    fresh = path.with_suffix(".link")
    fresh.symlink_to(built)
    fresh.replace(path)


def with_an_old_time(path: Path, data: bytes) -> None:
    """Copied with the time it was built at, long ago."""
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    os.utime(beside, (1_000_000_000, 1_000_000_000))
    beside.replace(path)


def removed(path: Path, data: bytes) -> None:
    """Cleaned away."""
    path.unlink()


def folder(path: Path, data: bytes) -> None:
    """A folder in its place."""
    path.unlink()
    path.mkdir()


def for_the_folder(path: Path, data: bytes) -> None:
    """A file again where a folder was."""
    shutil.rmtree(path)
    path.write_bytes(data)


def rapid(path: Path, data: bytes) -> None:
    """Four builds that differ within 80 ms, and then this one."""
    for fault in ("number-format", "loop-fewer", "loop-more", "two-faults"):
        renamed(path, build(fault))
        time.sleep(0.02)
    renamed(path, data)


def touched_first(path: Path, data: bytes) -> None:
    """Touched, and written once more with what is there, neither of which is a build; then renamed over."""
    path.touch()
    in_place(path, path.read_bytes())
    renamed(path, data)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """One rebuild: what is done to the file, and the verdict and the words that must be on the screen."""

    manner: Manner
    verdict: str
    data: bytes = field(default=b"", repr=False)
    says: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """Whether a screen tells the verdict on a rebuild, of a build after `last`."""

    step: Rebuild
    last: int

    def __call__(self, screen: str) -> bool:
        if self.step.verdict == GONE:
            return GONE in screen and self.step.says in screen
        newer = [text for number, text in _VERDICT.findall(screen) if int(number) > self.last]
        return any(self.step.verdict in text for text in newer) and self.step.says in screen


class Watched:
    """A live screen whose module is rebuilt."""

    def __init__(self, window: Terminal, module: Path) -> None:
        self._window = window
        self._module = module
        self._last = 1
        self._calls = 0

    def rebuild(self, step: Rebuild) -> None:
        """Rebuilds, and waits for the verdict on this build; fails with what is there instead."""
        step.manner(self._module, step.data)
        screen = self._window.wait(_Told(step, self._last))
        self._last = max([self._last, *[int(number) for number, _ in _VERDICT.findall(screen)]])

    def call(self) -> None:
        """Types a call, which takes keys, and waits for what a correct build logs."""
        self._calls += 1
        text = f'set-rate("tea", {1000 + 10 * self._calls}u64)'
        self._window.keys("c")
        self._window.type(text)
        self._window.wait(f"call {text}")
        self._window.keys("Enter")
        self._window.wait(f'log "rate of tea: {10 + self._calls / 10:.2f}"')
        self._window.leave_prompt()
