"""Some rows of a real terminal, below what stands there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import SAMPLES, chainview, sample
from tests.e2e.terminal import EXITED, Terminal, terminal

pytestmark = pytest.mark.once
CHAIN = str(SAMPLES / "pricing" / "workloads" / "short.chain")
BEFORE = "what stands there"


def lines(window: Terminal) -> list[str]:
    """What is on the screen, without what is empty below it."""
    return window.screen().rstrip().splitlines()


def test_a_screen_has_some_rows_and_leaves_them(tmp_path: Path) -> None:
    """Keys, the mouse and boxes work in them, what stands above stays; at the end they are text without the footer."""
    with terminal(tmp_path, "open", CHAIN, "--inline", "12", before=BEFORE) as window:
        window.wait("event 1 of 55")
        window.wait("? help")
        assert lines(window)[0] == BEFORE
        assert len(lines(window)) == 13
        window.keys("j", "j")
        window.wait("event 3 of 55")
        window.type("\x1b[<0;20;8M\x1b[<0;20;8m")
        window.wait("event 6 of 55")
        window.keys("?")
        window.wait("keys and marks")
        assert len(lines(window)) == 13
        window.keys("Escape")
        window.wait("event 6 of 55")
        window.keys("q")
        window.wait(f"{EXITED} 0")
        left = lines(window)
        assert left[0] == BEFORE
        assert left[-1] == f"{EXITED} 0"
        assert any(line.startswith("»   6 │ → runtime.log") for line in left)
        assert not any("? help" in line for line in left)


def test_rows_are_drawn_anew_in_another_width(tmp_path: Path) -> None:
    """Once, wherever the terminal has moved what it broke into other lines."""
    with terminal(tmp_path, "open", CHAIN, "--inline", "12") as window:
        window.wait("event 1 of 55")
        for columns in (80, 120, 70):
            window.resize(columns, 30)
            window.wait(lambda screen, columns=columns: columns - 1 <= max(map(len, screen.splitlines())) <= columns)  # type: ignore[misc]
            window.wait(lambda screen: screen.count("▤ FILE") == 1 and len(screen.rstrip().splitlines()) == 12)


def test_a_session_is_watched_in_the_last_rows(tmp_path: Path) -> None:
    """Where there are fewer below the prompt, what stands above moves up; the chain's path is told behind the rows."""
    with terminal(tmp_path, "run", sample("pulse"), "--inline", "14", columns=80, rows=16, before=BEFORE) as window:
        window.wait("tick 2")
        assert BEFORE in lines(window)[0]
        window.keys("q")
        screen = window.wait(f"{EXITED} 0")
        assert "open it again with" in screen
        assert "handle-tick" in screen


def test_too_few_rows_are_told(tmp_path: Path) -> None:
    """By how many a screen needs."""
    done = chainview(tmp_path, "open", CHAIN, "--inline", "3")
    assert done.code == 2
    assert "3 rows are too few: a screen needs 10" in done.err
