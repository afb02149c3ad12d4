"""What differs in form alone: the kinds, and what is none of them."""

from __future__ import annotations

import pytest

from chainview.pack.values import String
from chainview.replay.differences.cosmetic import cosmetic
from chainview.replay.differences.leaves import Leaf


@pytest.mark.parametrize(
    ("recorded", "now", "kind"),
    [
        ("ada: hi", "ada: hi ", "white space"),
        ("mean 33.3 bytes", "mean 33.333 bytes", "number format"),
        ("mean 0.13", "mean 0.125", "number format"),
        ("mean 0.12", "mean 0.125", "number format"),
        ("1.50 and 2", "1.5 and 2", "number format"),
        ("mean 33.3", "mean 33.4", None),
        ("mean 33.3", "mean 33.412", None),
        ("mean 33.3", "mean 33", None),
        ("3 of 5.00", "3 of 5.001", "number format"),
        ("3 of 5.00", "4 of 5.001", None),
        ("1.25 m", "1.250 km", None),
        ("id 7b70", "id 7B70", "letter case in hex"),
        ("id abba", "id ABBA", None),
    ],
)
def test_a_form_is_told_from_another_content(recorded: str, now: str, kind: str | None) -> None:
    """White space, the format and precision of numbers and the case of hex are forms; another number is none."""
    assert cosmetic([Leaf("input", String(recorded), String(now))]) == kind
