"""What the tests of the screens never touch: the user's own files."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _private_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the history of calls out of the user's own."""
    monkeypatch.setattr("chainview.ui.live.live_screen.history_file", lambda: tmp_path / "calls")
