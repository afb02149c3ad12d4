"""The core's own tests decide by themselves whether it serves."""

from __future__ import annotations

import pytest

from chainview.core import serving


@pytest.fixture(autouse=True)
def as_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the core serve where it pays, whatever the environment says."""
    monkeypatch.delenv(serving.VARIABLE, raising=False)
