"""What the driver does when the process goes on after it was stopped."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from chainview.ui.driver import TerminalDriver


class Told(TerminalDriver):
    """A driver without a terminal, which tells what it would do with one."""

    def __init__(self, *, ends: bool, keeps: bool, stopped: bool) -> None:
        self.done: list[str] = []
        screens = [
            SimpleNamespace(refresh=lambda *, layout, name=name: self.done.append(f"paint {name}"))
            for name in ("screen", "overlay")
        ]
        app: Any = SimpleNamespace(_exit=ends, screen_stack=screens)
        self._app, self._auto_restart, self._must_signal_resume = app, not keeps, stopped

    def suspend_application_mode(self) -> None:
        """Gives the terminal back."""
        self.done.append("suspend")

    def resume_application_mode(self) -> None:
        """Takes the terminal again."""
        self.done.append("resume")


@pytest.mark.parametrize(
    ("ends", "keeps", "stopped", "done"),
    [
        (False, False, True, ["resume", "paint screen", "paint overlay"]),
        (False, False, False, ["suspend", "resume", "paint screen", "paint overlay"]),
        (True, False, False, []),
        (True, False, True, []),
        (False, True, False, []),
    ],
)
def test_the_keyboard_is_read_once_after_a_stop_and_not_at_all_once_the_app_ends(
    ends: bool, keeps: bool, stopped: bool, done: list[str]
) -> None:
    """SIGCONT follows a stop that was told, one that was not, and the SIGHUP of a terminal that closes.

    What lies below an overlay is painted too.
    """
    driver = Told(ends=ends, keeps=keeps, stopped=stopped)

    async def goes_on() -> None:
        driver._sigcont_application()
        await asyncio.sleep(0)

    asyncio.run(goes_on())
    assert driver.done == done
    driver._sigcont_application()
    assert driver.done == done
