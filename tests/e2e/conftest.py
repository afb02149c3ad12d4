"""A terminal sends signals: when its size changes, and when it closes."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def in_a_terminal(unmeasured: None) -> None:
    """No test here measures what it starts."""
