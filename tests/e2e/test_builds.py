"""New builds of the module that a live screen in a real terminal runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import chainview, sample
from tests.e2e.terminal import EXITED, terminal
from tests.workbench.test_build_watch import actor

pytestmark = pytest.mark.once

CUSTOM_SECTION = b"\x00\x05\x04note"
"""Changes a module's bytes and nothing that it does."""


def save(path: Path, data: bytes) -> None:
    """Replaces a file in one step, as builds do."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(path)


def test_builds_are_checked_while_the_session_goes_on(tmp_path: Path) -> None:
    """An identical build is taken, a broken one costs a message, and the next call is answered as ever."""
    module = tmp_path / "counter.wasm"
    built = Path(sample("counter")).read_bytes()
    module.write_bytes(built)
    with terminal(tmp_path, "run", str(module), "--call", "increment(5s32)", "-o", str(tmp_path / "c.chain")) as window:
        window.wait("state.count 0 → 5")
        save(module, built + CUSTOM_SECTION)
        screen = window.wait("✓ build 2: identical, ")
        assert "── build 2: identical" in screen
        save(module, b"\0asm half a module")
        window.wait("✖ build 3: can't be used")
        window.keys("c")
        window.type("increment(2s32)")
        window.keys("Enter")
        window.wait("state.count 5 → 7")
        window.leave_prompt()
        window.keys("q")
        window.wait(f"{EXITED} 0")
    assert chainview(tmp_path, "verify", "c.chain").code == 0


def test_a_build_that_differs_is_taken_by_a_key(tmp_path: Path) -> None:
    """What differs first stands in the status line; r shows both sides, R asks what is to become of the build."""
    module = tmp_path / "a.wat"
    module.write_text(actor("hello"))
    with terminal(tmp_path, "run", str(module), "--call", "f()", columns=160) as window:
        window.wait('log "hello"')
        save(module, actor("goodbye").encode())
        window.wait("≠ build 2: differs at 4: ")
        window.wait("r shows where, R takes it")
        window.keys("r")
        window.wait("≠ first mismatch at event 4")
        window.keys("Escape")
        window.wait("● LIVE")
        window.keys("R")
        window.wait("build 2 waits")
        window.keys("a")
        window.wait("build 2: runs, as you chose")
        window.keys("c")
        window.type("f()")
        window.keys("Enter")
        window.wait('log "goodbye"')
