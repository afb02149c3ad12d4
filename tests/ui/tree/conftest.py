"""What trees are tested with."""

from __future__ import annotations

import pytest

from chainview.ui.tree import query_view
from tests.waiting import LIMIT


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter or a search of a small chain is done with its first slice, however busy the machine is."""
    monkeypatch.setattr(query_view, "_FIRST_SLICE", LIMIT)
