"""What guest code may use, as a chain's header keeps it."""

from __future__ import annotations

import pytest

from chainview.actor.limits import DEFAULT_LIMITS, Limits, limit_settings, recorded_limits


@pytest.mark.parametrize(
    "limits", [DEFAULT_LIMITS, Limits(timeout=2.5, memory=1 << 20, fuel=True), Limits(canonical_nan=True)]
)
def test_limits_are_read_back_from_a_header(limits: Limits) -> None:
    """All is as in the recording, but for how long a call may take: that is for the replay to say."""
    settings = limit_settings(limits)
    assert recorded_limits(settings, limits.timeout) == limits
    assert recorded_limits(settings, 7.0).timeout == 7.0


@pytest.mark.parametrize("memory", [None, 0, -1, "much"])
def test_settings_that_say_nothing_usable_give_the_defaults(memory: object) -> None:
    """A header of another program, or none, bounds nothing but as chainview does by itself."""
    assert recorded_limits({"memory": memory, "fuel": 1, "nan-canonicalization": "yes"}, 30.0) == DEFAULT_LIMITS
