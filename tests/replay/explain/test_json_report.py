"""The report for programs."""

from __future__ import annotations

from json import dumps, loads

from chainview.chain.event import Frame
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding, Verdict
from chainview.replay.explain.json_report import report_object

LONG = "n" * 3_000_000


def test_names_beyond_all_reading_are_begun() -> None:
    """However long a function, a path, a value or a frame of a stack is, the report says how much more there is."""
    cause = Finding(Code.OTHER_ARGUMENT, 2, 1, LONG, LONG, LONG, None, "asked", recorded_stack=(Frame(LONG),))
    report = report_object(Explanation("diff", "diff", Verdict.DIVERGED, "differs", causes=(cause,)))
    assert len(dumps(report)) < 1 << 20
    told = loads(dumps(report))["causes"][0]
    assert told["function"] == told["path"] == "n" * 4096 + "… and 2,995,904 more characters"
    assert told["recorded"].endswith("n… and 2,737,856 more characters")
    assert told["now"] is None
    assert told["stacks"]["recorded"] == [told["function"]]
