"""What the tests of reading texts share."""

from __future__ import annotations

import pytest

from chainview.core import serving


@pytest.fixture
def without_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has each event of a text made by itself, by the twin, so that what a reader yields can be compared."""
    monkeypatch.setenv(serving.VARIABLE, "off")
