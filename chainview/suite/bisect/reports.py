"""What a search for the first build that differs came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from chainview.suite.bisect.bisecting import Bisected, Tried
from chainview.suite.bisect.bisection import Side
from chainview.system.wording import plural, visible


def bisect_text(found: Bisected) -> Iterator[str]:
    """The report, line by line: the first build that differs and why, and what else there is to know."""
    differs, identical = found.differs, found.last_identical.name
    if differs is None:
        yield visible(f"nothing differs: {identical.whole} is identical too")
        return
    if len(found.one_of) == 1:
        yield visible(f"first that differs:  {differs.name.whole}")
    else:
        yield "the first that differs is one of these:"
        yield from [visible(f"  {each.name.whole}: {each.sentence}") for each in found.one_of]
    yield visible(f"last identical:      {identical.whole}")
    yield f"{_sum(found)} · {found.seconds:,.1f} s"
    among = found.one_of if len(found.one_of) > 1 else ()
    for each in found.skipped:
        if each not in among:
            yield visible(f"skipped:             {each.name.whole}: {each.sentence}")
    if differs.result is not None:
        yield ""
        yield from [visible(line) for line in differs.result.text.split("\n")]


def _sum(found: Bisected) -> str:
    skipped = len(found.skipped)
    more = f", {skipped:,} of them skipped" if skipped else ""
    return f"{len(found.tried):,} of {plural(found.builds, found.noun)} tried{more}"


def bisect_object(found: Bisected) -> dict[str, object]:
    """The same as one object."""
    differs = found.differs
    result = None if differs is None else differs.result
    verdict = "nothing differs" if differs is None else "found" if len(found.one_of) == 1 else "one of these"
    return {
        "chainview": 1,
        "command": "bisect",
        "verdict": verdict,
        "first": None if differs is None or len(found.one_of) > 1 else _object(differs),
        "one_of": [_object(each) for each in found.one_of],
        "last_identical": _object(found.last_identical),
        "builds": found.builds,
        "tried": [_object(each) for each in found.tried],
        "skipped": [_object(each) for each in found.tried if each.side is Side.SKIPPED],
        "seconds": round(found.seconds, 3),
        "report": None if result is None else result.report,
    }


def _object(tried: Tried) -> dict[str, object]:
    code = "" if tried.result is None else tried.result.code
    return {
        **tried.name.facts,
        "side": tried.side.value,
        "code": code or None,
        "sentence": tried.sentence,
        "seconds": round(tried.seconds, 3),
    }
