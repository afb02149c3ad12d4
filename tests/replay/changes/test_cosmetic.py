"""What differs in form alone: the kinds, and what is none of them."""

from __future__ import annotations

import pytest

from chainview.pack.values import String
from chainview.replay.changes.cosmetic import cosmetic, spaced_apart
from chainview.replay.changes.leaves import Leaf
from chainview.replay.explain.diff import diff_recordings
from tests.replay.chains import Made, log, recording


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


@pytest.mark.parametrize(
    ("recorded", "now", "apart"),
    [
        ('{"op": "x", "n": 7}', '{"op":"x","n":9}', True),
        ('{"op": "x", "n": 7}', '{"op": "x", "n": 9}', False),
        ("n    7 of 9", "n   17 of 9", False),
        ("a b", "a  c", False),
        ("7", "9", False),
    ],
)
def test_a_text_is_spaced_otherwise_beside_what_it_says_only_between_words_that_stayed(
    recorded: str, now: str, apart: bool
) -> None:
    """White space next to what changed belongs to that; elsewhere, and more than once, it is an edit of its own."""
    assert spaced_apart(Leaf("input", String(recorded), String(now))) == apart


def test_a_form_and_a_content_at_one_place_are_two_causes() -> None:
    """A line that is spaced otherwise and tells another number was edited twice; spaced alone again it is the first."""
    then = recording(Made(steps=[log('{"op": "x", "n": 7}')]), Made(steps=[log('{"op": "x", "n": 8}')]))
    now = recording(Made(steps=[log('{"op":"x","n":9}')]), Made(steps=[log('{"op":"x","n":8}')]))
    found = diff_recordings(then, now).causes
    assert [(each.code, each.event, each.places) for each in found] == [("C1", 2, 1), ("C1b", 2, 2)]
