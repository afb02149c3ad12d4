"""What the tests of the screens do not depend on: the user's own files, and how long a message stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.ui.widgets import keyed_screen


@pytest.fixture(autouse=True)
def _private_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the history of calls and the sizes of panes out of the user's own."""
    monkeypatch.setattr("chainview.ui.live.live_screen.history_file", lambda: tmp_path / "calls")
    monkeypatch.setattr("chainview.ui.panes.sized_pane.panes_file", lambda: tmp_path / "panes.json")


@pytest.fixture(autouse=True)
def _messages_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """No message goes by itself while a loaded machine is slow to look at it."""
    lasting = dict.fromkeys(keyed_screen.SECONDS, 3600.0)
    monkeypatch.setattr(keyed_screen, "SECONDS", lasting)
