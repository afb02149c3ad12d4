"""What a suite came to, for programs: one JSON object."""

from __future__ import annotations

from chainview.suite.case import Result
from chainview.suite.reports.summary import SuiteSummary


def suite_object(summary: SuiteSummary) -> dict[str, object]:
    """The documented, versioned object: for each test its outcome, and the report that a single replay has."""
    return {
        "chainview": 1,
        "command": "test",
        "passes": not summary.failing,
        "sentence": summary.sentence,
        "module": summary.module,
        "counts": {outcome.value: count for outcome, count in summary.counts.items()},
        "left_out": list(summary.left_out),
        "events": summary.events,
        "seconds": round(summary.seconds, 3),
        "tests": [_test(each) for each in summary.results],
        **summary.reach.as_object(),
        "remarks": list(summary.remarks),
        "live_host_calls": summary.live_host_calls,
    }


def _test(result: Result) -> dict[str, object]:
    return {
        "name": result.name,
        "outcome": result.outcome.value,
        "passes": result.outcome.passes,
        "events": result.events,
        "cause": None if result.outcome.passes else result.says[0],
        "code": result.code or None,
        "in_call": result.in_call,
        "from_cache": result.from_cache,
        "seconds": round(result.seconds, 3),
        "description": result.description or None,
        "report": result.report,
    }
