"""What a build came to, in fewer and fewer words."""

from __future__ import annotations

import pytest

from chainview.replay.run.build_notes import BuildState
from chainview.workbench.build import Build


@pytest.mark.parametrize(
    ("build", "forms"),
    [
        (
            Build(7, "", BuildState.IDENTICAL, 55, 55),
            ("build 7: identical, 55 of 55 events", "build 7: identical"),
        ),
        (
            Build(3, "", BuildState.ACCEPTED, message="differs only in what was accepted, 2 causes"),
            ("build 3: differs only in what was accepted, 2 causes", "build 3: accepted"),
        ),
        (
            Build(2, "", BuildState.CHECKING, message="differs at event 4; its cause is being looked for"),
            ("build 2: differs at event 4; its cause is being looked for", "build 2: checking"),
        ),
        (Build(2, "", BuildState.CHECKING), ("build 2: checking",)),
    ],
)
def test_the_shortest_words_still_tell_how_it_is(build: Build, forms: tuple[str, ...]) -> None:
    """A number and a mark alone would not, where a line has little room."""
    assert build.forms == forms
