"""What a suite came to, for people: a table, the explanation of each test that does not pass, and the sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chainview.chain.words.spans import cells, fitting, middle_cut
from chainview.replay.explain.text_report import real_calls_told
from chainview.suite.case import Outcome, Result
from chainview.suite.reports.summary import SuiteSummary
from chainview.system.wording import plural, visible

_HEAD = ("chain", "events", "verdict", "cause")
_LONGEST_NAME = 60
_LEAST_SAID = 20
"""Cells that a cause has, however narrow the terminal is."""
_INDENT = "  "
_GAP = "  "


def suite_text(summary: SuiteSummary, width: int | None = None) -> Iterator[str]:
    """The report, line by line; a cause that has no room in `width` cells is told in fewer words."""
    yield from _table(summary.results, width)
    for each in summary.failing:
        yield ""
        yield visible(f"{each.name}: {each.outcome.value}" + (f" · {each.description}" if each.description else ""))
        for line in each.text.split("\n"):
            yield f"{_INDENT}{visible(line)}".rstrip()
    yield ""
    for remark in summary.remarks:
        yield visible(f"note: {remark}")
    for line in summary.reach.lines():
        yield visible(f"note: {line}")
    if summary.in_call == 1:
        yield "note: 1 recording ends before the last call was over; it passes as far as it goes"
    elif summary.in_call:
        yield f"note: {summary.in_call:,} recordings end before the last call was over; they pass as far as they go"
    yield f"{visible(summary.sentence)} · {real_calls_told(summary.live_host_calls)} · {summary.seconds:,.1f} s"


def _table(results: Sequence[Result], width: int | None) -> Iterator[str]:
    names = [middle_cut(visible(each.name), _LONGEST_NAME) for each in results]
    verdicts = [each.outcome.value if each.outcome.passes else each.outcome.value.upper() for each in results]
    events = [f"{each.events:,}" if each.events or each.outcome.judges else "-" for each in results]
    wide = [max(map(cells, column), default=0) for column in ((_HEAD[0], *names), (_HEAD[1], *events))]
    verdict_width = max(len(each) for each in (_HEAD[2], *verdicts))
    before = wide[0] + wide[1] + verdict_width + 3 * len(_GAP)
    room = None if width is None else max(_LEAST_SAID, width - before)
    rows = zip(names, events, verdicts, [_said(each, room) for each in results], strict=True)
    for name, count, verdict, said in (_HEAD, *rows):
        padded = f"{name}{' ' * (wide[0] - cells(name))}"
        yield f"{padded}{_GAP}{count:>{wide[1]}}{_GAP}{verdict:<{verdict_width}}{_GAP}{said}".rstrip()


def _said(result: Result, room: int | None) -> str:
    """The cause; of what passes only what is to be known of it."""
    if result.outcome is Outcome.PASSED:
        told = ["its last call was not recorded to its end"] if result.in_call else []
        return ", ".join([*told, *(["from the cache"] if result.from_cache else [])])
    forms = tuple([visible(each) for each in result.says])
    return forms[0] if room is None else fitting(forms, room)


def progress_text(done: int, of: int, failing: int, width: int = 20) -> str:
    """How far a suite is, as a bar and in words."""
    full = width * done // max(1, of)
    fails = f" · {plural(failing, 'failure')}" if failing else ""
    return f"[{'#' * full}{' ' * (width - full)}] {done:,} of {plural(of, 'chain')}{fails}"
