"""The search to its end, and what is told of it."""

from __future__ import annotations

import pytest

from chainview.suite.bisect.bisecting import Bisecting, Tried
from chainview.suite.bisect.bisection import Side
from chainview.suite.bisect.builds import NotBuilt
from chainview.suite.bisect.closed_judge import side_of
from chainview.suite.bisect.given_builds import GivenBuilds
from chainview.suite.bisect.reports import bisect_object, bisect_text
from chainview.suite.case import Outcome, Result
from chainview.system.errors import ChainviewError

OUTCOMES = {"i": Outcome.PASSED, "a": Outcome.ACCEPTED, "d": Outcome.DIFFERS, "e": Outcome.ERROR, "x": Outcome.DAMAGED}


class Letters(GivenBuilds):
    """Builds whose names begin with what they are; `b` is one that is not built."""

    def made(self, build: int) -> str:
        actor = super().made(build)
        if actor[0] == "b":
            raise NotBuilt("it does not build: exit code 3", ("error: no",))
        return actor


def judged(actor: str) -> Result:
    """What a build is, by its letter."""
    outcome = OUTCOMES[actor[0]]
    says = ("",) if outcome.passes else (f"it is {outcome}", "briefly")
    return Result("c.chain", outcome, says=says, text=f"all of it\nby {actor}")


def searching(letters: str) -> tuple[Bisecting[int], list[str]]:
    """A search among such builds, and where it tells of them."""
    told: list[str] = []
    return Bisecting(Letters([f"{letter}{at}" for at, letter in enumerate(letters, 1)]), judged, told.append), told


def test_the_first_that_differs_is_told_with_its_explanation() -> None:
    """And the last that is identical, how many were tried; each is told as it comes, with about how many come."""
    search, told = searching("iaiiidddd")
    assert search.known == ""
    found = search.run()
    assert found.exit_code == 0
    assert [each.name.facts["number"] for each in found.one_of] == [6]
    text = list(bisect_text(found))
    assert text[:2] == ["first that differs:  d6 (6 of 9)", "last identical:      i5 (5 of 9)"]
    assert text[2].startswith("5 of 9 builds tried · ")
    assert text[3:] == ["", "all of it", "by d6"]
    assert told[:3] == [
        "build 1 of about 5: i1 (1 of 9): identical",
        "build 2 of about 5: d9 (9 of 9): differs, briefly",
        "build 3 of about 5: i5 (5 of 9): identical",
    ]
    assert len(told) == 5
    assert search.known == "so far: i5 (5 of 9) is identical, and d6 (6 of 9) differs"
    one = bisect_object(found)
    assert (one["verdict"], one["builds"]) == ("found", 9)
    assert isinstance(one["first"], dict)
    assert (one["first"]["build"], one["first"]["side"]) == ("d6", "differs")


def test_what_could_not_be_judged_may_be_the_first() -> None:
    """All of those are told that may be; of others which were skipped."""
    search, told = searching("iibiebdd")
    found = search.run()
    assert found.exit_code == 0
    text = "\n".join(bisect_text(found))
    assert text.startswith(
        "the first that differs is one of these:\n"
        "  e5 (5 of 8): it is error\n"
        "  b6 (6 of 8): it does not build: exit code 3\n"
        "  d7 (7 of 8): it is differs\n"
        "last identical:      i4 (4 of 8)\n"
    )
    assert "  error: no" in told
    one = bisect_object(found)
    assert (one["verdict"], one["first"]) == ("one of these", None)
    assert isinstance(one["one_of"], list)
    assert [each["number"] for each in one["one_of"]] == [5, 6, 7]
    search, _ = searching("iiiibiidd")
    text = "\n".join(bisect_text(search.run()))
    assert "first that differs:  d8" in text
    assert "skipped:             b5 (5 of 9): it does not build: exit code 3" in text


def test_where_the_last_is_identical_too_nothing_differs() -> None:
    """Which is exit code 1, whatever was between them."""
    search, _ = searching("idi")
    found = search.run()
    assert (found.exit_code, found.differs) == (1, None)
    assert list(bisect_text(found)) == ["nothing differs: i3 (3 of 3) is identical too"]
    one = bisect_object(found)
    assert (one["verdict"], one["first"], one["one_of"], one["report"]) == ("nothing differs", None, [], None)


@pytest.mark.parametrize(
    ("letters", "sentence"),
    [
        ("dd", r"d1 \(1 of 2\) is to be identical, and differs: it is differs"),
        ("bd", "b1 .* is to be identical, and could not be judged: it does not build"),
        ("ed", "e1 .* is to be identical, and could not be judged: it is error"),
        ("ib", "b2 .* is to differ, and could not be judged"),
        ("xd", "c.chain can't judge a build: it is damaged"),
    ],
)
def test_ends_that_are_not_what_they_are_to_be_are_told(letters: str, sentence: str) -> None:
    """Before anything between them is tried."""
    search, told = searching(letters)
    with pytest.raises(ChainviewError, match=sentence):
        search.run()
    assert len([each for each in told if each.startswith("build")]) < 3


def test_builds_that_stand_beside_each_other_need_no_search() -> None:
    """The ends are all there is."""
    search, told = searching("id")
    found = search.run()
    assert [each.name.short for each in found.one_of] == ["d2"]
    assert told[-1].startswith("build 2 of about 2: ")


def test_each_outcome_of_a_replay_is_on_a_side() -> None:
    """What the actor does is judged as by `chainview replay`; what says nothing of it is skipped."""
    sides = {each: side_of(Result("c", each)) for each in Outcome if each is not Outcome.DAMAGED}
    assert {each for each, side in sides.items() if side is Side.DIFFERS} == {
        Outcome.DIFFERS,
        Outcome.FOREIGN,
        Outcome.TIMED_OUT,
    }
    assert {each for each, side in sides.items() if side is Side.SKIPPED} == {Outcome.CRASHED, Outcome.ERROR}
    assert Tried(GivenBuilds(["a"]).name(0), Side.IDENTICAL).result is None
