"""What a suite came to, as the file that pytest writes with `--junit-xml` (its family `xunit2`), which a CI shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from chainview.suite.case import Outcome, Result
from chainview.suite.reports.summary import SuiteSummary
from chainview.system.wording import visible

_FORBIDDEN = re.compile("[\ufffe\uffff]")
"""What XML 1.0 can't hold, in whatever writing, beside what is never shown as it is."""
_IN_VALUES = {'"': "&quot;"}


def junit_file(summary: SuiteSummary, began: datetime, host: str) -> bytes:
    """The whole file: what differs is a failure, what came to no judgement an error, what was not begun is skipped."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', *_suites(summary, began, host)]
    return "".join(lines).encode("utf-8")


def _suites(summary: SuiteSummary, began: datetime, host: str) -> Iterator[str]:
    failures = sum(each.outcome is Outcome.DIFFERS for each in summary.results)
    counts = {
        "name": "chainview",
        "errors": str(len(summary.failing) - failures),
        "failures": str(failures),
        "skipped": str(len(summary.left_out)),
        "tests": str(len(summary.results) + len(summary.left_out)),
        "time": f"{summary.seconds:.3f}",
        "timestamp": began.isoformat(),
        "hostname": host,
    }
    yield f'<testsuites name="chainview tests"><testsuite{_attributes(counts)}>'
    for each in summary.results:
        yield from _case(each)
    for name in summary.left_out:
        yield f"<testcase{_attributes(_place(name, 0.0))}>"
        yield '<skipped type="chainview.skip" message="not begun, because another test failed" /></testcase>'
    yield "</testsuite></testsuites>"


def _case(result: Result) -> Iterator[str]:
    place = _attributes(_place(result.name, result.seconds))
    if result.outcome.passes:
        yield f"<testcase{place} />"
        return
    kind = "failure" if result.outcome is Outcome.DIFFERS else "error"
    told = f"{result.outcome.value}: {result.says[0]}"
    text = result.text if not result.description else f"{result.description}\n{result.text}"
    yield f"<testcase{place}><{kind}{_attributes({'message': told})}>{escape(_allowed(text))}</{kind}></testcase>"


def _place(name: str, seconds: float) -> dict[str, str]:
    """A class for a folder, as pytest has one for a module: with dots in the place of slashes."""
    folder, _, file = name.rpartition("/")
    return {"classname": folder.replace("/", "."), "name": file, "time": f"{seconds:.3f}"}


def _attributes(told: dict[str, str]) -> str:
    return "".join([f' {key}="{escape(_shown(value), _IN_VALUES)}"' for key, value in told.items()])


def _allowed(text: str) -> str:
    r"""A text of several lines with what XML forbids, or what shows as nothing, written as `\u{1b}`."""
    return "\n".join([_shown(line) for line in text.split("\n")])


def _shown(line: str) -> str:
    return _FORBIDDEN.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", visible(line))
